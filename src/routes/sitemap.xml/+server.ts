import { siteMaps } from '#lib/newsroom/feed.ts';
import { listRoots } from '#lib/newsroom/site-map.server.ts';
import type { RequestHandler } from './$types';

/** Where the maps of all public sites are. */
export const GET: RequestHandler = async ({ locals: { db, site } }) => {
	const roots = await listRoots(db, site.origin);
	const text = siteMaps(roots.flatMap((root) => [`${root}/sitemap.xml`, `${root}/news-sitemap.xml`]));
	return new Response(text, { headers: { 'content-type': 'application/xml; charset=utf-8' } });
};
