import { sql, type RawBuilder } from 'kysely';
import type { Tx } from '#lib/server/db.ts';

/** Makes anew on which days something comes under a unit or leaves it: of all units, or of these. `ancestors`: SQL of ids. */
export async function renewPathChanges(tx: Tx, ancestors?: RawBuilder<unknown>): Promise<void> {
	const among = ancestors ? sql`and ancestor_id in (${ancestors})` : sql``;
	await sql`delete from path_changes where true ${among}`.execute(tx);
	await sql`insert into path_changes (ancestor_id, on_date) ${pathChanges(among)}`.execute(tx);
}

/** SQL of what `path_changes` should say. */
function pathChanges(among: RawBuilder<unknown>): RawBuilder<unknown> {
	const edge = (day: RawBuilder<unknown>) => sql`
		select ancestor_id, ${day} as on_date from unit_paths
		where upper_inf(known) and not unmoved and isfinite(${day}) ${among}`;
	return sql`${edge(sql`lower(valid)`)} union ${edge(sql`upper(valid)`)}`;
}

/** How many days there are too many or too few. */
export async function countWrongPathChanges(tx: Tx): Promise<number> {
	const { rows } = await sql<{ wrong: number }>`
		select count(*)::bigint as wrong from (
			(select ancestor_id, on_date from path_changes except all (${pathChanges(sql``)}))
			union all ((${pathChanges(sql``)}) except all select ancestor_id, on_date from path_changes)
		) differing`.execute(tx);
	return rows[0]?.wrong ?? 0;
}

/**
 * SQL: whether something moves under a unit after one day until another (inclusive), or from one of its children to another.
 * Between two days of which this is false all that is under it stands through the same child.
 */
export function movesUnder(
	unitId: RawBuilder<unknown>,
	{ after, until }: { after: RawBuilder<unknown>; until: RawBuilder<unknown> }
): RawBuilder<boolean> {
	return sql`exists (
		select from path_changes moves
		where moves.on_date > ${after} and moves.on_date <= ${until} and moves.ancestor_id in (
			select ${unitId}
			union all
			select child.unit_id from unit_paths child
			where child.ancestor_id = ${unitId} and child.depth = 1 and upper_inf(child.known)))`;
}
