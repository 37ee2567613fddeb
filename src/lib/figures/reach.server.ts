import { sql } from 'kysely';
import { unitsWhere, type Actor } from '#lib/accounts/actor.ts';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { ofSameTree, visibleTo } from '#lib/units/authority.server.ts';
import { condition, type Asked } from './condition.server.ts';
import { yearBefore, type Cohort, type Figure, type Flow } from './figure.ts';

/** Totals over records that the reader may not see are shown from this many of them up. */
export const SMALLEST_CLOSED = 5;

/** `records`: every record behind the figure is open to the actor. `totals`: the value only, and not when it would give few away. */
export type Reach = 'records' | 'totals';

/**
 * How far the actor sees into a figure. Totals are asked of any unit of the actor's own province or bloc; records are those
 * of units which on the record's day stood under a unit where the actor may read them. Refuses units of another tree as not found.
 */
export async function reachOf(
	db: Db,
	actor: Actor,
	{ figure, asked }: { figure: Figure; asked: Asked }
): Promise<Reach> {
	if (actor.everything) return 'records';
	const from = figure.kind === 'change' ? yearBefore(asked.from) : asked.from;
	const period = sql`datemultirange(daterange(${from}::date, ${asked.asOf}::date, '[]'))`;
	const readers = unitsWhere(actor, 'model.read');
	const life = sql`(select range_agg(life.valid) from unit_paths life
		where life.unit_id = under.unit_id and life.depth = 0 and upper_inf(life.known))`;
	// Who took a unit over has all that it left, whenever it was written.
	const seen = sql`(select range_agg(case when seen.inherited and seen.valid @> ${today()}::date then '(,)' else seen.valid end)
		from unit_paths seen
		where seen.unit_id = under.unit_id and seen.ancestor_id = any(${readers}::uuid[]) and upper_inf(seen.known))`;
	// "Then" follows the asked unit itself through the tree; another structure brings units together that were apart.
	const day = asked.structure === 'now' ? today() : asked.structure;
	const under =
		asked.structure === 'then'
			? sql`(select ${asked.unitId}::uuid as unit_id)`
			: sql`(select unit_id from unit_paths
				where ancestor_id = ${asked.unitId}::uuid and upper_inf(known) and valid @> ${day}::date)`;
	const { rows } = await sql<{ open: boolean; known: boolean }>`
		select not exists (
				select 1 from ${under} under where not coalesce(${seen} @> (${life} * ${period}), false)) as open,
			${ofSameTree(actor, 'figure.read', 'asked.unit_id')} as known
		from (select ${asked.unitId}::uuid as unit_id) asked`.execute(db);
	if (!rows[0]?.known) throw problem('input.not_found');
	return rows[0].open ? 'records' : 'totals';
}

/** How many records count that the actor may not see, by the very condition that counts them. */
export async function countHidden(
	db: Db,
	actor: Actor,
	{ figure, asked }: { figure: Flow | Cohort; asked: Asked }
): Promise<number> {
	const { rows } = await sql<{ count: number }>`
		select count(*)::bigint as count from (
			select p.case_id ${condition(figure, asked)} and not ${visiblePosting(actor)}
			group by p.case_id having sum(p.quantity) <> 0) hidden`.execute(db);
	return rows[0]?.count ?? 0;
}

/** The condition on a posting `p` whose record the actor may see. */
export function visiblePosting(actor: Actor) {
	return visibleTo(actor, 'model.read', { unit: 'p.unit_id', day: 'p.on_date' });
}
