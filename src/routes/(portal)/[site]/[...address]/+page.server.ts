import { error, redirect } from '@sveltejs/kit';
import { articleHref } from '#lib/newsroom/portal-address.ts';
import { makeMemory } from '#lib/newsroom/memory.ts';
import { findMoved, publicArticle } from '#lib/newsroom/public.server.ts';
import { COUNTS_KEPT_S, dayText } from '#lib/newsroom/public-page.server.ts';
import { notSent } from '#lib/newsroom/unsent.ts';
import { m } from '#lib/paraglide/messages.js';
import { problem } from '#lib/server/problem.ts';
import { articlePage } from './article-page.server.ts';
import type { PageServerLoad } from './$types';

/**
 * What the page of an article is made of, for as long as its count of readings may be old: readers' ways of looking at it are
 * many. What is not there yet is asked for each time.
 */
const articles = makeMemory<Awaited<ReturnType<typeof publicArticle>>>(COUNTS_KEPT_S, {
	atMost: 100,
	isKept: (found) => found !== null && 'article' in found
});

/** An article by its address, or what took its place: old addresses, imported ones too, lead to where it is now. */
export const load: PageServerLoad = async ({ locals, params, url, parent, setHeaders }) => {
	const { db } = locals;
	const { frame } = await parent();
	const { siteId } = frame;
	const found = params.address.includes('/')
		? null
		: await articles(locals.fresh, `${siteId} ${params.address}`, () =>
				publicArticle(db, { siteId, slug: params.address })
			);
	if (found && 'article' in found) {
		setHeaders({ 'surrogate-article': `${frame.siteId} ${found.article.id}` });
		return notSent(await articlePage(locals, { frame, url, article: found.article }));
	}
	if (found && 'withdrawn' in found) {
		const { note, notedAt } = found.withdrawn;
		error(410, m.portal_withdrawn(), { withdrawn: { note, day: dayText(notedAt) } });
	}
	const path = `/${params.address}`;
	const movedTo =
		(found && 'movedTo' in found ? found.movedTo : null) ??
		(url.search ? await findMoved(db, frame.siteId, path + url.search) : null) ??
		(await findMoved(db, frame.siteId, path));
	if (movedTo !== null) redirect(301, articleHref(frame.base, movedTo));
	throw problem('input.not_found');
};
