import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FIGURES } from '#lib/catalogue.ts';
import { basesOf } from '#lib/figures/figure.ts';
import { dayPlus } from '#lib/vietnamese/day.ts';
import { chooseFolding, cover, facetsOf, FOLDINGS } from './folding.ts';

const day = fc.integer({ min: 0, max: 900 }).map((days) => dayPlus('2023-11-17', days));

const both = (one: string, other: string): [string, string][] => [[one, other]];

test('every posting of a period is covered exactly once, and no other', () => {
	fc.assert(
		fc.property(
			day,
			day,
			fc.record({ byCohort: fc.boolean(), hasYears: fc.boolean(), hasDays: fc.boolean() }),
			fc.array(fc.tuple(day, day)),
			(a, b, has, pairs) => {
				const [from, to] = a < b ? [a, b] : [b, a];
				const parts = cover({ from, to }, has);
				for (const [one, other] of [...pairs, ...both(from, to), ...both(from, from)]) {
					const [cohortOn, onDate] = one < other ? [one, other] : [other, one];
					const counts = has.byCohort ? cohortOn >= from && onDate <= to : onDate >= from && onDate <= to;
					const within = (days: { from: string; to: string }) => onDate >= days.from && onDate <= days.to;
					const spans = [...(parts.years ? [parts.years] : []), ...parts.months, ...parts.days, ...parts.rest];
					const isOld = has.byCohort && cohortOn < parts.cohortFrom;
					const times = isOld ? 0 : spans.filter(within).length;
					const { firstCohort } = parts;
					const late =
						firstCohort && cohortOn >= firstCohort.from && cohortOn <= firstCohort.to && onDate <= to ? 1 : 0;
					expect(times + late).toBe(counts ? 1 : 0);
				}
			}
		),
		{ numRuns: 2000 }
	);
});

test('years and months are whole, and their cells are never asked for a part of one, nor for a part of its cohorts', () => {
	fc.assert(
		fc.property(day, day, fc.boolean(), (a, b, byCohort) => {
			const period = a < b ? { from: a, to: b } : { from: b, to: a };
			const { years, months, cohortFrom } = cover(period, { byCohort, hasYears: true, hasDays: true });
			for (const one of months) {
				expect(one.from).toMatch(/-01$/);
				expect(dayPlus(one.to, 1)).toMatch(/-01$/);
			}
			if (byCohort && months.length > 0) expect(cohortFrom).toMatch(/-01$/);
			if (!years) return;
			expect(years.from).toMatch(/-01-01$/);
			expect(years.to).toMatch(/-12-31$/);
			if (byCohort) expect(cohortFrom).toMatch(/-01-01$/);
		})
	);
});

test('a half-year until the middle of June is five months and a rest of days', () => {
	const period = { from: '2024-01-01', to: '2024-06-15' };
	expect(cover(period, { byCohort: true, hasYears: true, hasDays: true })).toEqual({
		cohortFrom: '2024-01-01',
		years: null,
		months: [{ from: '2024-01-01', to: '2024-05-31' }],
		days: [{ from: '2024-06-01', to: '2024-06-15' }],
		rest: [],
		firstCohort: null
	});
});

test('three years and a half are three years and the months on both sides', () => {
	const { years, months } = cover(
		{ from: '2021-11-01', to: '2025-02-28' },
		{ byCohort: false, hasYears: true, hasDays: true }
	);
	expect(years).toEqual({ from: '2022-01-01', to: '2024-12-31' });
	expect(months).toEqual([
		{ from: '2021-11-01', to: '2021-12-31' },
		{ from: '2025-01-01', to: '2025-02-28' }
	]);
});

test('the cheapest folding that tells apart what is needed is chosen, and none that does not', () => {
	const all = new Set(FOLDINGS.map(({ number }) => number));
	const choose = (existing: ReadonlySet<number>, byChild: boolean, ...facets: string[]) =>
		chooseFolding(existing, 'month', { tree: 'then', byChild, facets: new Set(facets) })?.number;
	expect(choose(all, true)).toBe(1);
	expect(choose(all, true, 'novelty')).toBe(2);
	expect(choose(all, false, 'novelty', 'level')).toBe(3);
	expect(choose(all, true, 'level')).toBe(4);
	expect(choose(new Set([1, 3]), true, 'level')).toBeUndefined();
	expect(choose(new Set(), false)).toBeUndefined();
	expect(chooseFolding(all, 'day', { tree: 'now', byChild: true, facets: new Set() })?.number).toBe(15);
});

test('what figures narrow themselves by is folded for every child', () => {
	const named = FOLDINGS.find(({ facets }) => facets === 'named');
	const narrowing = FIGURES.flatMap(basesOf).flatMap(({ where }) => Object.keys(where ?? {}));
	expect(narrowing.filter((facet) => !(named && facetsOf(named)?.includes(facet)))).toEqual([]);
	expect(new Set(FOLDINGS.map(({ number }) => number)).size).toBe(FOLDINGS.length);
});
