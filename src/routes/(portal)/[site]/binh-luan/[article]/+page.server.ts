import { redirect } from '@sveltejs/kit';
import { CommentForm } from '#lib/comments/comment.schema.ts';
import { findDiscussed } from '#lib/comments/public.server.ts';
import { sendComment } from '#lib/comments/receive.server.ts';
import { articleHref, commentsHref, homeHref, WITHDRAWAL } from '#lib/newsroom/portal-address.ts';
import { pageOf } from '#lib/newsroom/public-page.server.ts';
import { m } from '#lib/paraglide/messages.js';
import { fields, parse } from '#lib/server/form.ts';
import { problem } from '#lib/server/problem.ts';
import { answered, commentsPage, doorOf } from '../../comments.server.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url, parent }) => {
	const { frame } = await parent();
	const article = await findDiscussed(locals.db, { siteId: frame.siteId, slug: params.article });
	if (!article) throw problem('input.not_found');
	const href = articleHref(frame.base, params.article);
	return {
		headline: article.headline,
		isOpen: article.isOpen,
		href,
		action: commentsHref(frame.base, params.article),
		canonical: frame.root + commentsHref('', params.article),
		comments: await commentsPage(locals, article.id, pageOf(url)),
		crumbs: [
			{ label: m.portal_page_home(), href: homeHref(frame.base) },
			{ label: article.headline, href }
		],
		isCrowded: url.searchParams.has('crowded')
	};
};

export const actions: Actions = {
	default: async (event) => {
		const data = await event.request.formData();
		const read = parse(data, CommentForm);
		if (!read.ok) return read.failure;
		const answer = await answered(() => sendComment(event.locals.db, doorOf(event), read.value), fields(data));
		if (!('kind' in answer)) return answer;
		if (answer.kind === 'crowded' || !answer.withdrawal) redirect(303, '?crowded');
		// Answered here and not by a page behind a redirect: no address, and no page that is kept, may hold the secret.
		const { id, secret } = answer.withdrawal;
		return { withdrawal: `${event.url.origin}${event.url.pathname}/${id}/${WITHDRAWAL}/${secret}` };
	}
};
