import { problem } from '#lib/server/problem.ts';
import type { Actor } from './actor.ts';
import type { Session } from './session.server.ts';

/** The signed-in actor of a request, or a refusal to sign in first. */
export function signedIn(locals: { actor?: Actor }): Actor {
	if (!locals.actor) throw problem('access.sign_in');
	return locals.actor;
}

/** The session of a request, or a refusal to sign in first. */
export function signedInSession(locals: { session: Session | null }): Session {
	if (!locals.session) throw problem('access.sign_in');
	return locals.session;
}
