import { sql, type RawBuilder } from 'kysely';
import {
	chooseFolding,
	cover,
	isMadeAlike,
	type Cover,
	type Days,
	type Folding,
	type Tree
} from '#lib/ledger/folding.ts';
import { hasApart, isOfToday } from '#lib/ledger/now.server.ts';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { OBLIGATIONS } from '#lib/units/obligation.server.ts';
import { movesUnder } from '#lib/units/path-change.server.ts';
import { condition, conditionOfFew, facetOf, matching, type Asked } from './condition.server.ts';
import { COMMON_FACETS, type Cohort, type Flow } from './figure.ts';

/** From which cells a question is answered, and what of its period they cover; `asked`: the same question, on the cells' tree. */
export type Plan = { foldings: ReadonlyMap<Folding['grain'], Folding>; cover: Cover; asked: Asked };

/**
 * How to answer from folded cells; null where single postings have to be counted: on the tree of some day that is neither that
 * of then nor of now, as known earlier, of units that are not folded or not so finely.
 */
export async function planOf(db: Db, figure: Flow | Cohort, question: Asked): Promise<Plan | null> {
	if (question.known !== 'infinity') return null;
	const { tree, existing } = await folded(db, question);
	if (tree === null) return null;
	const asked = { ...question, structure: tree };
	const told = [...asked.by, ...Object.keys(asked.where), ...Object.keys(figure.where ?? {})];
	const facets = new Set(told).difference(new Set<string>(COMMON_FACETS));
	const need = { tree, byChild: told.includes('unit'), facets };
	const isByMonth = told.includes('month');
	const grains = (['year', 'month', 'day'] as const).flatMap((grain) => {
		const folding = grain === 'year' && isByMonth ? undefined : chooseFolding(existing, grain, need);
		return folding ? [[grain, folding] as const] : [];
	});
	const foldings = new Map(grains);
	if (!foldings.has('month')) return null;
	const period = { from: asked.from, to: asked.asOf };
	const has = { hasYears: foldings.has('year'), hasDays: foldings.has('day') };
	return { foldings, cover: cover(period, { byCohort: figure.kind === 'cohort', ...has }), asked };
}

/**
 * Which foldings there are (by number), and on which tree the question has the same answer: that of then, where nothing moves
 * under the unit from the period to the day of the asked tree; that of now, where nothing does from that day to today.
 */
async function folded(db: Db, asked: Asked): Promise<{ tree: Tree | null; existing: ReadonlySet<number> }> {
	const unit = sql`${asked.unitId}::uuid`;
	const { rows } = await sql<{ then: boolean; now: boolean; existing: { folding: number; version: number }[] | null }>`
		select answers."then", answers."now",
			(select json_agg(json_build_object('folding', f.folding, 'version', f.version)) from foldings f
				where f.unit_id = ${unit} and ${isOfToday()}) as existing
		from (${alike(asked, unit)}) answers`.execute(db);
	const [row] = rows;
	const existing = new Set((row?.existing ?? []).filter(isMadeAlike).map(({ folding }) => folding));
	const other = row?.now ? 'now' : null;
	return { tree: row?.then ? 'then' : other, existing };
}

/** SQL: whether the question has the same answer on the tree of then (`then`), and on that of now (`now`). */
function alike(asked: Asked, unit: RawBuilder<unknown>): RawBuilder<unknown> {
	if (asked.structure === 'then') return sql`select true as "then", false as "now"`;
	const day = asked.structure === 'now' ? today() : asked.structure;
	const stands = (one: string, other: string) => {
		const [after = '', until = ''] = [one, other].toSorted();
		return sql`ready.yes and not ${movesUnder(unit, { after: sql`${after}::date`, until: sql`${until}::date` })}`;
	};
	const first = day < asked.from ? day : asked.from;
	const last = day > asked.asOf ? day : asked.asOf;
	const unmoved = sql`${stands(day, today())} and not ${hasApart(unit)}`;
	return sql`
		select ${stands(first, last)} and not ${hasApart(unit)} as "then",
			${asked.structure === 'now' ? sql`ready.yes` : unmoved} as "now"
		from (
			select exists (
				select from readiness where what = ${OBLIGATIONS.what} and version = ${OBLIGATIONS.version}) as yes
		) ready`;
}

/**
 * What a figure counts, as rows of the facets in `by` (`k0`, `k1` …), `quantity` and `about`: cells, what is not folded yet,
 * single postings of the days that no cell covers, and of the units that are in no cell. One statement, so that it sees each
 * posting once, whoever folds meanwhile.
 */
export function foldedRows(figure: Flow | Cohort, plan: Plan): RawBuilder<unknown> {
	const { asked } = plan;
	const { years, months, days, rest, firstCohort, cohortFrom } = plan.cover;
	const byGrain = { year: years ? [years] : [], month: months, day: days };
	const cells = [...plan.foldings].flatMap(([grain, folding]) =>
		byGrain[grain].map((period) => cellRows(figure, asked, { folding, period, cohortFrom }))
	);
	const covered = Object.values(byGrain).flat();
	const single = rest.map((period) => postingRows(figure, asked, { period, cohortFrom }));
	if (firstCohort) single.push(postingRows(figure, asked, { cohorts: firstCohort }));
	const sources = asked.structure === 'now' ? [waiting(figure, NOT_APART), apart(figure)] : [waiting(figure, sql``)];
	const few =
		covered.length === 0 ? [] : sources.map((source) => fewRows(figure, asked, { source, covered, cohortFrom }));
	return sql.join([...cells, ...few, ...single], sql` union all `);
}

function keysOf(by: readonly string[]): RawBuilder<unknown> {
	const keys = by.map((facet, i) => sql`coalesce(${facetOf(facet)}, '') as ${sql.ref(`k${i}`)}, `);
	return sql.join(keys, sql``);
}

type Cells = { folding: Folding; period: Days; cohortFrom: string };

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
			where c.ancestor_id = ${asked.unitId}::uuid and c.folding = ${folding.number} and c.measure = ${figure.measure}
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

const NOT_APART = sql`and p.unit_id not in (select unit_id from units_apart)`;

/**
 * SQL of the postings that cells would contain, had they been folded. Few: each is fetched by itself, instead of a period's
 * postings being read (`offset 0` keeps the planner from turning that round).
 */
function waiting(figure: Flow | Cohort, narrow: RawBuilder<unknown>): RawBuilder<unknown> {
	return sql`unfolded u cross join lateral (
		select p.* from postings p where p.home_id = u.home_id and p.id = u.id and p.measure = ${figure.measure} ${narrow} offset 0) p`;
}

/** SQL of the postings of units that are in no cell of the tree of now, whether they wait or not. */
function apart(figure: Flow | Cohort): RawBuilder<unknown> {
	return sql`units_apart apart cross join lateral (
		select p.* from postings p where p.measure = ${figure.measure} and p.unit_id = apart.unit_id offset 0) p`;
}

/** Of these postings what counts and lies in the days that cells cover. */
function fewRows(
	figure: Flow | Cohort,
	asked: Asked,
	{ source, covered, cohortFrom }: { source: RawBuilder<unknown>; covered: readonly Days[]; cohortFrom: string }
): RawBuilder<unknown> {
	const inside = covered.map(({ from, to }) => sql`p.on_date between ${from}::date and ${to}::date`);
	const cohort = figure.kind === 'cohort' ? sql`and p.cohort_on >= ${cohortFrom}::date` : sql``;
	return sql`
		select ${keysOf(asked.by)} p.quantity, p.about ${conditionOfFew(figure, asked, { source })} ${cohort}
			and (${sql.join(inside, sql` or `)})`;
}
