import { cookieName, type Locale } from '#lib/paraglide/runtime.js';
import { paraglideMiddleware } from '#lib/paraglide/server.js';

/** Words come in the language of Accept-Language; a cookie of the pages says nothing here. */
export function inLanguage(locale: Locale, run: () => Promise<Response>): Promise<Response> {
	const told = new Request('http://localhost/', { headers: { cookie: `${cookieName}=${locale}` } });
	return paraglideMiddleware(told, run);
}
