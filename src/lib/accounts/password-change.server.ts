import { sql } from 'kysely';
import { command } from '#lib/actions/action.server.ts';
import { post } from '#lib/mail/outbox.server.ts';
import { inTransaction, type Db, type Tx } from '#lib/server/db.ts';
import { accountAction } from './account-action.server.ts';
import { provePassword } from './again.server.ts';
import { setPassword } from './account.server.ts';
import type { Actor } from './actor.ts';
import type { Issued } from './invitation.server.ts';
import { languageOf } from './language.server.ts';
import { passwordChangedLetter, passwordLetter } from './letter.ts';
import { issue, use, type Delivery } from './link.server.ts';
import { managed } from './managed.server.ts';
import { hashPassword } from './password.server.ts';
import { asActor, findById } from './sign-in.server.ts';
import type { Site } from './site.server.ts';
import { endSessions, ownId } from './session.server.ts';
import { forgive, takeTry, throttle } from './throttle.server.ts';
import { endTokens } from './token-end.server.ts';

/** Changes the actor's own password, who shows the present one; all their other sessions end, and their tokens. */
export async function changePassword(
	db: Db,
	actor: Actor,
	given: { current: string; next: string; sessionId: string },
	now = new Date()
): Promise<void> {
	const userId = ownId(actor);
	await provePassword(db, actor, given.current, now);
	const hash = await hashPassword(given.next);
	await command(db, actor, async (tx) => {
		await setPassword(tx, userId, hash);
		await endSessions(tx, userId, given.sessionId);
		const tokens = await endTokens(tx, userId);
		await tellChanged(tx, userId, now);
		return { result: undefined, actions: [await accountAction(tx, userId, 'change_password', { tokens })] };
	});
}

/**
 * Somebody says that they forgot the password of an address. A letter goes to it if it has an account that was used
 * before; the caller answers the same in any case. Asking is throttled by address and by account.
 */
export async function requestPassword(
	db: Db,
	asked: { email: string; address: string; site: Site },
	now = new Date()
): Promise<void> {
	await takeTry(db, throttle('address', asked.address), now);
	await takeTry(db, throttle('link', asked.email), now);
	const { rows } = await sql<{ id: string; name: string }>`
		select u.id, u.name from users u join credentials c on c.user_id = u.id and c.provider_id = 'credential'
		where u.email = ${asked.email}`.execute(db);
	const person = rows[0];
	if (!person) return;
	await command(db, asActor(person), async (tx) => {
		const details = { kind: 'password', delivery: 'mail' };
		await send(tx, { ...person, email: asked.email }, { delivery: 'mail', site: asked.site }, now);
		return { result: undefined, actions: [await accountAction(tx, person.id, 'issue_link', details)] };
	});
}

/** An administrator gives somebody a way to a new password, by mail or as a slip. */
export async function issuePasswordLink(
	db: Db,
	actor: Actor,
	wanted: { userId: string; delivery: Delivery; site: Site },
	now = new Date()
): Promise<Issued> {
	return command(db, actor, async (tx) => {
		const person = await managed(tx, actor, wanted.userId);
		const slip = await send(tx, person, wanted, now);
		const details = { kind: 'password', delivery: wanted.delivery };
		return {
			result: { userId: wanted.userId, slip },
			actions: [await accountAction(tx, wanted.userId, 'issue_link', details)]
		};
	});
}

/**
 * Sets a new password by a one-time link; all sessions and tokens end, and the second factor stays asked for.
 * Throws `access.link_used`.
 */
export async function resetPassword(
	db: Db,
	given: { token: string; password: string },
	now = new Date()
): Promise<void> {
	const hash = await hashPassword(given.password);
	await inTransaction(db, async (tx) => {
		const { user } = await use(tx, 'password', given.token, now);
		await command(tx, asActor(user), async () => {
			await setPassword(tx, user.id, hash);
			await endSessions(tx, user.id);
			await forgive(tx, throttle('account', user.email));
			const tokens = await endTokens(tx, user.id);
			await tellChanged(tx, user.id, now);
			return { result: undefined, actions: [await accountAction(tx, user.id, 'reset_password', { tokens })] };
		});
	});
}

async function send(
	tx: Tx,
	person: { id: string; name: string; email: string },
	{ delivery, site }: { delivery: Delivery; site: Site },
	now: Date
): Promise<Issued['slip']> {
	const { token, expiresAt } = await issue(tx, { userId: person.id, kind: 'password', delivery }, now);
	const link = `${site.origin}/password/${token}`;
	const { name, email } = person;
	if (delivery === 'slip') return { name, email, link, expiresAt };
	const letter = passwordLetter({ name, expiresAt }, await languageOf(tx, person.id));
	await post(tx, { to: email, ...letter, linkSealed: site.cipher.seal(link) });
	return null;
}

async function tellChanged(tx: Tx, userId: string, at: Date): Promise<void> {
	const person = await findById(tx, userId);
	if (!person) return;
	const letter = passwordChangedLetter({ name: person.name, at }, await languageOf(tx, userId));
	await post(tx, { to: person.email, ...letter, linkSealed: null });
}
