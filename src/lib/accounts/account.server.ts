import { createHash, randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { command } from '#lib/actions/action.server.ts';
import { today } from '#lib/server/clock.ts';
import type { Db, Tx } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { authorise } from '#lib/units/authority.server.ts';
import { homeOf } from '#lib/units/unit.server.ts';
import { normalise } from '#lib/vietnamese/text.ts';
import { operator, type Actor, type Grant } from './actor.ts';
import { hashPassword } from './auth.server.ts';
import { giveRoles } from './role.server.ts';

export type NewAccount = {
	name: string;
	email: string;
	password: string;
	grants: readonly Grant[];
};

/** Makes an account with its roles from today on. The actor must manage accounts on each unit of the grants. */
export async function create(db: Db, actor: Actor, account: NewAccount): Promise<{ id: string }> {
	const password = await hashPassword(account.password);
	return command(db, actor, async (tx) => {
		for (const grant of account.grants) await authorise(tx, actor, 'account.manage', grant.unitId);
		const id = newId();
		const actionId = newId();
		await tx
			.insertInto('users')
			.values({
				id,
				name: normalise(account.name),
				email: normalise(account.email).toLowerCase(),
				email_verified: true
			})
			.execute();
		await tx
			.insertInto('credentials')
			.values({ id: newId(), user_id: id, account_id: id, provider_id: 'credential', password })
			.execute();
		await giveRoles(tx, { userId: id, grants: account.grants, actionId });
		const first = account.grants[0]?.unitId ?? null;
		const homeId = first ? await homeOf(tx, first, today()) : id;
		const details = { name: account.name, roles: account.grants.map((grant) => grant.role) };
		return {
			result: { id },
			actions: [{ id: actionId, homeId, noun: 'account', recordId: id, verb: 'create', unitId: first, details }]
		};
	});
}

/** Is there nobody yet? Then the first administrator is made through a one-time link. */
async function isEmpty(db: Db): Promise<boolean> {
	const { rows } = await sql<{ empty: boolean }>`select not exists (select 1 from users) as empty`.execute(db);
	return rows[0]?.empty ?? true;
}

function hashToken(token: string): string {
	return createHash('sha256').update(token).digest('hex');
}

/** Makes a new one-time link token for an empty installation; earlier ones end. Null where somebody is there already. */
export async function setupToken(db: Db): Promise<string | null> {
	if (!(await isEmpty(db))) return null;
	const token = randomBytes(24).toString('base64url');
	await sql`delete from setup_links where used_at is null`.execute(db);
	await db
		.insertInto('setup_links')
		.values({ token_hash: hashToken(token) })
		.execute();
	return token;
}

/** Is the link good? Read only. */
export async function isSetupToken(db: Db, token: string): Promise<boolean> {
	const { rows } = await sql`
		select 1 from setup_links where token_hash = ${hashToken(token)} and used_at is null
			and created_at > now() - interval '7 days' and not exists (select 1 from users)`.execute(db);
	return rows.length > 0;
}

/** Uses up the link, inside the transaction that makes the first account; two at once cannot both win. */
export async function useSetupToken(tx: Tx, token: string): Promise<void> {
	const { numAffectedRows } = await sql`
		update setup_links set used_at = now() where token_hash = ${hashToken(token)} and used_at is null`.execute(tx);
	if (numAffectedRows !== 1n || !(await isEmpty(tx))) throw problem('access.setup_link_used');
}

export const SETUP_ACTOR = operator('Khởi tạo');
