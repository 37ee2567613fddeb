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
			fc.record({ byCohort: fc.boolean(), hasDays: fc.boolean() }),
			fc.array(fc.tuple(day, day)),
			(a, b, { byCohort, hasDays }, pairs) => {
				const [from, to] = a < b ? [a, b] : [b, a];
				const parts = cover({ from, to }, { byCohort, hasDays });
				for (const [one, other] of [...pairs, ...both(from, to), ...both(from, from)]) {
					const [cohortOn, onDate] = one < other ? [one, other] : [other, one];
					const counts = byCohort ? cohortOn >= from && onDate <= to : onDate >= from && onDate <= to;
					const within = (days: { from: string; to: string }) => onDate >= days.from && onDate <= days.to;
					const spans = [...(parts.months ? [parts.months] : []), ...parts.days, ...parts.rest];
					const isOld = byCohort && cohortOn < parts.cohortFrom;
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

test('months are whole, and cells of months are never asked for a part of one', () => {
	fc.assert(
		fc.property(day, day, fc.boolean(), (a, b, byCohort) => {
			const { months, cohortFrom } = cover(a < b ? { from: a, to: b } : { from: b, to: a }, {
				byCohort,
				hasDays: true
			});
			if (!months) return;
			expect(months.from).toMatch(/-01$/);
			expect(dayPlus(months.to, 1)).toMatch(/-01$/);
			if (byCohort) expect(cohortFrom).toMatch(/-01$/);
		})
	);
});

test('a half-year until the middle of June is five months and a rest of days', () => {
	const period = { from: '2024-01-01', to: '2024-06-15' };
	expect(cover(period, { byCohort: true, hasDays: true })).toEqual({
		cohortFrom: '2024-01-01',
		months: { from: '2024-01-01', to: '2024-05-31' },
		days: [{ from: '2024-06-01', to: '2024-06-15' }],
		rest: [],
		firstCohort: null
	});
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
