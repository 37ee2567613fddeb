import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { command, type NewAction } from '#lib/actions/action.server.ts';
import { today } from '#lib/server/clock.ts';
import type { Db, Tx } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { authorise } from '#lib/units/authority.server.ts';
import { homeOf } from '#lib/units/unit.server.ts';
import { normalise } from '#lib/vietnamese/text.ts';
import { operator, type Actor, type Grant } from './actor.ts';
import { hashToken, newToken } from './cipher.server.ts';
import { hashPassword } from './password.server.ts';
import { giveRoles } from './role.server.ts';

export type NewPerson = {
	name: string;
	email: string;
	grants: readonly Grant[];
	/** First day of the roles, today by default, and the first day without them. */
	from?: string;
	until?: string | null;
};

/**
 * Makes an account with its roles and a password, for the command line, the first administrator and the demonstration
 * world; others are invited. The actor must manage accounts on each unit of the grants.
 */
export async function create(db: Db, actor: Actor, account: NewPerson & { password: string }): Promise<{ id: string }> {
	const password = await hashPassword(account.password);
	return command(db, actor, async (tx) => {
		const action = await addPerson(tx, actor, account, 'create');
		await setPassword(tx, action.recordId, password);
		return { result: { id: action.recordId }, actions: [action] };
	});
}

/** Enters a person who cannot sign in yet, with their roles; answers the action, whose record is the person. */
export async function addPerson(
	tx: Tx,
	actor: Actor,
	person: NewPerson,
	verb: 'create' | 'invite'
): Promise<NewAction> {
	for (const grant of person.grants) await authorise(tx, actor, 'account.manage', grant.unitId);
	const id = newId();
	const actionId = newId();
	const name = normalise(person.name);
	const email = normalise(person.email).toLowerCase();
	await tx
		.insertInto('users')
		.values({ id, name, email, email_verified: verb === 'create' })
		.execute();
	const { grants, from, until } = person;
	await giveRoles(tx, { userId: id, grants, actionId, ...(from ? { from } : {}), until: until ?? null });
	const unitId = grants[0]?.unitId ?? null;
	const homeId = unitId ? await homeOf(tx, unitId, today()) : id;
	const details = { name: person.name, roles: grants.map((grant) => grant.role) };
	return { id: actionId, homeId, noun: 'account', recordId: id, verb, unitId, details };
}

/** Writes the hash of a user's password, the first one or another. */
export async function setPassword(tx: Tx, userId: string, hash: string): Promise<void> {
	await sql`
		insert into credentials (id, user_id, account_id, provider_id, password)
		values (${newId()}, ${userId}::uuid, ${userId}, 'credential', ${hash})
		on conflict (provider_id, account_id) do update set password = excluded.password, updated_at = excluded.updated_at`.execute(
		tx
	);
}

/** Is there nobody yet? Then the first administrator is made through a one-time link. */
export async function isEmpty(db: Db): Promise<boolean> {
	const { rows } = await sql<{ empty: boolean }>`select not exists (select 1 from users) as empty`.execute(db);
	return rows[0]?.empty ?? true;
}

/** Notes that this installation shows the demonstration world: a required second factor can be put off here. */
export async function markDemonstration(tx: Db): Promise<void> {
	await sql`
		insert into installation (demonstration_since) values (now())
		on conflict (only_row) do update set demonstration_since = excluded.demonstration_since`.execute(tx);
}

/** Was the demonstration world loaded into this installation when it was empty? */
export async function isDemonstration(db: Db): Promise<boolean> {
	const { rows } = await sql`select 1 from installation where demonstration_since is not null`.execute(db);
	return rows.length > 0;
}

/** Makes a new one-time link token for an empty installation; earlier ones end. Null where somebody is there already. */
export async function setupToken(db: Db): Promise<string | null> {
	if (!(await isEmpty(db))) return null;
	const token = newToken();
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
