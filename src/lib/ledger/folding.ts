/** In which ways postings are folded into cells, and which of them answers a question. Pure. */
import { dayPlus } from '#lib/vietnamese/day.ts';

/** Facets by which figures narrow themselves, and which are therefore told apart for every child. */
const NAMED_FACETS = ['novelty'] as const;

/** Raised whenever what follows changes: a program of before then leaves folding to this one. */
export const FOLDING_VERSION = 2;

/** Under whom a posting is added up: as its unit stood on its own day, or as it stands today. */
export type Tree = 'then' | 'now';

/**
 * `facets`: which are told apart in a cell. `byChild`: so are the children through which units stand under the ancestor.
 * `height`: folded for units that have at least so many tiers under them, because below there is little to gain: a unit with
 * only base units under it has about as many cells as postings. `version`: since when it has been folded as it is; cells of before
 * are made anew.
 */
export type Folding = {
	number: number;
	tree: Tree;
	grain: 'year' | 'month' | 'day';
	facets: 'none' | 'named' | 'all';
	byChild: boolean;
	height: number;
	version: number;
};

const OF_THEN: readonly Folding[] = [
	{ number: 1, tree: 'then', grain: 'month', facets: 'none', byChild: true, height: 2, version: 1 },
	{ number: 2, tree: 'then', grain: 'month', facets: 'named', byChild: true, height: 3, version: 1 },
	{ number: 3, tree: 'then', grain: 'month', facets: 'all', byChild: false, height: 2, version: 1 },
	{ number: 4, tree: 'then', grain: 'month', facets: 'all', byChild: true, height: 3, version: 1 },
	{ number: 5, tree: 'then', grain: 'day', facets: 'none', byChild: true, height: 3, version: 1 },
	{ number: 6, tree: 'then', grain: 'day', facets: 'named', byChild: true, height: 3, version: 1 },
	{ number: 7, tree: 'then', grain: 'day', facets: 'all', byChild: false, height: 3, version: 1 },
	{ number: 8, tree: 'then', grain: 'year', facets: 'all', byChild: false, height: 2, version: 2 }
];

/**
 * Of two ways that answer a question, the earlier has fewer cells. Numbers are kept in the database and not used again. On the
 * tree of now only those are folded under whom something ever moved: for others it is that of then.
 */
export const FOLDINGS: readonly Folding[] = [
	...OF_THEN,
	...OF_THEN.map((folding): Folding => ({ ...folding, number: folding.number + 10, tree: 'now' }))
];

/** Whether cells of this way of folding, made by a program of that version, are as this one would make them. */
export function isMadeAlike({ folding, version }: { folding: number; version: number }): boolean {
	return version <= FOLDING_VERSION && FOLDINGS.some((one) => one.number === folding && version >= one.version);
}

/** The facets that a folding tells apart by name; null for all that a posting has. */
export function facetsOf({ facets }: Folding): readonly string[] | null {
	if (facets === 'all') return null;
	return facets === 'named' ? NAMED_FACETS : [];
}

/** What a question needs told apart, on which tree. */
export type Need = { tree: Tree; byChild: boolean; facets: ReadonlySet<string> };

/** The cheapest of the foldings that exist (by number) which tells apart what is needed. */
export function chooseFolding(existing: ReadonlySet<number>, grain: Folding['grain'], need: Need): Folding | undefined {
	return FOLDINGS.find((folding) => {
		const named = facetsOf(folding);
		const has = named === null || need.facets.isSubsetOf(new Set(named));
		const alike = folding.tree === need.tree && folding.grain === grain;
		return existing.has(folding.number) && alike && has && (folding.byChild || !need.byChild);
	});
}

/** Legal days, both inclusive. */
export type Days = { from: string; to: string };

/**
 * How a period is put together: `years`, `months` and `days` from cells, `rest` from single postings, all by the day of the
 * posting and disjoint. Cells know of a cohort only its month, those of years only its year: they answer for cohorts from
 * `cohortFrom` on, and `firstCohort` is what begins before it in a period that begins within a month.
 */
export type Cover = {
	cohortFrom: string;
	years: Days | null;
	months: readonly Days[];
	days: readonly Days[];
	rest: readonly Days[];
	firstCohort: Days | null;
};

/** Of which grain there are cells that tell apart what is asked; of months there always are. */
export type Grains = { hasYears: boolean; hasDays: boolean };

/** `byCohort`: the period is that of cohorts, and what became of them until its end counts. */
export function cover({ from, to }: Days, { byCohort, hasYears, hasDays }: Grains & { byCohort: boolean }): Cover {
	const cohortFrom = byCohort ? firstOfMonthFrom(from) : from;
	const late = cohortFrom > to;
	const firstCohort = cohortFrom > from ? { from, to: late ? to : dayPlus(cohortFrom, -1) } : null;
	if (late) return { cohortFrom, years: null, months: [], days: [], rest: [], firstCohort };
	const period = { from: cohortFrom, to };
	const whole = inside(period, { from: firstOfMonthFrom(cohortFrom), to: lastOfMonthUntil(to) });
	const ends = whole ? around(period, whole) : [period];
	// Cells of years cannot tell a cohort that began before the first of January from one of that year.
	const isOfYears = whole && hasYears && !(byCohort && !cohortFrom.endsWith(NEW_YEAR));
	const years = isOfYears ? inside(whole, { from: firstOfYearFrom(whole.from), to: lastOfYearUntil(whole.to) }) : null;
	const months = years && whole ? around(whole, years) : [whole].filter((one) => one !== null);
	return { cohortFrom, years, months, days: hasDays ? ends : [], rest: hasDays ? [] : ends, firstCohort };
}

const NEW_YEAR = '-01-01';

/** `part`, where there is any of it. */
function inside(whole: Days, part: Days): Days | null {
	return part.from <= part.to && part.from >= whole.from && part.to <= whole.to ? part : null;
}

/** What of `whole` lies before and after `part`. */
function around(whole: Days, part: Days): Days[] {
	return [
		{ from: whole.from, to: dayPlus(part.from, -1) },
		{ from: dayPlus(part.to, 1), to: whole.to }
	].filter((end) => end.from <= end.to);
}

function firstOfYearFrom(day: string): string {
	return day.endsWith(NEW_YEAR) ? day : `${Number(day.slice(0, 4)) + 1}${NEW_YEAR}`;
}

function lastOfYearUntil(day: string): string {
	return dayPlus(`${dayPlus(day, 1).slice(0, 4)}${NEW_YEAR}`, -1);
}

function firstOfMonthFrom(day: string): string {
	if (day.endsWith('-01')) return day;
	return dayPlus(lastOfMonth(day), 1);
}

function lastOfMonthUntil(day: string): string {
	const last = lastOfMonth(day);
	return last === day ? day : dayPlus(`${day.slice(0, 7)}-01`, -1);
}

function lastOfMonth(day: string): string {
	const [year = 0, month = 0] = day.split('-').map(Number);
	return new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
}
