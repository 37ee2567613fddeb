import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { command } from '#lib/actions/action.server.ts';
import { inTransaction, type Db, type Tx } from '#lib/server/db.ts';
import { post } from '#lib/mail/outbox.server.ts';
import { problem } from '#lib/server/problem.ts';
import { accountAction } from './account-action.server.ts';
import type { Actor } from './actor.ts';
import { hashToken, type Cipher } from './cipher.server.ts';
import { languageOf } from './language.server.ts';
import { factorsRemovedLetter } from './letter.ts';
import { managed } from './managed.server.ts';
import { endSessions, ownId, type Session } from './session.server.ts';
import { forgive, takeTry, throttle } from './throttle.server.ts';
import { matchingStep, newSecret } from './totp.ts';

/**
 * Roles that open nothing without a second factor: who lets others in, who signs, who reads petitions.
 * Decision 0011, from 2026-11-21.
 */
const SECOND_FACTOR_ROLES: readonly string[] = ['administrator', 'leader', 'petition_officer'];

const RECOVERY_CODES = 10;

/** Must this person set up a second factor before anything else? The demonstration world lets them put it off. */
export function mustSetUp(actor: Actor, session: Session): boolean {
	return (
		asksForSecondFactor(actor) &&
		!session.hasSecondFactor &&
		session.factor !== 'oidc_strong' &&
		!session.isDemonstration
	);
}

/** Does one of the roles that the person has today ask for a second factor? */
export function asksForSecondFactor(actor: Actor): boolean {
	return actor.grants.some(({ role }) => SECOND_FACTOR_ROLES.includes(role));
}

export type Factors = {
	totpSince: Date | null;
	recoveryCodesLeft: number;
	passkeys: { id: string; name: string; createdAt: Date; lastUsedAt: Date | null }[];
};

/** What a person has set up. */
export async function factorsOf(db: Db, userId: string): Promise<Factors> {
	const totp = await sql<{ since: Date }>`
		select confirmed_at as since from totp_secrets where user_id = ${userId}::uuid and confirmed_at is not null`.execute(
		db
	);
	const codes = await sql<{ count: number }>`
		select count(*)::int as count from recovery_codes where user_id = ${userId}::uuid and used_at is null`.execute(db);
	const passkeys = await sql<Factors['passkeys'][number]>`
		select id, name, created_at as "createdAt", last_used_at as "lastUsedAt" from passkeys
		where user_id = ${userId}::uuid order by created_at`.execute(db);
	return {
		totpSince: totp.rows[0]?.since ?? null,
		recoveryCodesLeft: codes.rows[0]?.count ?? 0,
		passkeys: passkeys.rows
	};
}

/** The secret that is being set up; made when first asked for. Throws `account.factor_exists` where one is in use. */
export async function beginTotp(db: Db, actor: Actor, cipher: Cipher): Promise<string> {
	return inTransaction(db, async (tx) => {
		const userId = ownId(actor);
		await sql`
			insert into totp_secrets (user_id, secret_sealed) values (${userId}::uuid, ${cipher.seal(newSecret())})
			on conflict (user_id) do nothing`.execute(tx);
		const { sealed, isConfirmed } = await lockTotp(tx, userId);
		if (isConfirmed) throw problem('account.factor_exists');
		return opened(cipher, sealed);
	});
}

/** Puts the app to use once it showed a right code; answers fresh recovery codes, which are shown this once. */
export async function confirmTotp(
	db: Db,
	actor: Actor,
	given: { cipher: Cipher; code: string; sessionId: string },
	now = new Date()
): Promise<string[]> {
	await takeTry(db, throttle('factor', ownId(actor)), now);
	return command(db, actor, async (tx) => {
		const userId = ownId(actor);
		const { sealed, isConfirmed } = await lockTotp(tx, userId);
		if (isConfirmed) throw problem('account.factor_exists');
		const step = matchingStep(opened(given.cipher, sealed), given.code, now);
		if (step === null) throw problem('access.wrong_code');
		await sql`
			update totp_secrets set confirmed_at = ${now}, last_step = ${step} where user_id = ${userId}::uuid`.execute(tx);
		const codes = await replaceCodes(tx, userId);
		await endSessions(tx, userId, given.sessionId);
		await forgive(tx, throttle('factor', userId));
		return { result: codes, actions: [await accountAction(tx, userId, 'add_factor', { factor: 'totp' })] };
	});
}

/** Takes the app out of use, and the recovery codes with it where no passkey is left. */
export async function removeTotp(db: Db, actor: Actor): Promise<void> {
	await command(db, actor, async (tx) => {
		const userId = ownId(actor);
		await sql`delete from totp_secrets where user_id = ${userId}::uuid`.execute(tx);
		await refuseWithoutFactor(tx, actor);
		await dropUnusedCodes(tx, userId);
		return { result: undefined, actions: [await accountAction(tx, userId, 'remove_factor', { factor: 'totp' })] };
	});
}

/** New recovery codes; the earlier ones end. Throws `account.factor_missing` where there is nothing to recover. */
export async function renewRecoveryCodes(db: Db, actor: Actor): Promise<string[]> {
	return command(db, actor, async (tx) => {
		const userId = ownId(actor);
		const factors = await factorsOf(tx, userId);
		if (!factors.totpSince && factors.passkeys.length === 0) throw problem('account.factor_missing');
		const codes = await replaceCodes(tx, userId);
		return { result: codes, actions: [await accountAction(tx, userId, 'make_recovery_codes')] };
	});
}

