import { redirect } from '@sveltejs/kit';
import { keepCookie, leadBack } from '#lib/accounts/door.server.ts';
import { begin } from '#lib/accounts/oidc.server.ts';
import { problem } from '#lib/server/problem.ts';
import type { RequestHandler } from './$types';

/** Leads to the identity provider; `?link` ties an identity there to the account that is signed in. */
export const GET: RequestHandler = async (event) => {
	const { db, session, site } = event.locals;
	if (!site.identityProvider) throw problem('input.not_found');
	const userId = event.url.searchParams.has('link') ? (session?.user.id ?? null) : null;
	const given = { redirectUri: `${site.origin}/sign-in/oidc/callback`, userId };
	try {
		const { url, token } = await begin(db, site.identityProvider, given);
		keepCookie(event, 'oidc', token);
		redirect(303, url.href);
	} catch (error) {
		leadBack(event, error);
	}
};
