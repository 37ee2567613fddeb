import { pageHref } from '#lib/newsroom/portal-address.ts';
import { frameOf, keptHeaders } from '#lib/newsroom/public-page.server.ts';
import type { RequestHandler } from './$types';

/** Of a site with a host of its own; elsewhere the installation's counts. */
export const GET: RequestHandler = async (event) => {
	const frame = await frameOf(event);
	const lines = [
		'User-agent: *',
		`Disallow: ${pageHref(frame.base, 'search')}`,
		`Sitemap: ${frame.root}/sitemap.xml`,
		`Sitemap: ${frame.root}/news-sitemap.xml`
	];
	return new Response(`${lines.join('\n')}\n`, {
		headers: { 'content-type': 'text/plain; charset=utf-8', ...keptHeaders(frame) }
	});
};
