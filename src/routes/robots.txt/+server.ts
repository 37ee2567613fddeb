import type { RequestHandler } from './$types';

/** Public sites may be read by machines; what is for those who sign in, the preview and searches are not for them. */
const CLOSED = ['/api/', '/desk', '/sign-in', '/password', '/invitation', '/setup', '/preview', '/*/tim-kiem'];

export const GET: RequestHandler = ({ locals: { site } }) => {
	const lines = ['User-agent: *', ...CLOSED.map((path) => `Disallow: ${path}`), `Sitemap: ${site.origin}/sitemap.xml`];
	return new Response(`${lines.join('\n')}\n`, { headers: { 'content-type': 'text/plain; charset=utf-8' } });
};
