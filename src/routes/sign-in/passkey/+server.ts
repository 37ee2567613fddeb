import { doorOf, dropCookie, leadBack, letIn, readCookie } from '#lib/accounts/door.server.ts';
import { signIn } from '#lib/accounts/passkey.server.ts';
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
		leadBack(event, error);
	}
};
