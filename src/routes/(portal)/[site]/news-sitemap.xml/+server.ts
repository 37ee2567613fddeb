import { newsMap } from '#lib/newsroom/feed.ts';
import { articleHref } from '#lib/newsroom/portal-address.ts';
import { frameOf, keptHeaders } from '#lib/newsroom/public-page.server.ts';
import { listMapped } from '#lib/newsroom/site-map.server.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async (event) => {
	const frame = await frameOf(event);
	const articles = await listMapped(event.locals.db, frame.siteId, { isNews: true });
	const items = articles.map(({ slug, headline, shownAt }) => ({
		url: frame.root + articleHref('', slug),
		title: headline,
		publishedAt: shownAt
	}));
	const text = newsMap({ name: frame.name, locale: 'vi' }, items);
	return new Response(text, { headers: { 'content-type': 'application/xml; charset=utf-8', ...keptHeaders(frame) } });
};