/**
 * An administrator takes away the second factors of somebody who lost them, and says why; the person is told, and signed
 * out everywhere.
 */
export async function removeFactorsOf(
	db: Db,
	actor: Actor,
	given: { userId: string; reason: string },
	now = new Date()
): Promise<void> {
	await command(db, actor, async (tx) => {
		const person = await managed(tx, actor, given.userId);
		await sql`delete from totp_secrets where user_id = ${person.id}::uuid`.execute(tx);
		await sql`delete from passkeys where user_id = ${person.id}::uuid`.execute(tx);
		await dropUnusedCodes(tx, person.id);
		await endSessions(tx, person.id);
		const letter = factorsRemovedLetter({ name: person.name, at: now }, await languageOf(tx, person.id));
		await post(tx, { to: person.email, ...letter, linkSealed: null });
		const action = await accountAction(tx, person.id, 'remove_factor', { factor: 'all' });
		return { result: undefined, actions: [{ ...action, reason: given.reason }] };
	});
}

/**
 * Takes a code of the app or a recovery code at sign-in, each once. Tries are counted by user, whatever the address.
 * Throws `access.wrong_code`, `access.too_many_tries`.
 */
export async function takeCode(
	db: Db,
	given: { userId: string; code: string; cipher: Cipher },
	now: Date
): Promise<'totp' | 'recovery'> {
	const code = given.code.replaceAll(/[\s-]/g, '').toUpperCase();
	await takeTry(db, throttle('factor', given.userId), now);
	const factor = (await takeTotp(db, { ...given, code }, now)) ?? (await takeRecovery(db, { ...given, code }, now));
	if (!factor) throw problem('access.wrong_code');
	await forgive(db, throttle('factor', given.userId));
	return factor;
}

/** The step must be later than that of the last code taken: a code that somebody looked at over the shoulder is spent. */
async function takeTotp(
	db: Db,
	{ userId, code, cipher }: { userId: string; code: string; cipher: Cipher },
	now: Date
): Promise<'totp' | null> {
	const { rows } = await sql<{ sealed: string }>`
		select secret_sealed as sealed from totp_secrets
		where user_id = ${userId}::uuid and confirmed_at is not null`.execute(db);
	const step = rows[0] ? matchingStep(opened(cipher, rows[0].sealed), code, now) : null;
	if (step === null) return null;
	const { numAffectedRows } = await sql`
		update totp_secrets set last_step = ${step}
		where user_id = ${userId}::uuid and (last_step is null or last_step < ${step})`.execute(db);
	return numAffectedRows === 1n ? 'totp' : null;
}

async function takeRecovery(
	db: Db,
	{ userId, code }: { userId: string; code: string },
	now: Date
): Promise<'recovery' | null> {
	const { numAffectedRows } = await sql`
		update recovery_codes set used_at = ${now}
		where user_id = ${userId}::uuid and code_hash = ${codeHash(userId, code)} and used_at is null`.execute(db);
	return numAffectedRows === 1n ? 'recovery' : null;
}

/** Writes new recovery codes over the old ones. */
export async function replaceCodes(tx: Tx, userId: string): Promise<string[]> {
	const codes = Array.from({ length: RECOVERY_CODES }, newCode);
	await sql`delete from recovery_codes where user_id = ${userId}::uuid`.execute(tx);
	await tx
		.insertInto('recovery_codes')
		.values(codes.map((code) => ({ user_id: userId, code_hash: codeHash(userId, code.replaceAll('-', '')) })))
		.execute();
	return codes;
}

/** Whose role asks for a second factor may not take away the last. Throws `account.factor_required`. */
export async function refuseWithoutFactor(tx: Tx, actor: Actor): Promise<void> {
	const left = await factorsOf(tx, ownId(actor));
	if (asksForSecondFactor(actor) && !left.totpSince && left.passkeys.length === 0)
		throw problem('account.factor_required');
}

/** Recovery codes recover a second factor; where none is left they would be passwords of their own. */
export async function dropUnusedCodes(tx: Tx, userId: string): Promise<void> {
	await sql`
		delete from recovery_codes where user_id = ${userId}::uuid
			and not exists (select 1 from totp_secrets where user_id = ${userId}::uuid)
			and not exists (select 1 from passkeys where user_id = ${userId}::uuid)`.execute(tx);
}

/** 60 bits in letters and digits that nobody mistakes for others when reading them off paper. */
function newCode(): string {
	const letters = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
	const code = Array.from(randomBytes(12), (byte) => letters[byte % letters.length]).join('');
	return code.replaceAll(/(.{4})(?=.)/g, '$1-');
}

function codeHash(userId: string, code: string): string {
	return hashToken(`${userId}:${code}`);
}

async function lockTotp(tx: Tx, userId: string): Promise<{ sealed: string; isConfirmed: boolean }> {
	const { rows } = await sql<{ sealed: string; isConfirmed: boolean }>`
		select secret_sealed as sealed, confirmed_at is not null as "isConfirmed" from totp_secrets
		where user_id = ${userId}::uuid for update`.execute(tx);
	const row = rows[0];
	if (!row) throw problem('account.factor_missing');
	return row;
}

function opened(cipher: Cipher, sealed: string): string {
	const secret = cipher.open(sealed);
	if (secret === null) throw problem('account.key_changed');
	return secret;
}
