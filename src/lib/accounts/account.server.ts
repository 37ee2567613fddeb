import { createHash, randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { command } from '#lib/actions/action.server.ts';
import { today } from '#lib/server/clock.ts';
import type { Db, Tx } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { authorise } from '#lib/units/authority.server.ts';
import { homeOf } from '#lib/units/unit.server.ts';
import { comparePeople, normalise } from '#lib/vietnamese/text.ts';
import { operator, type Actor, type Role } from './actor.ts';
import { hashPassword } from './auth.server.ts';

export type NewAccount = {
	name: string;
	email: string;
	password: string;
	grants: readonly { unitId: string; role: Role }[];
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
		await grantRoles(tx, { userId: id, grants: account.grants, actionId });
		const first = account.grants[0]?.unitId ?? null;
		const homeId = first ? await homeOf(tx, first, today()) : id;
		const details = { name: account.name, roles: account.grants.map((grant) => grant.role) };
		return {
			result: { id },
			actions: [{ id: actionId, homeId, noun: 'account', recordId: id, verb: 'create', unitId: first, details }]
		};
	});
}

async function grantRoles(
	tx: Tx,
	given: { userId: string; grants: NewAccount['grants']; actionId: string }
): Promise<void> {
	for (const { unitId, role } of given.grants) {
		await sql`
			insert into role_grants (id, user_id, unit_id, role, valid, action_id)
			values (${newId()}, ${given.userId}, ${unitId}, ${role}, daterange(${today()}::date, null), ${given.actionId})`.execute(
			tx
		);
	}
}

/**
 * Ends a role: today is the first day without it. The last administrator of a unit stays, or nobody could let anyone in.
 * A role that began today never held; its row goes, the action tells of it.
 */
export async function endRole(db: Db, actor: Actor, grantId: string): Promise<{ userId: string }> {
	return command(db, actor, async (tx) => {
		const { rows } = await sql<{ userId: string; unitId: string; role: Role; from: string }>`
			select user_id as "userId", unit_id as "unitId", role, lower(valid) as "from" from role_grants
			where id = ${grantId}::uuid and valid @> ${today()}::date for update`.execute(tx);
		const grant = rows[0];
		if (!grant) throw problem('account.role_not_found');
		await authorise(tx, actor, 'account.manage', grant.unitId);
		if (grant.role === 'administrator') await refuseLastAdministrator(tx, { ...grant, grantId });
		if (grant.from === today()) await sql`delete from role_grants where id = ${grantId}::uuid`.execute(tx);
		else
			await sql`update role_grants set valid = daterange(lower(valid), ${today()}::date) where id = ${grantId}::uuid`.execute(
				tx
			);
		const homeId = await homeOf(tx, grant.unitId, today());
		const details = { role: grant.role, from: grant.from };
		return {
			result: { userId: grant.userId },
			actions: [
				{
					id: newId(),
					homeId,
					noun: 'account',
					recordId: grant.userId,
					verb: 'end_role',
					unitId: grant.unitId,
					details
				}
			]
		};
	});
}

async function refuseLastAdministrator(tx: Tx, grant: { grantId: string; unitId: string }): Promise<void> {
	const { rows } = await sql`
		select 1 from role_grants g
		join unit_paths p on p.ancestor_id = g.unit_id and p.unit_id = ${grant.unitId}::uuid
			and p.valid @> ${today()}::date and upper_inf(p.known)
		where g.role = 'administrator' and g.id <> ${grant.grantId}::uuid and g.valid @> ${today()}::date limit 1`.execute(tx);
	if (rows.length === 0) throw problem('account.last_administrator');
}

/** The actor behind a signed-in user, with the roles valid today. */
export async function actorOf(db: Db, user: { id: string; name: string }): Promise<Actor> {
	const { rows } = await sql<{ unitId: string; role: Role }>`
		select unit_id as "unitId", role from role_grants
		where user_id = ${user.id}::uuid and valid @> ${today()}::date order by id`.execute(db);
	return { id: user.id, name: user.name, grants: rows, everything: false };
}

/** Is there nobody yet? Then the first administrator is made through a one-time link. */
export async function isEmpty(db: Db): Promise<boolean> {
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

export type GrantedRole = {
	grantId: string;
	id: string;
	name: string;
	email: string;
	role: Role;
	unitCode: string;
	unitName: string;
	from: string;
};

/** Who has a role at and under a unit today, for the accounts page. */
export async function listUnder(db: Db, actor: Actor, unitId: string): Promise<GrantedRole[]> {
	await authorise(db, actor, 'account.manage', unitId);
	const { rows } = await sql<GrantedRole>`
		select g.id as "grantId", u.id, u.name, u.email, g.role, v.code as "unitCode", v.name as "unitName", lower(g.valid) as "from"
		from role_grants g join users u on u.id = g.user_id
		join unit_paths p on p.unit_id = g.unit_id and p.ancestor_id = ${unitId}::uuid and p.valid @> ${today()}::date and upper_inf(p.known)
		join unit_versions v on v.unit_id = g.unit_id and v.valid @> ${today()}::date
		where g.valid @> ${today()}::date order by v.code`.execute(db);
	return rows.toSorted((a, b) => (a.unitCode === b.unitCode ? comparePeople(a.name, b.name) : 0));
}

export const SETUP_ACTOR = operator('Khởi tạo');
