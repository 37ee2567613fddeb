import { sql, type RawBuilder } from 'kysely';
import { unitsWhere, type Actor, type Permission } from '#lib/accounts/actor.ts';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';

/** A column with its table: a bare name would bind to the condition's own table, and be true of everything. */
type Column = `${string}.${string}`;

/**
 * Columns of a record that say whose it is: its unit, the legal day on which it was written (none: today's tree), and the
 * case it is, where a split unit's cases may have been attributed to others.
 */
export type Belonging = { unit: Column; day?: Column; case?: Column };

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
	const given = of.case
		? sql`or exists (
			select 1 from (
				select share.case_id, share.unit_id from case_shares share
				join unit_paths holds on holds.unit_id = share.heir_id and holds.ancestor_id = any(${own}::uuid[])
					and holds.valid @> ${today()}::date and upper_inf(holds.known)
				where share.valid @> ${today()}::date and upper_inf(share.known)) share
			where share.case_id = ${sql.ref(of.case)} and share.unit_id = ${sql.ref(of.unit)})`
		: sql``;
	// What of the tree is looked at stands for itself: on a distributed database it is sent to the nodes that have the records.
	return sql<boolean>`(exists (
		select 1 from (
			select unit_id, valid, inherited from unit_paths where ancestor_id = any(${own}::uuid[]) and upper_inf(known)) seen
		where seen.unit_id = ${sql.ref(of.unit)}
			and (seen.valid @> ${dayOf(of)} or (seen.inherited and seen.valid @> ${today()}::date))) ${given})`;
}

function dayOf(of: Belonging): RawBuilder<unknown> {
	return of.day ? sql`coalesce(${sql.ref(of.day)}, ${today()}::date)` : sql`${today()}::date`;
}

/** Of which tree a list is: of today, of each record's own day, or of a named day. */
type Trees = 'now' | 'then' | (string & {});

/**
 * Records of units that stand under one unit, today or on the asked tree, as far as the actor may see them: what `visibleTo`
 * says, in one look at the tree. Where the actor's own unit has always stood above it, and it above all under it, every record
 * is visible by that alone; that is asked first, once, for a condition on every record costs more than the list.
 */
export async function visibleUnder(
	db: Db,
	actor: Actor,
	permission: Permission,
	{ of, unitId, structure = 'now' }: { of: Belonging; unitId: string; structure?: Trees }
): Promise<RawBuilder<boolean>> {
	const day = structure === 'then' ? dayOf(of) : sql`${structure === 'now' ? today() : structure}::date`;
	if (await seesWhole(db, actor, permission, unitId)) return sql<boolean>`true`;
	const seesAll = await seesAllUnder(db, actor, permission, unitId);
	const seen = seesAll ? sql`true` : visibleTo(actor, permission, of);
	const under = sql<boolean>`exists (
		select 1 from unit_paths under
		where under.unit_id = ${sql.ref(of.unit)} and under.ancestor_id = ${unitId}::uuid
			and under.valid @> ${day} and upper_inf(under.known))`;
	if (!of.case || structure === 'then') return sql<boolean>`(${under} and ${seen})`;
	const given = sql`(select share.case_id, share.unit_id from case_shares share
		join unit_paths under on under.unit_id = share.heir_id and under.ancestor_id = ${unitId}::uuid
			and under.valid @> ${day} and upper_inf(under.known)
		where share.valid @> ${day} and upper_inf(share.known))`;
	// An alternative keeps the planner from joining the tree: every record there is would be looked at, for a unit of a few.
	const { rows } = await sql<{ shared: boolean }>`select exists ${given} as shared`.execute(db);
	if (!rows[0]?.shared) return sql<boolean>`(${under} and ${seen})`;
	// Who takes a case over today stands under the unit, so it is seen too; another day's heirs may since have lost it.
	const seenToo = seesAll && structure === 'now' ? sql`true` : visibleTo(actor, permission, of);
	return sql<boolean>`(${under} and ${seen}
		or (${sql.ref(of.case)}, ${sql.ref(of.unit)}) in ${given} and ${seenToo})`;
}

/** Is a unit above all that there is, and all of it visible? Then `visibleUnder` it is true of every record. */
export async function seesWhole(db: Db, actor: Actor, permission: Permission, unitId: string): Promise<boolean> {
	return (await isAboveAll(db, unitId)) && (await seesAllUnder(db, actor, permission, unitId));
}

async function seesAllUnder(db: Db, actor: Actor, permission: Permission, unitId: string): Promise<boolean> {
	if (actor.everything) return true;
	const { rows } = await sql<{ all: boolean }>`
		select exists (
			select 1 from unit_paths held where held.unit_id = ${unitId}::uuid
				and held.ancestor_id = any(${unitsWhere(actor, permission)}::uuid[]) and held.unmoved
				and upper_inf(held.known)
		) and not exists (
			select 1 from unit_paths moved where moved.ancestor_id = ${unitId}::uuid and upper_inf(moved.known)
				and not moved.unmoved
		) as all`.execute(db);
	return rows[0]?.all ?? false;
}

/** Is it the only unit that ever stood under none? Then the ways up of all others end at it, on every day. */
async function isAboveAll(db: Db, unitId: string): Promise<boolean> {
	const { rows } = await sql<{ above: boolean }>`
		select coalesce(bool_and(top.unit_id = ${unitId}::uuid), false) as above
		from unit_states top where top.parent_id is null and upper_inf(top.known)`.execute(db);
	return rows[0]?.above ?? false;
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
