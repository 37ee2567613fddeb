import { sql, type RawBuilder } from 'kysely';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { movesUnder } from '#lib/units/path-change.server.ts';

/** Whoever changes cells, or the paths that they follow, one at a time; readers and posters never wait for it. */
export const FOLD_LOCK = 731_904_115;

/** SQL: whether cells of a row `f` of foldings are on the tree of today. */
export function isOfToday(): RawBuilder<boolean> {
	const moved = movesUnder(sql`f.unit_id`, { after: sql`f.tree_day`, until: sql`${today()}::date` });
	return sql<boolean>`(f.tree_day is null or not ${moved})`;
}

/** SQL: whether the tree of today is another one for some posting under this unit than that of the posting's own day. */
export function differsNow(unitId: RawBuilder<unknown>): RawBuilder<boolean> {
	return sql<boolean>`(${movesUnder(unitId, { after: sql`'-infinity'::date`, until: sql`'infinity'::date` })} or ${hasApart(unitId)})`;
}

/** SQL: whether cases of units that are counted singly on the tree of now stand, or stood, under this one: with these units or an heir. */
export function hasApart(unitId: RawBuilder<unknown>): RawBuilder<boolean> {
	return sql<boolean>`exists (
		select from (
			select unit_id from units_apart union all select heir_id from case_shares where upper_inf(known)
		) apart join unit_paths way on way.unit_id = apart.unit_id where way.ancestor_id = ${unitId})`;
}

/** Are there cells of now to be kept? */
export async function keepsNow(db: Db): Promise<boolean> {
	const { rows } = await sql`select from foldings where tree_day is not null limit 1`.execute(db);
	return rows.length > 0;
}
