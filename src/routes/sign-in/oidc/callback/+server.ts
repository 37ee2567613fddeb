import { redirect } from '@sveltejs/kit';
import { doorOf, dropCookie, leadBack, letIn, readCookie } from '#lib/accounts/door.server.ts';
import { finish } from '#lib/accounts/oidc.server.ts';
import { problem } from '#lib/server/problem.ts';
import type { RequestHandler } from './$types';

/** The identity provider sent the browser back. */
export const GET: RequestHandler = async (event) => {
	const { db, session, site } = event.locals;
	if (!site.identityProvider) throw problem('input.not_found');
	const token = readCookie(event, 'oidc') ?? '';
	dropCookie(event, 'oidc');
	const url = new URL(`${site.origin}${event.url.pathname}${event.url.search}`);
	const given = { token, url, userId: session?.user.id ?? null, door: doorOf(event) };
	try {
		const outcome = await finish(db, site.identityProvider, given);
		if (outcome.kind === 'linked') redirect(303, '/account?done=linked');
		letIn(event, outcome);
	} catch (error) {
		leadBack(event, error);
	}
};
