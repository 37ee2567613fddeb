import { redirect } from '@sveltejs/kit';
import { destination, doorOf, dropCookie, letIn, readCookie } from '#lib/accounts/door.server.ts';
import { signIn } from '#lib/accounts/passkey.server.ts';
import { Problem } from '#lib/server/problem.ts';
import type { RequestHandler } from './$types';

/** Signs in with what the passkey answered; a refusal leads back to the sign-in, which says so. */
export const POST: RequestHandler = async (event) => {
	const typed = (await event.request.formData()).get('answer');
	const answer = typeof typed === 'string' ? typed : '';
	const token = readCookie(event, 'passkey') ?? '';
	dropCookie(event, 'passkey');
	try {
		letIn(event, await signIn(event.locals.db, { token, answer, place: event.url }, doorOf(event)));
	} catch (error) {
		if (!(error instanceof Problem)) throw error;
		redirect(303, `/sign-in?${new URLSearchParams({ refused: error.code, to: destination(event.url) })}`);
	}
};
