import { sql } from 'kysely';
import type { Actor } from '#lib/accounts/actor.ts';
import type { Db } from '#lib/server/db.ts';
import { authorise } from '#lib/units/authority.server.ts';
import { complete, condition, standsWith, structureDay } from './condition.server.ts';
import type { Cohort, Flow, Question } from './figure.ts';

/**
 * A figure for the asked unit and every unit under it, by unit id, from one pass over the records: the numbers of a whole
 * tree, or of those units of it that are shown (`among`). Units without any are absent.
 */
export async function askEach(
	db: Db,
	actor: Actor,
	{ figure, question, among }: { figure: Flow | Cohort; question: Question; among?: readonly string[] }
): Promise<Map<string, number>> {
	await authorise(db, actor, 'model.read', question.unitId);
	const asked = complete(figure, question);
	const known = sql`${asked.known}::timestamptz`;
	// Materialized: a planner without statistics would count anew for every unit of the tree.
	const { rows } = await sql<{ unitId: string; value: number }>`
		with counted as materialized (
			select ${standsWith(asked)} as unit_id, ${structureDay(asked.structure)} as on_day, sum(p.quantity) as quantity
			${condition(figure, asked)} group by 1, 2
		)
		select above.ancestor_id as "unitId", sum(counted.quantity)::bigint as value
		from counted
		join unit_paths above on above.unit_id = counted.unit_id and above.valid @> counted.on_day and above.known @> ${known}
		where above.ancestor_id in (
			select unit_id from unit_paths where ancestor_id = ${asked.unitId}::uuid and known @> ${known}
				${among ? sql`and unit_id = any(${[...among]}::uuid[])` : sql``})
		group by 1 having sum(counted.quantity) <> 0`.execute(db);
	return new Map(rows.map((row) => [row.unitId, row.value]));
}
