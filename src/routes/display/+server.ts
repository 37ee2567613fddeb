import { redirect } from '@sveltejs/kit';
import { LOOK_COOKIE, lookText, readLook } from '#lib/newsroom/look.ts';
import type { RequestHandler } from './$types';

const ONE_YEAR_S = 365 * 24 * 60 * 60;

/** Remembers how a reader wants public pages to look, and goes back to where it was chosen. The cookie tells nothing else. */
export const POST: RequestHandler = async ({ request, cookies, url }) => {
	const form = await request.formData();
	const look = form.get('look');
	if (typeof look === 'string' && look !== '') {
		const secure = url.protocol === 'https:';
		cookies.set(LOOK_COOKIE, lookText(readLook(look)), {
			path: '/',
			maxAge: ONE_YEAR_S,
			httpOnly: true,
			sameSite: 'lax',
			secure
		});
	}
	const typed = form.get('back');
	const back = typeof typed === 'string' && URL.canParse(typed, url) ? new URL(typed, url) : null;
	redirect(303, back?.origin === url.origin ? back.href : '/');
};
