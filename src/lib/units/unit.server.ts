import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Actor } from '#lib/accounts/actor.ts';
import { command, type Acted } from '#lib/actions/action.server.ts';
import { today } from '#lib/server/clock.ts';
import type { Db, Tx } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { normalise } from '#lib/vietnamese/text.ts';
import { authorise, ofSameTree, visibleTo } from './authority.server.ts';
import { derive } from './derive.server.ts';
import { insertEvents } from './event-log.server.ts';
import type { Change, Traits } from './history.ts';
import { BEFORE_ALL, readUnitRef, type Unit, type UnitKind } from './unit.ts';

export type NewUnit = {
	id?: string;
	code: string;
	name: string;
	shortName?: string | null;
	kind: UnitKind;
	parentId: string | null;
	place?: string | null;
};

/** `listed`: the units stand on a list that an office takes in, which is the reason; less may be asked of who does that. */
export type Establishment = {
	units: readonly NewUnit[];
	effectiveOn?: string;
	decisionNumber?: string | null;
	listed?: { importId: string; fileName: string };
};

/** Establishes units, parents before children, by one event; answers them in the order given. */
export async function establish(db: Db, actor: Actor, establishment: Establishment): Promise<Unit[]> {
	return command(db, actor, (tx) => establishIn(tx, actor, establishment));
}

/** The same inside another command's transaction (a list that brings its own units). */
export async function establishIn(tx: Tx, actor: Actor, establishment: Establishment): Promise<Acted<Unit[]>> {
	const { units, decisionNumber = null, listed } = establishment;
	const permission = listed ? 'unit.establish_listed' : 'unit.establish';
	const own = new Set<string>();
	const parents = new Set<string>();
	const rows = units.map((unit) => ({ ...unit, id: unit.id ?? newId() }));
	for (const unit of rows) {
		if (unit.parentId !== null && !own.has(unit.parentId)) parents.add(unit.parentId);
		if (unit.parentId === null && !actor.everything) throw problem('access.denied');
		own.add(unit.id);
	}
	for (const parentId of parents) await authorise(tx, actor, permission, parentId);
	const effectiveOn = establishment.effectiveOn ?? (await firstDayUnder(tx, [...parents]));
	const eventId = newId();
	const actionId = newId();
	const changes = rows.map((unit): Change => ({ unitId: unit.id, change: 'open', sets: traitsOf(unit) }));
	await insertEvents(tx, actionId, [{ id: eventId, kind: 'establish', effectiveOn, decisionNumber, changes }]);
	await derive(
		tx,
		rows.map((unit) => unit.id)
	);
	const home = await homeOf(tx, rows[0]?.id ?? eventId, effectiveOn);
	const result = rows.map(({ id, code, name, kind, parentId }) => ({
		id,
		code,
		name: normalise(name),
		kind,
		parentId
	}));
	const codes = rows.map((unit) => unit.code);
	const details = { codes, effectiveOn, decisionNumber, ...(listed && { importId: listed.importId }) };
	return {
		result,
		actions: [
			{
				id: actionId,
				homeId: home,
				noun: 'unit',
				recordId: eventId,
				verb: 'establish',
				unitId: rows[0]?.id ?? null,
				reason: listed?.fileName ?? null,
				details
			}
		]
	};
}

function traitsOf({ code, name, shortName = null, kind, parentId, place = null }: NewUnit): Traits {
	return { code, name, shortName, kind, parentId, place, flags: [] };
}

/** From the beginning of all counting, unless a parent began later. */
async function firstDayUnder(tx: Tx, parentIds: readonly string[]): Promise<string> {
	const { rows } = await sql<{ day: string }>`
		select greatest(${BEFORE_ALL}::date, max(day)) as day from (
			select min(lower(valid)) as day from unit_versions where unit_id = any(${[...parentIds]}::uuid[]) group by unit_id
		) began`.execute(tx);
	return rows[0]?.day ?? BEFORE_ALL;
}

/** The province at that day, or whatever stands topmost: the key under which the unit's ledger lies together. */
export async function homeOf(db: Db, unitId: string, day: string): Promise<string> {
	return (await homesOf(db, [unitId], day)).get(unitId) ?? unitId;
}

/** As `homeOf`, for many units; those that are nowhere on the day are not in it. */
export async function homesOf(db: Db, unitIds: readonly string[], day: string): Promise<Map<string, string>> {
	const { rows } = await sql<{ id: string; home: string }>`
		select distinct on (p.unit_id) p.unit_id as id, p.ancestor_id as home from unit_paths p
		join unit_versions v on v.unit_id = p.ancestor_id and v.valid @> ${day}::date
		join unit_kinds k on k.kind = v.kind
		where p.unit_id = any(${[...unitIds]}::uuid[]) and p.valid @> ${day}::date and upper_inf(p.known)
		order by p.unit_id, (k.tier = 'province') desc, p.depth desc`.execute(db);
	return new Map(rows.map(({ id, home }) => [id, home]));
}

const COLUMNS = sql<Unit>`v.unit_id as id, v.code, v.name, v.kind, v.parent_id as "parentId"`;

/** The unit as it is on a day (default today), if the actor may see it. Refuses otherwise. */
export async function get(db: Db, actor: Actor, unitId: string, day = today()): Promise<Unit> {
	const { rows } = await sql<Unit>`
		select ${COLUMNS} from unit_versions v
		where v.unit_id = ${unitId}::uuid and v.valid @> ${day}::date and ${visibleTo(actor, 'unit.read', { unit: 'v.unit_id' })}`.execute(
		db
	);
	const unit = rows[0];
	if (!unit) throw problem('unit.not_found', { code: unitId });
	return unit;
}

