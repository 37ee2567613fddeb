import { sql } from 'kysely';
import { command } from '#lib/actions/action.server.ts';
import { inTransaction, type Db } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { accountAction } from './account-action.server.ts';
import { operator, type Actor } from './actor.ts';
import { newToken, type Cipher } from './cipher.server.ts';
import { verifyPassword } from './password.server.ts';
import * as pending from './pending.server.ts';
import { takeCode } from './second-factor.server.ts';
import { open, type Client, type Factor } from './session.server.ts';
import { forgive, giveBack, isNotable, takeTry, throttle } from './throttle.server.ts';

/** Where a sign-in comes from; `replaces`: the token of an earlier session in this browser; `device`: its mark. */
export type Door = { client: Client; replaces: string | undefined; device: string | undefined; cipher: Cipher };

/** Either in, with the token of the session and the browser's new mark, or asked for the second factor first. */
export type Outcome = { kind: 'open'; token: string; device: string } | { kind: 'second_factor'; pending: string };

type Person = { id: string; name: string; email: string };

/**
 * Signs in with a password. An unknown address costs the same work and gets the same answer as a wrong password.
 * Throws `access.wrong_password`, `access.too_many_tries`, `access.busy`.
 */
export async function signIn(
	db: Db,
	attempt: { email: string; password: string },
	door: Door,
	now = new Date()
): Promise<Outcome> {
	const address = throttle('address', door.client.address);
	const account = throttleOf(attempt.email, door);
	const failures = await takeTry(db, account, now);
	await takeTry(db, address, now);
	const found = await findByEmail(db, attempt.email);
	if (!(await verifyPassword(found?.password ?? null, attempt.password)) || !found) {
		if (isNotable(account.kind, failures)) await tellRefused(db, found, failures);
		throw problem('access.wrong_password');
	}
	await forgive(db, account);
	await giveBack(db, address);
	const { password: _, hasSecondFactor, ...person } = found;
	if (!hasSecondFactor) return enter(db, { person, factor: 'password', door }, now);
	return { kind: 'second_factor', pending: await pending.begin(db, 'second_factor', askedOf(person), now) };
}

/** What stands in a begun sign-in between the first proof and the second. */
export function askedOf(person: Person): pending.Pending {
	return { userId: person.id, details: { name: person.name, email: person.email } };
}

/**
 * The second step: a code of the app, or a recovery code. Throws `access.step_expired`, `access.wrong_code`,
 * `access.too_many_tries`; after a wrong code the step goes on.
 */
export async function signInWithCode(
	db: Db,
	attempt: { pending: string; code: string },
	door: Door,
	now = new Date()
): Promise<Outcome> {
	const begun = await pending.look(db, 'second_factor', attempt.pending, now);
	if (!begun?.userId) throw problem('access.step_expired');
	const factor = await takeCode(db, { userId: begun.userId, code: attempt.code, cipher: door.cipher }, now);
	return inTransaction(db, async (tx) => {
		const step = await pending.take(tx, 'second_factor', attempt.pending, now);
		const person = step?.userId ? await findById(tx, step.userId) : null;
		if (!person) throw problem('access.step_expired');
		return enter(tx, { person, factor, door }, now);
	});
}

/** Opens the session, when everything that was asked is proved. */
export async function enter(
	db: Db,
	{ person, factor, door }: { person: Person; factor: Factor; door: Door },
	now = new Date()
): Promise<Outcome & { kind: 'open' }> {
	return command(db, asActor(person), async (tx) => {
		const token = await open(tx, { userId: person.id, factor, client: door.client, replaces: door.replaces }, now);
		const action = await accountAction(tx, person.id, 'sign_in', { factor });
		const spent = factor === 'recovery' ? [await accountAction(tx, person.id, 'use_recovery_code')] : [];
		return { result: { kind: 'open', token, device: markOf(person.email, door.cipher) }, actions: [action, ...spent] };
	});
}

/** The person as the actor of what concerns their own account only. */
export function asActor(person: { id: string; name: string }): Actor {
	return { id: person.id, name: person.name, grants: [], everything: false };
}

/** The person with this id; null where there is none any more. */
export async function findById(db: Db, userId: string): Promise<Person | null> {
	const { rows } = await sql<Person>`select id, name, email from users where id = ${userId}::uuid`.execute(db);
	return rows[0] ?? null;
}

/**
 * A browser in which this account once signed in has a counter of its own: who fails on purpose elsewhere cannot keep the
 * owner out (OWASP, "device cookies"). The mark is bound to the account and cannot be made up.
 */
function throttleOf(email: string, { device, cipher }: Door) {
	const [number = '', proof] = device?.split('.') ?? [];
	return proof && proof === cipher.sign(`device:${email}:${number}`)
		? throttle('device', number)
		: throttle('account', email);
}

function markOf(email: string, cipher: Cipher): string {
	const number = newToken();
	return `${number}.${cipher.sign(`device:${email}:${number}`)}`;
}

type Found = Person & { password: string | null; hasSecondFactor: boolean };

async function findByEmail(db: Db, email: string): Promise<Found | null> {
	const { rows } = await sql<Found>`
		select u.id, u.name, u.email, c.password,
			exists (select 1 from totp_secrets t where t.user_id = u.id and t.confirmed_at is not null)
				or exists (select 1 from passkeys p where p.user_id = u.id) as "hasSecondFactor"
		from users u left join credentials c on c.user_id = u.id and c.provider_id = 'credential'
		where u.email = ${email}`.execute(db);
	return rows[0] ?? null;
}

/** Failures are told in steps that double, so that nobody can flood the log; an unknown address is told without its name. */
async function tellRefused(db: Db, found: Found | null, failures: number): Promise<void> {
	await command(db, operator('Đăng nhập'), async (tx) => {
		const action = await accountAction(tx, found?.id ?? UNKNOWN_ACCOUNT, 'sign_in_refused', { failures });
		return { result: undefined, actions: [action] };
	});
}

const UNKNOWN_ACCOUNT = '00000000-0000-0000-0000-000000000000';
