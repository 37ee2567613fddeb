import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { command, type NewAction } from '#lib/actions/action.server.ts';
import { today } from '#lib/server/clock.ts';
import type { Db, Tx } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { authorise } from '#lib/units/authority.server.ts';
import { refuseEnded } from '#lib/units/taker.server.ts';
import { homeOf } from '#lib/units/unit.server.ts';
import { dayPlus, daysBetween } from '#lib/vietnamese/day.ts';
import { comparePeople, fold } from '#lib/vietnamese/text.ts';
import type { Actor, Grant, Role } from './actor.ts';
import { endSessions } from './session.server.ts';
import { endTokens } from './token-end.server.ts';

/** Longest time for which a role may be lent: who is away longer hands it over. */
export const LONGEST_DELEGATION_DAYS = 92;
/** A day after every recorded one. */
const FAR_OFF = '9999-12-30';

/** Lent roles count while the role they were lent from is held. */
export const HELD = sql`g.valid @> ${sql.ref('at.day')} and (g.delegated_from_id is null
	or exists (select 1 from role_grants source where source.id = g.delegated_from_id and source.valid @> ${sql.ref('at.day')}))`;

/** The day on which roles are asked for, as `at.day`. */
export function at(day: string) {
	return sql`cross join (select ${day}::date as day) at`;
}

/** The actor behind a signed-in user, with the roles held today, own and lent. */
export async function actorOf(db: Db, user: { id: string; name: string }): Promise<Actor> {
	const { rows } = await sql<Grant>`
		select g.unit_id as "unitId", g.role from role_grants g ${at(today())}
		where g.user_id = ${user.id}::uuid and ${HELD} order by g.id`.execute(db);
	return { id: user.id, name: user.name, grants: rows, everything: false };
}

/**
 * Enters roles from a day on; the rights to do so were checked by the command that calls it. Refuses a role that would
 * outlast its unit: those held when a unit ends follow it, one given later would be left behind.
 */
export async function giveRoles(
	tx: Tx,
	given: { userId: string; grants: readonly Grant[]; actionId: string; from?: string; until?: string | null }
): Promise<void> {
	for (const { unitId, role } of given.grants) {
		await refuseEnded(tx, unitId, given.until ? dayPlus(given.until, -1) : FAR_OFF);
		await sql`
			insert into role_grants (id, user_id, unit_id, role, valid, action_id)
			values (${newId()}, ${given.userId}, ${unitId}, ${role},
				daterange(${given.from ?? today()}::date, ${given.until ?? null}::date), ${given.actionId})`.execute(tx);
	}
}

export type NewRole = { userId: string; unitId: string; role: Role; from: string; until?: string | null };

/** Gives a person who has an account one more role. `from` may lie ahead, not behind; `until` is the first day without it. */
export async function grant(db: Db, actor: Actor, wanted: NewRole): Promise<{ userId: string }> {
	const { userId, unitId, role, from, until = null } = wanted;
	return command(db, actor, async (tx) => {
		await authorise(tx, actor, 'account.manage', unitId);
		refuseDays(from, until);
		await lockPerson(tx, userId);
		const { rows } = await sql`
			select 1 from role_grants where user_id = ${userId}::uuid and unit_id = ${unitId}::uuid and role = ${role}
				and delegated_from_id is null and valid && daterange(${from}::date, ${until}::date)`.execute(tx);
		if (rows.length > 0) throw problem('account.role_held');
		const actionId = newId();
		await giveRoles(tx, { userId, grants: [{ unitId, role }], actionId, from, until });
		const details = { role, from, until };
		return {
			result: { userId },
			actions: [await acted(tx, { id: actionId, verb: 'grant_role', userId, unitId, details })]
		};
	});
}

function refuseDays(from: string, until: string | null): void {
	if (from < today()) throw problem('account.role_in_past');
	if (until !== null && until <= from) throw problem('account.role_days_reversed');
}

async function lockPerson(tx: Tx, userId: string): Promise<void> {
	const { rows } = await sql`select 1 from users where id = ${userId}::uuid for update`.execute(tx);
	if (rows.length === 0) throw problem('account.not_found');
}

type Held = {
	userId: string;
	unitId: string;
	role: Role;
	from: string;
	until: string | null;
	delegatedFromId: string | null;
};

async function hold(tx: Tx, grantId: string): Promise<Held> {
	const { rows } = await sql<Held>`
		select user_id as "userId", unit_id as "unitId", role, lower(valid) as "from", upper(valid) as "until",
			delegated_from_id as "delegatedFromId"
		from role_grants where id = ${grantId}::uuid and (upper_inf(valid) or upper(valid) > ${today()}::date) for update`.execute(
		tx
	);
	const held = rows[0];
	if (!held) throw problem('account.role_not_found');
	return held;
}

