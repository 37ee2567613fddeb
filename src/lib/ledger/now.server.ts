import { sql, type RawBuilder } from 'kysely';
import { today } from '#lib/server/clock.ts';
import type { Db, Tx } from '#lib/server/db.ts';
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

/**
 * Cells of now under whom other units stand today than before are not read any more and are made anew. To be called once the
 * paths are written; `at`: the moment from which they are known, `changed`: SQL of the units whose paths were written.
 */
export async function forgetMoved(tx: Tx, at: string, changed: RawBuilder<unknown>): Promise<void> {
	if (!(await keepsNow(tx))) return;
	const place = sql`unit_id, ancestor_id, depth`;
	const paths = (known: RawBuilder<unknown>) => sql`
		select ${place} from unit_paths where ${known} = ${at}::timestamptz and valid @> ${today()}::date
			and unit_id in (${changed})`;
	const [before, after] = [paths(sql`upper(known)`), paths(sql`lower(known)`)];
	await sql`
		delete from foldings where tree_day is not null and unit_id in (
			select ancestor_id from unit_paths where unit_id in (
				select unit_id from ((${before} except ${after}) union all (${after} except ${before})) moved))`.execute(tx);
}

/** Are there cells of now to be kept? */
export async function keepsNow(db: Db): Promise<boolean> {
	const { rows } = await sql`select from foldings where tree_day is not null limit 1`.execute(db);
	return rows.length > 0;
}
