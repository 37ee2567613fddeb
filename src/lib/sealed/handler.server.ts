import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { unitsWhere, type Actor } from '#lib/accounts/actor.ts';
import { actorOf } from '#lib/accounts/role.server.ts';
import { command, type NewAction } from '#lib/actions/action.server.ts';
import { today } from '#lib/server/clock.ts';
import type { Db, Tx } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { authorise, may } from '#lib/units/authority.server.ts';

export type SealedCase = {
	id: string;
	homeId: string;
	noun: string;
	unitId: string;
	excludedUnitIds: string[];
	sealedOn: string;
	erased: boolean;
};

/** The case without anything of the person; null where there is none. */
export async function findCase(db: Db, caseId: string): Promise<SealedCase | null> {
	const { rows } = await sql<SealedCase>`
		select id, home_id as "homeId", noun, unit_id as "unitId", excluded_unit_ids as "excludedUnitIds",
			sealed_on as "sealedOn", exists (select 1 from sealed_erasures e where e.case_id = c.id) as erased
		from sealed_cases c where id = ${caseId}::uuid`.execute(db);
	return rows[0] ?? null;
}

/**
 * Why this person cannot handle the case; null where they can. Whoever runs accounts cannot, with whatever other role:
 * they could give it to themselves. Nor can who belongs to a unit that the case is about.
 */
export async function hindrance(
	db: Db,
	actor: Actor,
	of: Pick<SealedCase, 'unitId' | 'excludedUnitIds'>
): Promise<'sealed.not_petition_officer' | 'sealed.administrator' | 'sealed.conflicted' | null> {
	if (actor.everything || !actor.id || !(await may(db, actor, 'sealed.handle', of.unitId)))
		return 'sealed.not_petition_officer';
	if (unitsWhere(actor, 'account.manage').length > 0) return 'sealed.administrator';
	const { rows } = await sql`
		select 1 from unit_paths where ancestor_id = any(${of.excludedUnitIds}::uuid[])
			and unit_id = any(${actor.grants.map((grant) => grant.unitId)}::uuid[])
			and valid @> ${today()}::date and upper_inf(known) limit 1`.execute(db);
	return rows.length > 0 ? 'sealed.conflicted' : null;
}

/** Does the person handle the case today? */
export async function isHandler(db: Db, actor: Actor, caseId: string): Promise<boolean> {
	const { rows } = await sql`
		select 1 from sealed_handlers where case_id = ${caseId}::uuid and user_id = ${actor.id}::uuid
			and valid @> ${today()}::date`.execute(db);
	return rows.length > 0;
}

export type Assignment = { caseId: string; userId: string; reason: string; until?: string | null };

/** Makes a petition officer the handler of a case from today on. Who assigns leads the unit, and need not be a handler. */
export async function assign(db: Db, actor: Actor, wanted: Assignment): Promise<{ caseId: string }> {
	return command(db, actor, async (tx) => {
		const held = await holdCase(tx, wanted.caseId);
		await authorise(tx, actor, 'sealed.assign', held.unitId);
		const person = await personOf(tx, wanted.userId);
		const why = await hindrance(tx, person, held);
		if (why) throw problem(why);
		if (await isHandler(tx, person, held.id)) throw problem('sealed.handled_already');
		if (wanted.until && wanted.until <= today()) throw problem('account.role_days_reversed');
		const action = caseAction(held, 'assign_handler', { userId: wanted.userId, until: wanted.until ?? null });
		await enterHandler(tx, { ...wanted, actionId: action.id });
		return { result: { caseId: held.id }, actions: [{ ...action, reason: wanted.reason }] };
	});
}

