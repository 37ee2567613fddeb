import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Actor } from '#lib/accounts/actor.ts';
import { endRole } from '#lib/accounts/role.server.ts';
import { endTokens } from '#lib/accounts/token-end.server.ts';
import type { NewAction } from '#lib/actions/action.server.ts';
import { today } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db.ts';
import { homeOf } from '#lib/units/unit.server.ts';

/** Tables of the account whose rows go; each has `user_id`. */
const GONE = [
	'sessions',
	'credentials',
	'totp_secrets',
	'recovery_codes',
	'passkeys',
	'pending_steps',
	'account_links'
] as const;

/**
 * Takes the personal data out of an account: roles end, every way to sign in goes, name and address are replaced. The row
 * stays, for what was done under it. What stays besides, and why: `docs/decisions/0012-erasure-and-the-log.md`.
 * Refuses with `account.last_administrator`.
 */
export async function erase(tx: Tx, actor: Actor, userId: string): Promise<NewAction> {
	const { rows: grants } = await sql<{ id: string; unitId: string }>`
		select id, unit_id as "unitId" from role_grants where user_id = ${userId}::uuid
			and (upper_inf(valid) or upper(valid) > ${today()}::date) order by id`.execute(tx);
	for (const { id } of grants) await endRole(tx, actor, id);
	await sql`
		update sealed_handlers set valid = daterange(lower(valid), greatest(lower(valid) + 1, ${today()}::date))
		where user_id = ${userId}::uuid and (upper_inf(valid) or upper(valid) > ${today()}::date)`.execute(tx);
	for (const table of GONE) await sql`delete from ${sql.table(table)} where user_id = ${userId}::uuid`.execute(tx);
	// Rows that say what a token did stay; what it could do ends.
	await endTokens(tx, userId);
	await sql`delete from outbox where recipient in (select email from users where id = ${userId}::uuid)`.execute(tx);
	await sql`
		update users set name = 'Tài khoản đã xoá', email = ${`${userId}@da-xoa.invalid`}, image = null, language = null, updated_at = now()
		where id = ${userId}::uuid`.execute(tx);
	const unitId = grants[0]?.unitId ?? null;
	const homeId = unitId ? await homeOf(tx, unitId, today()) : userId;
	return { id: newId(), homeId, noun: 'account', recordId: userId, verb: 'erase', unitId, details: {} };
}
