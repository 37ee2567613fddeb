import { redirect } from '@sveltejs/kit';
import { dropCookie } from '#lib/accounts/door.server.ts';
import { signedIn } from '#lib/accounts/guard.ts';
import { signOut } from '#lib/accounts/session.server.ts';
import type { RequestHandler } from './$types';

/** Ends the session here and on the server. */
export const POST: RequestHandler = async (event) => {
	const { db, session } = event.locals;
	if (session) await signOut(db, signedIn(event.locals), session.id);
	dropCookie(event, 'session');
	redirect(303, '/sign-in');
};
