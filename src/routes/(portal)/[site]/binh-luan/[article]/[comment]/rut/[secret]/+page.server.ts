import { readOwn, withdraw } from '#lib/comments/withdrawal.server.ts';
import { Id } from '#lib/newsroom/article.schema.ts';
import { articleHref, homeHref } from '#lib/newsroom/portal-address.ts';
import { m } from '#lib/paraglide/messages.js';
import { problem } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

/** For who sent the comment and has its link, whatever became of the article. */
export const load: PageServerLoad = async ({ locals: { db }, params, parent, setHeaders }) => {
	const own = await readOwn(db, ownOf(params));
	const { frame } = await parent();
	// With no referrer at all a browser would send the form from an origin called null, which is refused.
	setHeaders({ 'cache-control': 'no-store', 'x-robots-tag': 'noindex, nofollow', 'referrer-policy': 'same-origin' });
	return {
		own,
		href: articleHref(frame.base, params.article),
		crumbs: [{ label: m.portal_page_home(), href: homeHref(frame.base) }]
	};
};

export const actions: Actions = {
	default: async ({ locals: { db }, params }) => {
		await withdraw(db, ownOf(params));
		return { isDone: true };
	}
};

function ownOf({ comment, secret }: { comment: string; secret: string }): { id: string; secret: string } {
	const read = Id.safeParse(comment);
	if (!read.success) throw problem('input.not_found');
	return { id: read.data, secret };
}
