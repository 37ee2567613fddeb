import { sql } from 'kysely';
import { onOneMoment, type Db } from '#lib/server/db.ts';
import { countWrongObligations, OBLIGATIONS } from '#lib/units/obligation.server.ts';
import { build, buildBits, gatherAll, type Wanting } from './fold.server.ts';
import { FOLDINGS, isMadeAlike, type Folding } from './folding.ts';
import { isOfToday } from './now.server.ts';
import { countWrongPresences } from './presence.server.ts';
import { listMade } from './readiness.server.ts';

/** Cells of a unit, folded in one way, that are not what its postings add up to. */
export type Difference = { unitId: string; folding: number; cells: number };

/** Units told apart by bits: who is expected to have records, or who has some of a measure, and how many rows of these are wrong. */
type WrongBits = { what: string; rows: number };

/** `units`: how many are folded, `waiting`: postings that no cell contains yet, which are counted one by one. */
export type Checked = { units: number; cells: number; waiting: number; differences: Difference[]; bits: WrongBits[] };

/**
 * Counts every cell and every bit anew from the postings, each way of folding on one moment of the database, whoever writes
 * and folds meanwhile.
 */
export async function checkCells(db: Db): Promise<Checked> {
	const { rows } = await sql<{ unitId: string; folding: number; version: number }>`
		select unit_id as "unitId", folding::int as folding, version::int as version from foldings f
		where ${isOfToday()} order by folding, unit_id`.execute(db);
	const folded = rows.filter(isMadeAlike);
	const checked: Checked = {
		units: new Set(folded.map(({ unitId }) => unitId)).size,
		cells: 0,
		waiting: 0,
		differences: [],
		bits: await wrongBits(db)
	};
	for (const [number, units] of Map.groupBy(folded, ({ folding }) => folding)) {
		const unitIds = units.map(({ unitId }) => unitId);
		for (const { unitId, cells, wrong } of await compare(db, { unitIds, folding: foldingOf(number) })) {
			checked.cells += cells;
			if (wrong > 0) checked.differences.push({ unitId, folding: number, cells: wrong });
		}
	}
	const unfolded = await sql<{ waiting: number }>`select count(*)::bigint as waiting from unfolded`.execute(db);
	return { ...checked, waiting: unfolded.rows[0]?.waiting ?? 0 };
}

async function wrongBits(db: Db): Promise<WrongBits[]> {
	const found = [];
	for (const { what } of await listMade(db)) {
		const rows = await onOneMoment(db, async (tx) => {
			await sql`set local statement_timeout = 0`.execute(tx);
			return what === OBLIGATIONS.what ? countWrongObligations(tx) : countWrongPresences(tx, what);
		});
		if (rows > 0) found.push({ what, rows });
	}
	return found;
}

/** Makes what differs anew; answers how much of it could not be made now, because someone else folds. */
export async function repair(db: Db, { differences, bits }: Pick<Checked, 'differences' | 'bits'>): Promise<number> {
	let left = differences.length + bits.length;
	for (const { what } of bits) left -= await buildBits(db, what);
	for (const [number, ones] of Map.groupBy(differences, ({ folding }) => folding)) {
		left -= await build(db, { unitIds: ones.map(({ unitId }) => unitId), folding: foldingOf(number) });
	}
	return left;
}

function foldingOf(number: number): Folding {
	const folding = FOLDINGS.find((one) => one.number === number);
	if (!folding) throw new Error(`folding ${number} is unknown`);
	return folding;
}

/** Of each unit how many cells there are and how many of them, or of those that should be there, are wrong. */
async function compare(db: Db, of: Wanting): Promise<{ unitId: string; cells: number; wrong: number }[]> {
	return onOneMoment(db, async (tx) => {
		await sql`set local statement_timeout = 0`.execute(tx);
		await gatherAll(tx, of);
		const { rows } = await sql<{ unitId: string; cells: number; wrong: number }>`
			select coalesce(c.ancestor_id, g.ancestor_id) as "unitId", count(c.ancestor_id)::bigint as cells,
				(count(*) filter (where coalesce(c.quantity, 0) <> coalesce(g.quantity, 0)
					or coalesce(c.about_count, 0) <> coalesce(g.about_count, 0)))::bigint as wrong
			from gathered g
			full join (
				select c.*, s.facets_text from cells c join facet_sets s on s.id = c.facet_set_id
				where c.ancestor_id = any(${[...of.unitIds]}::uuid[]) and c.folding = ${of.folding.number}
			) c on c.ancestor_id = g.ancestor_id and c.measure = g.measure and c.on_from = g.on_from
				and c.cohort_from = g.cohort_from and c.child_id = g.child_id and c.facets_text = g.facets_text
			group by 1 order by 1`.execute(tx);
		return rows;
	});
}
