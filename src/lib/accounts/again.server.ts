import { sql } from 'kysely';
import type { Db } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import type { Actor } from './actor.ts';
import { verifyPassword } from './password.server.ts';
import { ownId, type Session } from './session.server.ts';
import { forgive, takeTry, throttle } from './throttle.server.ts';

/** So long after signing in nobody is asked again before they change how they sign in (ASVS 5.0 V7.5.1). */
const FRESH_S = 10 * 60;

/** Must the person show the password again before changing how they sign in? */
export function mustProveAgain(session: Session, now = new Date()): boolean {
	return now.getTime() - session.openedAt.getTime() > FRESH_S * 1000;
}

/** The person at the keyboard is still the one who signed in. Throws `account.wrong_password`, `account.sign_in_again`. */
export async function proveAgain(
	db: Db,
	actor: Actor,
	given: { session: Session; password: string },
	now = new Date()
): Promise<void> {
	if (mustProveAgain(given.session, now)) await provePassword(db, actor, given.password, now);
}

/** Checks the actor's own password; tries are counted. */
export async function provePassword(db: Db, actor: Actor, password: string, now: Date): Promise<void> {
	const userId = ownId(actor);
	const tries = throttle('factor', `password:${userId}`);
	await takeTry(db, tries, now);
	const { rows } = await sql<{ password: string | null }>`
		select password from credentials where user_id = ${userId}::uuid and provider_id = 'credential'`.execute(db);
	if (!rows[0]) throw problem('account.sign_in_again');
	if (!(await verifyPassword(rows[0].password, password))) throw problem('account.wrong_password');
	await forgive(db, tries);
}

/** Has the user a password at all? Who came through an identity provider may have none. */
export async function hasPassword(db: Db, userId: string): Promise<boolean> {
	const { rows } = await sql`
		select 1 from credentials where user_id = ${userId}::uuid and provider_id = 'credential'`.execute(db);
	return rows.length > 0;
}