/**
 * Ends a role: today is the first day without it, and its holder is signed out everywhere; with the last one their tokens
 * end, which another role later does not bring back. The last administrator of a unit stays, or nobody could let anyone in. A role that had not begun before today never held; its row goes, the action
 * tells of it. Who lent a role may take it back; otherwise it takes the right to manage accounts there.
 */
export async function endRole(db: Db, actor: Actor, grantId: string): Promise<{ userId: string }> {
	return command(db, actor, async (tx) => {
		const held = await hold(tx, grantId);
		if (!(await lentBy(tx, actor, held))) await authorise(tx, actor, 'account.manage', held.unitId);
		if (held.role === 'administrator') await refuseLastAdministrator(tx, { ...held, grantId });
		if (held.from >= today()) await sql`delete from role_grants where id = ${grantId}::uuid`.execute(tx);
		else
			await sql`update role_grants set valid = daterange(lower(valid), ${today()}::date) where id = ${grantId}::uuid`.execute(
				tx
			);
		await endSessions(tx, held.userId);
		const { userId, unitId, role, from } = held;
		const details = { role, from, ...((await hasRole(tx, userId)) ? {} : { tokens: await endTokens(tx, userId) }) };
		return {
			result: { userId },
			actions: [await acted(tx, { id: newId(), verb: 'end_role', userId, unitId, details })]
		};
	});
}

/** Has the person a role, today or later? */
async function hasRole(tx: Tx, userId: string): Promise<boolean> {
	const { rows } = await sql`
		select 1 from role_grants where user_id = ${userId}::uuid
			and (upper_inf(valid) or upper(valid) > ${today()}::date) limit 1`.execute(tx);
	return rows.length > 0;
}

async function lentBy(tx: Tx, actor: Actor, held: Held): Promise<boolean> {
	if (!held.delegatedFromId || !actor.id) return false;
	const { rows } = await sql`
		select 1 from role_grants where id = ${held.delegatedFromId}::uuid and user_id = ${actor.id}::uuid`.execute(tx);
	return rows.length > 0;
}

/** Who was invited and never came lets nobody in. */
async function refuseLastAdministrator(tx: Tx, held: { grantId: string; unitId: string }): Promise<void> {
	const { rows } = await sql`
		select 1 from role_grants g
		join unit_paths p on p.ancestor_id = g.unit_id and p.unit_id = ${held.unitId}::uuid
			and p.valid @> ${today()}::date and upper_inf(p.known)
		where g.role = 'administrator' and g.id <> ${held.grantId}::uuid and g.delegated_from_id is null
			and g.valid @> ${today()}::date and upper_inf(g.valid)
			and exists (select 1 from credentials c where c.user_id = g.user_id) limit 1`.execute(tx);
	if (rows.length === 0) throw problem('account.last_administrator');
}

export type Delegation = { grantId: string; toEmail: string; from: string; until: string; reason: string };

/**
 * Lends one of the actor's own roles to another account of the same office for some days. What was lent cannot be lent on,
 * and ends at the latest with the role itself. `until` is the first day without it.
 */
export async function delegate(db: Db, actor: Actor, wanted: Delegation): Promise<{ userId: string }> {
	const { grantId, from, until, reason } = wanted;
	return command(db, actor, async (tx) => {
		const own = await hold(tx, grantId);
		if (own.userId !== actor.id) throw problem('account.role_not_found');
		if (own.delegatedFromId) throw problem('account.delegated_on');
		refuseDays(from, until);
		if (daysBetween(from, until) > LONGEST_DELEGATION_DAYS)
			throw problem('account.delegated_too_long', { days: LONGEST_DELEGATION_DAYS });
		if (own.until !== null && until > own.until) throw problem('account.delegated_beyond', { until: own.until });
		const userId = await colleague(tx, { email: wanted.toEmail, actor, unitId: own.unitId });
		const actionId = newId();
		await sql`
			insert into role_grants (id, user_id, unit_id, role, valid, action_id, delegated_from_id, reason)
			values (${newId()}, ${userId}, ${own.unitId}, ${own.role}, daterange(${from}::date, ${until}::date), ${actionId},
				${grantId}, ${reason})`.execute(tx);
		const { unitId, role } = own;
		const details = { role, from, until };
		const action = await acted(tx, { id: actionId, verb: 'delegate', userId, unitId, details });
		return { result: { userId }, actions: [{ ...action, reason }] };
	});
}

