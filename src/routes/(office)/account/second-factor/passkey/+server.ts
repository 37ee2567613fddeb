import { json } from '@sveltejs/kit';
import { keepCookie } from '#lib/accounts/door.server.ts';
import { signedIn } from '#lib/accounts/guard.ts';
import { beginRegistration } from '#lib/accounts/passkey.server.ts';
import type { RequestHandler } from './$types';

/** What the browser needs to make a passkey. */
export const POST: RequestHandler = async (event) => {
	const { options, token } = await beginRegistration(event.locals.db, signedIn(event.locals), event.url);
	keepCookie(event, 'passkey', token);
	return json(options);
};
