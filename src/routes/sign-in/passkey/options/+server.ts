import { json } from '@sveltejs/kit';
import { keepCookie, readCookie } from '#lib/accounts/door.server.ts';
import { beginSignIn } from '#lib/accounts/passkey.server.ts';
import type { RequestHandler } from './$types';

/** What the browser needs to use a passkey; in the second step only those of the person who gave the password. */
export const POST: RequestHandler = async (event) => {
	const step = event.url.searchParams.get('purpose') === 'second_factor' ? readCookie(event, 'step') : undefined;
	const { options, token } = await beginSignIn(event.locals.db, event.url, step);
	keepCookie(event, 'passkey', token);
	return json(options);
};