/** Today is the first day on which the person does not handle the case. */
export async function unassign(db: Db, actor: Actor, wanted: Omit<Assignment, 'until'>): Promise<{ caseId: string }> {
	return command(db, actor, async (tx) => {
		const held = await holdCase(tx, wanted.caseId);
		await authorise(tx, actor, 'sealed.assign', held.unitId);
		const day = today();
		const { rows } = await sql<{ id: string; from: string }>`
			select id, lower(valid) as "from" from sealed_handlers where case_id = ${held.id}::uuid
				and user_id = ${wanted.userId}::uuid and valid @> ${day}::date for update`.execute(tx);
		const [row] = rows;
		if (!row) throw problem('sealed.not_handler');
		if (row.from >= day) await sql`delete from sealed_handlers where id = ${row.id}::uuid`.execute(tx);
		else
			await sql`update sealed_handlers set valid = daterange(lower(valid), ${day}::date) where id = ${row.id}::uuid`.execute(
				tx
			);
		const action = caseAction(held, 'unassign_handler', { userId: wanted.userId, from: row.from });
		return { result: { caseId: held.id }, actions: [{ ...action, reason: wanted.reason }] };
	});
}

export async function enterHandler(
	tx: Tx,
	of: { caseId: string; userId: string; until?: string | null; actionId: string }
): Promise<void> {
	await sql`
		insert into sealed_handlers (id, case_id, user_id, valid, action_id)
		values (${newId()}, ${of.caseId}, ${of.userId}, daterange(${today()}::date, ${of.until ?? null}::date), ${of.actionId})`.execute(
		tx
	);
}

/** The case, held until the transaction ends; refuses one that is not there or was erased. */
export async function holdCase(tx: Tx, caseId: string): Promise<SealedCase> {
	// Rows of the case itself cannot be altered, and so not be locked, with the application's rights.
	await sql`select pg_advisory_xact_lock(hashtextextended(${`sealed case ${caseId}`}, 0))`.execute(tx);
	const held = await findCase(tx, caseId);
	if (!held) throw problem('input.not_found');
	if (held.erased) throw problem('sealed.erased');
	return held;
}

/** An action of the lane. Its details name fields and people of the office, never what a field says. */
export function caseAction(of: SealedCase, verb: string, details: Record<string, unknown> = {}): NewAction {
	return { id: newId(), homeId: of.homeId, noun: 'sealed_case', recordId: of.id, verb, unitId: of.unitId, details };
}

async function personOf(tx: Tx, userId: string): Promise<Actor> {
	const { rows } = await sql<{ name: string }>`select name from users where id = ${userId}::uuid`.execute(tx);
	const [user] = rows;
	if (!user) throw problem('account.not_found');
	return actorOf(tx, { id: userId, name: user.name });
}

/** One line of a handler's list. */
export type HandledCase = {
	id: string;
	noun: string;
	unitName: string;
	sealedOn: string;
	fieldNames: string[];
	until: string | null;
};

/** The cases that the actor handles today, latest first. */
export async function listHandled(db: Db, actor: Actor): Promise<HandledCase[]> {
	const { rows } = await sql<HandledCase & Pick<SealedCase, 'unitId' | 'excludedUnitIds'>>`
		select c.id, c.noun, c.unit_id as "unitId", c.excluded_unit_ids as "excludedUnitIds", v.name as "unitName",
			c.sealed_on as "sealedOn", upper(h.valid) as "until",
			array(select f.field from sealed_fields f where f.case_id = c.id order by f.field) as "fieldNames"
		from sealed_handlers h join sealed_cases c on c.id = h.case_id
		join lateral (select name from unit_versions u where u.unit_id = c.unit_id
			order by (u.valid @> c.sealed_on) desc, upper(u.valid) desc nulls first limit 1) v on true
		where h.user_id = ${actor.id}::uuid and h.valid @> ${today()}::date
			and not exists (select 1 from sealed_erasures e where e.case_id = c.id)
		order by c.sealed_on desc, c.id desc`.execute(db);
	const hindrances = await Promise.all(rows.map((row) => hindrance(db, actor, row)));
	return rows
		.filter((_, index) => hindrances[index] === null)
		.map(({ id, noun, unitName, sealedOn, fieldNames, until }) => ({
			id,
			noun,
			unitName,
			sealedOn,
			fieldNames,
			until
		}));
}
