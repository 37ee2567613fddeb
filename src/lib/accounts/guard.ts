import { problem } from '#lib/server/problem.ts';
import type { Actor } from './actor.ts';

/** The signed-in actor of a request, or a refusal to sign in first. */
export function signedIn(locals: { actor?: Actor }): Actor {
	if (!locals.actor) throw problem('access.sign_in');
	return locals.actor;
}
