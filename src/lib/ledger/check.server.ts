import { sql, Transaction } from 'kysely';
import type { Db, Tx } from '#lib/server/db.ts';
import { build, gather } from './fold.server.ts';
import { FOLDING_VERSION, FOLDINGS, type Folding } from './folding.ts';

/** Cells of a unit, folded in one way, that are not what its postings add up to. */
export type Difference = { unitId: string; folding: number; cells: number };

/** `units`: how many are folded, `waiting`: postings that no cell contains yet, which are counted one by one. */
export type Checked = { units: number; cells: number; waiting: number; differences: Difference[] };

/**
 * Counts every cell anew from the postings, each unit on one moment of the database, whoever writes and folds meanwhile.
 * `onUnit` is told after each unit.
 */
export async function checkCells(db: Db, onUnit?: (done: number, all: number) => void): Promise<Checked> {
	const { rows: folded } = await sql<{ unitId: string; folding: number }>`
		select unit_id as "unitId", folding::int as folding from foldings where version = ${FOLDING_VERSION}
		order by unit_id, folding`.execute(db);
	const units = Map.groupBy(folded, ({ unitId }) => unitId);
	const checked: Checked = { units: units.size, cells: 0, waiting: 0, differences: [] };
	let done = 0;
	for (const [unitId, ways] of units) {
		for (const way of ways) {
			const folding = FOLDINGS.find(({ number }) => number === way.folding);
			if (!folding) throw new Error(`folding ${way.folding} is unknown`);
			const { cells, wrong } = await compare(db, unitId, folding);
			checked.cells += cells;
			if (wrong > 0) checked.differences.push({ unitId, folding: folding.number, cells: wrong });
		}
		done += 1;
		onUnit?.(done, units.size);
	}
	const { rows } = await sql<{ waiting: number }>`select count(*)::bigint as waiting from unfolded`.execute(db);
	return { ...checked, waiting: rows[0]?.waiting ?? 0 };
}

/** Makes the cells that differ anew; answers how many could not be made now, because someone else folds. */
export async function repair(db: Db, differences: readonly Difference[]): Promise<number> {
	let left = 0;
	for (const { unitId, folding: number } of differences) {
		const folding = FOLDINGS.find((one) => one.number === number);
		if (folding && (await build(db, { unitId, folding })) === 0) left += 1;
	}
	return left;
}

async function compare(db: Db, unitId: string, folding: Folding): Promise<{ cells: number; wrong: number }> {
	return onOneMoment(db, async (tx) => {
		const source = sql`postings p`;
		const where = sql`not exists (select from unfolded u where u.home_id = p.home_id and u.id = p.id)`;
		await gather(tx, { source, where, unitId, foldings: [folding] });
		const { rows } = await sql<{ cells: number; wrong: number }>`
			select count(c.ancestor_id)::bigint as cells, (count(*) filter (
				where coalesce(c.quantity, 0) <> coalesce(g.quantity, 0)
					or coalesce(c.about_count, 0) <> coalesce(g.about_count, 0)))::bigint as wrong
			from gathered g
			full join (
				select c.*, s.facets_text from cells c join facet_sets s on s.id = c.facet_set_id
				where c.ancestor_id = ${unitId}::uuid and c.folding = ${folding.number}
			) c on c.measure = g.measure and c.on_from = g.on_from and c.cohort_from = g.cohort_from
				and c.child_id = g.child_id and c.facets_text = g.facets_text`.execute(tx);
		return rows[0] ?? { cells: 0, wrong: 0 };
	});
}

function onOneMoment<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
	if (db instanceof Transaction) return work(db);
	return db.transaction().setIsolationLevel('repeatable read').execute(work);
}
