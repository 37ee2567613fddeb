import { redirect } from '@sveltejs/kit';
import type { RequestHandler } from './$types';

/** Ends the session here and on the server. */
export const POST: RequestHandler = async ({ request, locals }) => {
	if (locals.session) await locals.auth.api.signOut({ headers: request.headers });
	redirect(303, '/sign-in');
};
