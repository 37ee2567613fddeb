import { sql, type RawBuilder } from 'kysely';
import { chooseFolding, cover, FOLDING_VERSION, type Cover, type Days, type Folding } from '#lib/ledger/folding.ts';
import type { Db } from '#lib/server/db.ts';
import { condition, conditionOfFew, facetOf, matching, type Asked } from './condition.server.ts';
import { COMMON_FACETS, type Cohort, type Flow } from './figure.ts';

/** From which cells a question is answered, and what of its period they cover. */
export type Plan = { months: Folding; days: Folding | undefined; cover: Cover };

/**
 * How to answer from folded cells; null where single postings have to be counted: on another tree than that of each posting's
 * own day, as known earlier, of units that are not folded or not so finely. Once folded, a unit stays so.
 */
export async function planOf(db: Db, figure: Flow | Cohort, asked: Asked): Promise<Plan | null> {
	if (asked.structure !== 'then' || asked.known !== 'infinity') return null;
	const { rows } = await sql<{ folding: number }>`
		select folding::int as folding from foldings where unit_id = ${asked.unitId}::uuid and version = ${FOLDING_VERSION}`.execute(
		db
	);
	const existing = new Set(rows.map(({ folding }) => folding));
	const told = [...asked.by, ...Object.keys(asked.where), ...Object.keys(figure.where ?? {})];
	const need = { byChild: told.includes('unit'), facets: new Set(told).difference(new Set<string>(COMMON_FACETS)) };
	const months = chooseFolding(existing, 'month', need);
	if (!months) return null;
	const days = chooseFolding(existing, 'day', need);
	const period = { from: asked.from, to: asked.asOf };
	return { months, days, cover: cover(period, { byCohort: figure.kind === 'cohort', hasDays: days !== undefined }) };
}

/**
 * What a figure counts, as rows of the facets in `by` (`k0`, `k1` …), `quantity` and `about`: cells, what is not folded yet, and
 * single postings of the days that no cell covers. One statement, so that it sees each posting once, whoever folds meanwhile.
 */
export function foldedRows(figure: Flow | Cohort, asked: Asked, plan: Plan): RawBuilder<unknown> {
	const { months, days, rest, firstCohort, cohortFrom } = plan.cover;
	const cells = [
		...(months ? [cellRows(figure, asked, { folding: plan.months, period: months, cohortFrom })] : []),
		...(plan.days ? days.map((period) => cellRows(figure, asked, { folding: plan.days, period, cohortFrom })) : [])
	];
	const covered = [...(months ? [months] : []), ...days];
	const single = rest.map((period) => postingRows(figure, asked, { period, cohortFrom }));
	if (firstCohort) single.push(postingRows(figure, asked, { cohorts: firstCohort }));
	const waiting = covered.length > 0 ? [waitingRows(figure, asked, { covered, cohortFrom })] : [];
	return sql.join([...cells, ...waiting, ...single], sql` union all `);
}

function keysOf(by: readonly string[]): RawBuilder<unknown> {
	const keys = by.map((facet, i) => sql`coalesce(${facetOf(facet)}, '') as ${sql.ref(`k${i}`)}, `);
	return sql.join(keys, sql``);
}

type Cells = { folding: Folding | undefined; period: Days; cohortFrom: string };

/** Summed before the facets are looked up. Months and days of cells are those of a posting, under its names. */
function cellRows(figure: Flow | Cohort, asked: Asked, { folding, period, cohortFrom }: Cells): RawBuilder<unknown> {
	const cohort = figure.kind === 'cohort' ? sql`and c.cohort_from >= ${cohortFrom}::date` : sql``;
	const kept = ['facet_set_id', ...(asked.by.includes('unit') || 'unit' in asked.where ? ['child_id'] : [])];
	if (asked.by.includes('month') || 'month' in asked.where) kept.push('on_from');
	const columns = sql.join(kept.map((column) => sql.ref(`c.${column}`)));
	const child = kept.includes('child_id') ? sql`sum_of.child_id` : sql`null::uuid`;
	const day = kept.includes('on_from') ? sql`sum_of.on_from` : sql`null::date`;
	return sql`
		select ${keysOf(asked.by)} p.quantity, p.about
		from (
			select ${columns}, sum(c.quantity) as quantity, sum(c.about_count) > 0 as about from cells c
			where c.ancestor_id = ${asked.unitId}::uuid and c.folding = ${folding?.number ?? 0} and c.measure = ${figure.measure}
				and c.on_from between ${period.from}::date and ${period.to}::date ${cohort}
			group by ${columns}
		) sum_of
		join facet_sets facet_set on facet_set.id = sum_of.facet_set_id
		cross join lateral (
			select ${day} as on_date, facet_set.facets, sum_of.quantity, sum_of.about) p
		cross join lateral (select ${child} as child) path
		where true ${matching(figure.where ?? {})} ${matching(asked.where)}`;
}

/** By the very condition that counts without cells: of a part of the period, or of the cohorts of some days. */
function postingRows(
	figure: Flow | Cohort,
	asked: Asked,
	part: { period: Days; cohortFrom: string } | { cohorts: Days }
): RawBuilder<unknown> {
	const narrow =
		'cohorts' in part
			? sql`and p.cohort_on between ${part.cohorts.from}::date and ${part.cohorts.to}::date`
			: sql`and p.on_date between ${part.period.from}::date and ${part.period.to}::date
				${figure.kind === 'cohort' ? sql`and p.cohort_on >= ${part.cohortFrom}::date` : sql``}`;
	return sql`select ${keysOf(asked.by)} p.quantity, p.about ${condition(figure, asked)} ${narrow}`;
}

/**
 * What the cells would contain, had it been folded. Few: each is fetched by itself, instead of a period's postings being read
 * (`offset 0` keeps the planner from turning that round).
 */
function waitingRows(
	figure: Flow | Cohort,
	asked: Asked,
	{ covered, cohortFrom }: { covered: readonly Days[]; cohortFrom: string }
): RawBuilder<unknown> {
	const inside = covered.map(({ from, to }) => sql`p.on_date between ${from}::date and ${to}::date`);
	const cohort = figure.kind === 'cohort' ? sql`and p.cohort_on >= ${cohortFrom}::date` : sql``;
	const source = sql`unfolded u cross join lateral (
		select p.* from postings p where p.home_id = u.home_id and p.id = u.id and p.measure = ${figure.measure} offset 0) p`;
	return sql`
		select ${keysOf(asked.by)} p.quantity, p.about ${conditionOfFew(figure, asked, { source })} ${cohort}
			and (${sql.join(inside, sql` or `)})`;
}