/** Somebody else with a role in the same unit or under it, or above it; others are not told apart from nobody. */
async function colleague(tx: Tx, of: { email: string; actor: Actor; unitId: string }): Promise<string> {
	const { rows } = await sql<{ id: string }>`
		select u.id from users u
		where u.email = ${of.email.trim().toLowerCase()} and u.id <> ${of.actor.id}::uuid and exists (
			select 1 from role_grants g ${at(today())}
			join unit_paths p on upper_inf(p.known) and p.valid @> at.day
				and ((p.unit_id = g.unit_id and p.ancestor_id = ${of.unitId}::uuid)
					or (p.ancestor_id = g.unit_id and p.unit_id = ${of.unitId}::uuid))
			where g.user_id = u.id and ${HELD})`.execute(tx);
	const found = rows[0];
	if (!found) throw problem('account.not_a_colleague');
	return found.id;
}

async function acted(
	tx: Tx,
	what: { id: string; verb: string; userId: string; unitId: string; details: Record<string, unknown> }
): Promise<NewAction> {
	const { id, verb, userId, unitId, details } = what;
	return { id, homeId: await homeOf(tx, unitId, today()), noun: 'account', recordId: userId, verb, unitId, details };
}

/** A role that is held or will be. `until`: the first day without it; `lentBy`: whose role it is, when lent. */
export type GrantedRole = {
	grantId: string;
	id: string;
	name: string;
	email: string;
	role: Role;
	unitId: string;
	unitCode: string;
	unitName: string;
	from: string;
	until: string | null;
	lentBy: string | null;
};

const COLUMNS = sql<GrantedRole>`
	g.id as "grantId", u.id, u.name, u.email, g.role, g.unit_id as "unitId", v.code as "unitCode", v.name as "unitName",
	lower(g.valid) as "from", upper(g.valid) as "until",
	(select lender.name from role_grants source join users lender on lender.id = source.user_id
		where source.id = g.delegated_from_id) as "lentBy"
	from role_grants g ${at(today())} join users u on u.id = g.user_id
	cross join lateral (
		select s.code, s.name from unit_versions s where s.unit_id = g.unit_id
		order by (s.valid @> at.day) desc, upper(s.valid) desc nulls first limit 1
	) v`;

/**
 * Who has a role at and under a unit, today or later, for the accounts page; also on units that ended there, so that what was
 * left behind is seen and can be ended.
 */
export async function listUnder(db: Db, actor: Actor, unitId: string): Promise<GrantedRole[]> {
	await authorise(db, actor, 'account.manage', unitId);
	const { rows } = await sql<GrantedRole>`
		select ${COLUMNS}
		join unit_paths p on p.unit_id = g.unit_id and p.ancestor_id = ${unitId}::uuid and p.valid @> at.day and upper_inf(p.known)
		where upper_inf(g.valid) or upper(g.valid) > at.day order by v.code`.execute(db);
	return rows.toSorted((a, b) => (a.unitCode === b.unitCode ? comparePeople(a.name, b.name) : 0));
}

/** Does a person's name, tone marks or not, or address answer a search? An empty one is answered by all. */
export function isNamed({ name, email }: Pick<GrantedRole, 'name' | 'email'>, search: string): boolean {
	return fold(name).includes(fold(search)) || email.toLowerCase().includes(search.trim().toLowerCase());
}

/** The actor's own roles, and what they lent to others; today's and later ones. */
export async function listOwn(db: Db, actor: Actor): Promise<{ held: GrantedRole[]; lent: GrantedRole[] }> {
	const current = sql`(upper_inf(g.valid) or upper(g.valid) > at.day)`;
	const held = await sql<GrantedRole>`
		select ${COLUMNS} where g.user_id = ${actor.id}::uuid and ${current} order by v.code, g.role`.execute(db);
	const lent = await sql<GrantedRole>`
		select ${COLUMNS} join role_grants source on source.id = g.delegated_from_id
		where source.user_id = ${actor.id}::uuid and ${current} order by lower(g.valid)`.execute(db);
	return { held: held.rows, lent: lent.rows };
}

/** One person's roles at and under a unit, for who manages accounts there; refuses a person without any. */
export async function getPerson(
	db: Db,
	actor: Actor,
	of: { userId: string; unitId: string }
): Promise<{ id: string; name: string; email: string; roles: GrantedRole[] }> {
	const roles = (await listUnder(db, actor, of.unitId)).filter((role) => role.id === of.userId);
	const [first] = roles;
	if (!first) throw problem('account.not_found');
	return { id: first.id, name: first.name, email: first.email, roles };
}
