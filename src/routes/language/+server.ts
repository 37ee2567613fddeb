import { redirect } from '@sveltejs/kit';
import { keepLanguage } from '#lib/accounts/language.server.ts';
import { cookieName, isLocale } from '#lib/paraglide/runtime.js';
import type { RequestHandler } from './$types';

const ONE_YEAR_S = 365 * 24 * 60 * 60;

/** Remembers the reader's language in a cookie, for letters with the account too, and goes back to where it was chosen. */
export const POST: RequestHandler = async ({ request, cookies, url, locals }) => {
	const form = await request.formData();
	const locale = form.get('locale');
	// Readable by script: the texts in the browser follow the same cookie.
	if (isLocale(locale)) {
		const secure = url.protocol === 'https:';
		cookies.set(cookieName, locale, { path: '/', maxAge: ONE_YEAR_S, httpOnly: false, sameSite: 'lax', secure });
		if (locals.session) await keepLanguage(locals.db, locals.session.user.id, locale);
	}
	const typed = form.get('back');
	const back = typeof typed === 'string' && URL.canParse(typed, url) ? new URL(typed, url) : null;
	// The whole address: a path alone may begin with // and lead to another site.
	redirect(303, back?.origin === url.origin ? back.href : '/');
};
