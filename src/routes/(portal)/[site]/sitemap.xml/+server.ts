import { siteMap } from '#lib/newsroom/feed.ts';
import { articleHref, pageHref } from '#lib/newsroom/portal-address.ts';
import { frameOf, keptHeaders } from '#lib/newsroom/public-page.server.ts';
import { listMapped } from '#lib/newsroom/site-map.server.ts';
import type { RequestHandler } from './$types';

const PAGES = ['news', 'register', 'figures', 'archive', 'links'] as const;

export const GET: RequestHandler = async (event) => {
	const frame = await frameOf(event);
	const articles = await listMapped(event.locals.db, frame.siteId, { isNews: false });
	const text = siteMap([
		{ url: frame.root, changedAt: articles[0]?.shownAt ?? null },
		...PAGES.map((page) => ({ url: frame.root + pageHref('', page), changedAt: null })),
		...frame.sections.map(({ href }) => ({ url: frame.root + href.slice(frame.base.length), changedAt: null })),
		...articles.map(({ slug, changedAt }) => ({ url: frame.root + articleHref('', slug), changedAt }))
	]);
	return new Response(text, { headers: { 'content-type': 'application/xml; charset=utf-8', ...keptHeaders(frame) } });
};
