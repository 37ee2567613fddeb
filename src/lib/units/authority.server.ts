import { sql, type RawBuilder } from 'kysely';
import { unitsWhere, type Actor, type Permission } from '#lib/accounts/actor.ts';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';

/** A column with its table: a bare name would bind to the condition's own table, and be true of everything. */
type Column = `${string}.${string}`;

/** Columns of a record that say whose it is: its unit, and the legal day on which it was written; none: today's tree. */
export type Belonging = { unit: Column; day?: Column };

/**
 * The first net: a condition that is true only for records of units which on the day of the record stood under a unit
 * where the actor has the permission today. A forgotten check then finds nothing instead of too much; who moved away, or
 * whose unit did, reads nothing written since; what was split off is not handed on. A record without a day is of today.
 * Who took a unit over (`inherited`) has all that it left.
 */
export function visibleTo(actor: Actor, permission: Permission, of: Belonging): RawBuilder<boolean> {
	if (actor.everything) return sql<boolean>`true`;
	const own = unitsWhere(actor, permission);
	if (own.length === 0) return sql<boolean>`false`;
	return sql<boolean>`exists (
		select 1 from unit_paths seen
		where seen.unit_id = ${sql.ref(of.unit)} and seen.ancestor_id = any(${own}::uuid[])
			and (seen.valid @> ${dayOf(of)} or (seen.inherited and seen.valid @> ${today()}::date)) and upper_inf(seen.known))`;
}

function dayOf(of: Belonging): RawBuilder<unknown> {
	return of.day ? sql`coalesce(${sql.ref(of.day)}, ${today()}::date)` : sql`${today()}::date`;
}

/**
 * Records of units that stand under one unit today, as far as the actor may see them: what `visibleTo` says, in one look at
 * the tree. Nearly every record was written since its unit stands there and since the actor's own unit stands above, and is
 * visible by that alone; only the others are looked up by their day.
 */
export function visibleUnder(
	actor: Actor,
	permission: Permission,
	{ of, unitId }: { of: Belonging; unitId: string }
): RawBuilder<boolean> {
	const since = sql`(
		select min(lower(held.valid)) from unit_paths held
		where held.unit_id = ${unitId}::uuid and held.ancestor_id = any(${unitsWhere(actor, permission)}::uuid[])
			and held.valid @> ${today()}::date and upper_inf(held.known))`;
	// In coalesce(), or the planner would take the look-up by day out of it and count with one for every record.
	const seen = actor.everything
		? sql`true`
		: sql`coalesce((under.valid @> ${dayOf(of)} and ${dayOf(of)} between ${since} and ${today()}::date)
				or ${visibleTo(actor, permission, of)}, false)`;
	return sql<boolean>`exists (
		select 1 from unit_paths under
		where under.unit_id = ${sql.ref(of.unit)} and under.ancestor_id = ${unitId}::uuid
			and under.valid @> ${today()}::date and upper_inf(under.known) and ${seen})`;
}

/**
 * A condition that is true for units of the same province or bloc as one where the actor has the permission: whose totals
 * may be asked, though not their records.
 */
export function ofSameTree(actor: Actor, permission: Permission, unitColumn: Column): RawBuilder<boolean> {
	if (actor.everything) return sql<boolean>`true`;
	return sql<boolean>`exists (
		select 1 from unit_paths mine
		join unit_paths theirs on theirs.ancestor_id = mine.ancestor_id and theirs.unit_id = ${sql.ref(unitColumn)}
			and theirs.valid @> ${today()}::date and upper_inf(theirs.known)
		join unit_versions top on top.unit_id = mine.ancestor_id and top.valid @> ${today()}::date
		join unit_kinds k on k.kind = top.kind and k.tier <> 'central'
		where mine.unit_id = any(${unitsWhere(actor, permission)}::uuid[])
			and mine.valid @> ${today()}::date and upper_inf(mine.known))`;
}

/**
 * As `visibleTo`; a record that belongs to no unit is of the whole installation, and for who has the permission on every
 * topmost unit.
 */
export function visibleOrWhole(actor: Actor, permission: Permission, of: Belonging): RawBuilder<boolean> {
	if (actor.everything) return sql<boolean>`true`;
	return sql<boolean>`(${visibleTo(actor, permission, of)}
		or (${sql.ref(of.unit)} is null and not exists (select 1 from unit_versions top where top.parent_id is null
			and top.valid @> ${today()}::date and top.unit_id <> all(${unitsWhere(actor, permission)}::uuid[]))))`;
}

/** The second net, for writes: returns the unit's id, or refuses. Who may not even see the unit learns nothing of it. */
export async function authorise(db: Db, actor: Actor, permission: Permission, unitId: string): Promise<string> {
	if (await may(db, actor, permission, unitId)) return unitId;
	if (await may(db, actor, 'unit.read', unitId)) throw problem('access.denied');
	throw problem('input.not_found');
}

/** As `authorise`, for many units at once. */
export async function authoriseAll(
	db: Db,
	actor: Actor,
	permission: Permission,
	unitIds: readonly string[]
): Promise<void> {
	if (actor.everything) return;
	const { rows } = await sql<{ id: string }>`
		select id from unnest(${[...unitIds]}::uuid[]) as named (id) where not exists (
			select 1 from unit_paths p where p.unit_id = named.id and p.ancestor_id = any(${unitsWhere(actor, permission)}::uuid[])
				and p.valid @> ${today()}::date and upper_inf(p.known))`.execute(db);
	for (const { id } of rows) await authorise(db, actor, permission, id);
}

/** May the actor do this on the unit (or on one it stands under)? Screens use it to show or to explain a button. */
export async function may(db: Db, actor: Actor, permission: Permission, unitId: string): Promise<boolean> {
	if (actor.everything) return true;
	const own = unitsWhere(actor, permission);
	if (own.length === 0) return false;
	const { rows } = await sql`
		select 1 from unit_paths
		where unit_id = ${unitId}::uuid and ancestor_id = any(${own}::uuid[])
			and valid @> ${today()}::date and upper_inf(known) limit 1`.execute(db);
	return rows.length > 0;
}