/** The unit with this code, which scripts and addresses use (`readUnitRef`); refuses with the code in the message. */
export async function getByCode(db: Db, actor: Actor, ref: string, day = today()): Promise<Unit> {
	const { code, day: named } = readUnitRef(ref);
	const { rows } = await sql<Unit>`
		select ${COLUMNS} from unit_versions v
		where v.code = ${code} and v.valid @> ${named ?? day}::date and ${visibleTo(actor, 'unit.read', { unit: 'v.unit_id' })}`.execute(
		db
	);
	const unit = rows[0];
	if (!unit) throw problem('unit.not_found', { code });
	return unit;
}

/**
 * The unit with this code (`readUnitRef`) anywhere in the actor's province or bloc: for its totals, not for its records. Where
 * none has it today, who had it last.
 */
export async function getOfTree(db: Db, actor: Actor, ref: string): Promise<Unit> {
	const { code, day } = readUnitRef(ref);
	const { rows } = await sql<Unit>`
		select ${COLUMNS} from unit_versions v
		where v.code = ${code} and ${day === null ? sql`true` : sql`v.valid @> ${day}::date`}
			and ${ofSameTree(actor, 'figure.read', 'v.unit_id')}
		order by (v.valid @> ${today()}::date) desc, upper(v.valid) desc nulls first limit 1`.execute(db);
	const unit = rows[0];
	if (!unit) throw problem('unit.not_found', { code });
	return unit;
}

/** Everything at and under a unit on a day, parents first, then by the Vietnamese alphabet within the caller. */
export async function listUnder(
	db: Db,
	unitId: string,
	day = today()
): Promise<(Unit & { depth: number; registers: boolean })[]> {
	const { rows } = await sql<Unit & { depth: number; registers: boolean }>`
		select ${COLUMNS}, p.depth, k.registers from unit_paths p
		join unit_versions v on v.unit_id = p.unit_id and v.valid @> ${day}::date
		join unit_kinds k on k.kind = v.kind
		where p.ancestor_id = ${unitId}::uuid and p.valid @> ${day}::date and upper_inf(p.known)
		order by p.depth, v.code`.execute(db);
	return rows;
}

export type PlacedUnit = {
	id: string;
	code: string;
	name: string;
	kind: UnitKind;
	parent: string | null;
	depth: number;
};

/** A page of everything at and under some units on a day, by code. `after`: the last code of the page before. */
export async function listPage(
	db: Db,
	unitIds: readonly string[],
	page: { day?: string | undefined; limit: number; after?: string | undefined }
): Promise<PlacedUnit[]> {
	const day = page.day ?? today();
	const { rows } = await sql<PlacedUnit>`
		select v.unit_id as id, v.code, v.name, v.kind, above.code as parent, min(p.depth) as depth from unit_paths p
		join unit_versions v on v.unit_id = p.unit_id and v.valid @> ${day}::date
		left join unit_versions above on above.unit_id = v.parent_id and above.valid @> ${day}::date
		where p.ancestor_id = any(${[...unitIds]}::uuid[]) and p.valid @> ${day}::date and upper_inf(p.known)
			and v.code > ${page.after ?? ''}
		group by v.unit_id, v.code, v.name, v.kind, above.code order by v.code limit ${page.limit}`.execute(db);
	return rows;
}

/** Everyone above a unit on a day, topmost first, the unit itself last. */
export async function listAbove(db: Db, unitId: string, day = today()): Promise<Unit[]> {
	const { rows } = await sql<Unit>`
		select ${COLUMNS} from unit_paths p
		join unit_versions v on v.unit_id = p.ancestor_id and v.valid @> ${day}::date
		where p.unit_id = ${unitId}::uuid and p.valid @> ${day}::date and upper_inf(p.known)
		order by p.depth desc`.execute(db);
	return rows;
}

/** The topmost units the actor may see: where the tree on the screen begins. */
export async function listOwn(db: Db, actor: Actor): Promise<Unit[]> {
	const condition = actor.everything
		? sql`v.parent_id is null`
		: sql`v.unit_id = any(${actor.grants.map((grant) => grant.unitId)}::uuid[])`;
	const { rows } = await sql<Unit>`
		select ${COLUMNS} from unit_versions v where v.valid @> ${today()}::date and ${condition} order by v.code`.execute(db);
	return rows;
}

/**
 * Names of units as they were called on a day; those that had ended by then under their last name. `ref` names the unit in
 * addresses.
 */
export async function names(
	db: Db,
	unitIds: readonly string[],
	day = today()
): Promise<Map<string, { code: string; name: string; ref: string }>> {
	const { rows } = await sql<{ id: string; code: string; name: string; ref: string }>`
		select distinct on (unit_id) unit_id as id, code, name,
			case when valid @> ${today()}::date then code else code || '@' || coalesce(upper(valid) - 1, lower(valid)) end as ref
		from unit_versions
		where unit_id = any(${[...new Set(unitIds)]}::uuid[])
		order by unit_id, (valid @> ${day}::date) desc, upper(valid) desc nulls first`.execute(db);
	return new Map(rows.map((row) => [row.id, { code: row.code, name: row.name, ref: row.ref }]));
}
