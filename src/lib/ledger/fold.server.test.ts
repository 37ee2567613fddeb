import fc from 'fast-check';
import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { beforeEach, expect } from 'vitest';
import { operator } from '#lib/accounts/actor.ts';
import { COUNTED_BY_UNIT, figureNamed, FIGURES } from '#lib/catalogue.ts';
import { ask } from '#lib/figures/ask.server.ts';
import type { Where } from '#lib/figures/figure.ts';
import { FOLLOWERS } from '#lib/followers.server.ts';
import { FIELDS, LEVELS, NOVELTIES } from '#lib/models/model.ts';
import { inTransaction, type Db } from '#lib/server/db.ts';
import { Problem } from '#lib/server/problem.ts';
import { UnitEvent } from '#lib/units/event.schema.ts';
import { record } from '#lib/units/event.server.ts';
import { dayPlus } from '#lib/vietnamese/day.ts';
import { CITUS_NODES } from '../../../tests/citus.ts';
import { test } from '../../../tests/database.ts';
import { checkCells, repair } from './check.server.ts';
import { fold } from './fold.server.ts';
import { agrees, enter, world, type Entry } from '#lib/figures/entries.sample.ts';
import { reverse } from './ledger.server.ts';

const actor = operator('thử nghiệm');

beforeEach(({ skip }) => skip(CITUS_NODES.length > 0, 'a cluster folds nothing'));

/** How many rounds; on the oldest PostgreSQL fewer, as of other histories. */
const ROUNDS = process.env['KHEO_HISTORIES'] ? 4 : 12;
const registered = figureNamed('models.registered');
const YEAR = { from: '2024-01-01', asOf: '2024-12-31' };

const MEASURES = ['model.registered', 'model.recognised', 'model.typical', 'model.replicated'];
const BASES = ['T1A1', 'T1A2', 'T1B1', 'T1B2', 'T2A1', 'T2A2', 'T2B1', 'T2B2'];
const UNITS = ['T', 'T1', 'T2', ...['T1A', 'T1B', 'T2A', 'T2B'].flatMap((code) => [code, `${code}1`, `${code}2`])];
const day = fc.integer({ min: 0, max: 800 }).map((days) => dayPlus('2023-03-10', days));
const WHERES: Where[] = [
	{},
	{},
	{ novelty: ['new'] },
	{ level: ['base', 'province'] },
	{ month: ['2024-02', '2024-07'] }
];
const entry = fc.record({
	measure: fc.constantFrom(...MEASURES),
	unit: fc.constantFrom(...UNITS),
	on: day,
	cohort: fc.nat(200),
	about: fc.boolean(),
	facets: fc.record({
		level: fc.constantFrom(...LEVELS),
		field: fc.constantFrom(...FIELDS),
		novelty: fc.constantFrom(...NOVELTIES)
	})
});
const question = fc.record({
	unit: fc.constantFrom('T', 'T', 'T', 'T1', 'T2', 'T1A'),
	days: fc.tuple(fc.oneof(day, fc.constantFrom('2023-01-01', '2024-01-01')), fc.oneof(day, fc.constant('2024-12-31'))),
	by: fc.constantFrom(
		[],
		['unit'],
		['month'],
		['novelty'],
		['unit', 'novelty'],
		['level', 'field'],
		['unit', 'level', 'month']
	),
	where: fc.constantFrom(...WHERES),
	structure: fc.oneof(fc.constantFrom('then', 'then', 'now'), day)
});
const round = fc.record({
	entries: fc.array(entry, { minLength: 1, maxLength: 40 }),
	after: fc.array(entry, { maxLength: 10 }),
	taken: fc.array(fc.nat(), { maxLength: 5 }),
	moved: fc.option(
		fc.record({
			kind: fc.constantFrom('move', 'merge', 'close', 'split'),
			unit: fc.constantFrom('T1A', 'T1B', 'T2A', 'T2B', ...BASES),
			on: day,
			to: fc.nat()
		})
	),
	questions: fc.array(question, { minLength: 3, maxLength: 3 })
});

test(
	'cells and what waits are together what the postings add up to, whatever is entered, taken back and moved between',
	{ timeout: 120_000 },
	async ({ clone: { db } }) => {
		const ids = await world(db);
		const cases: string[] = [];
		let folded = 0;
		await fc.assert(
			fc.asyncProperty(round, async ({ entries, after, taken, moved, questions }) => {
				cases.push(...(await enter(db, ids, entries)));
				folded += (await fold(db, COUNTED_BY_UNIT)).folded;
				cases.push(...(await enter(db, ids, after)));
				for (const which of taken) await takeBack(db, cases[which % cases.length] ?? '');
				if (moved) cases.push(...(await moveAmidEntries(db, ids, moved)));
				for (const { unit, days, ...how } of questions) {
					const [from, asOf] = days.toSorted();
					const asked = { unitId: ids.get(unit) ?? '', from: from ?? '', asOf: asOf ?? '', ...how };
					for (const figure of FIGURES) await agrees(db, figure, asked);
				}
				expect(await checkCells(db)).toMatchObject({ differences: [], bits: [] });
			}),
			{ numRuns: ROUNDS, seed: 15_101_930, endOnFailure: true }
		);
		expect(folded).toBeGreaterThan(0);
		await fold(db, COUNTED_BY_UNIT);
		const checked = await checkCells(db);
		expect(checked).toMatchObject({ waiting: 0, differences: [], bits: [] });
		expect(checked.units).toBeGreaterThanOrEqual(3);
		expect(checked.cells).toBeGreaterThan(100);
	}
);

async function takeBack(db: Db, caseId: string): Promise<void> {
	await inTransaction(db, (tx) => reverse(tx, caseId, { measures: MEASURES, actionId: newId() }));
}

/** With a record of the unit shortly before, and one of some unit shortly after, of which the few weeks around are asked. */
async function moveAmidEntries(db: Db, ids: ReadonlyMap<string, string>, moved: Moved): Promise<string[]> {
	const facets = { level: 'base', field: 'economy', novelty: 'new' };
	const one = { measure: 'model.registered', cohort: 0, about: false, facets };
	const other = UNITS[moved.to % UNITS.length] ?? 'T';
	const entered = await enter(db, ids, [
		{ ...one, unit: moved.unit, on: dayPlus(moved.on, -(moved.to % 9)) },
		{ ...one, unit: other, on: dayPlus(moved.on, moved.to % 5) }
	]);
	if (moved.to % 2 === 0) await fold(db, COUNTED_BY_UNIT);
	await move(db, moved);
	if (moved.to % 3 === 0) await fold(db, COUNTED_BY_UNIT);
	for (const code of ['T', 'T1', 'T2A']) {
		const asked = { unitId: ids.get(code) ?? '', from: dayPlus(moved.on, -9), asOf: dayPlus(moved.on, moved.to % 9) };
		for (const structure of ['then', 'now', dayPlus(moved.on, 5)])
			await agrees(db, figureNamed('models.units_registered'), { ...asked, structure, by: ['unit'] });
	}
	return entered;
}

type Moved = { kind: string; unit: string; on: string; to: number };

/** A late reorganisation: on a day on which there are postings already. */
async function move(db: Db, moved: Moved): Promise<void> {
	const event = UnitEvent.parse({ ...eventOf(moved), effectiveOn: moved.on, reason: 'sắp xếp' });
	await record(db, actor, { events: [event], followers: FOLLOWERS }).catch((error: unknown) => {
		// It stands there on that day, or ended before, or others stand under it.
		if (!(error instanceof Problem)) throw error;
	});
}

function eventOf({ kind, unit, on, to }: Moved): Record<string, unknown> {
	if (kind === 'move' || unit.length === 3) {
		const above = unit.length === 3 ? ['T1', 'T2'] : ['T1A', 'T1B', 'T2A', 'T2B'];
		return { kind: 'move', units: [unit], parent: above[to % above.length] };
	}
	const other = BASES[to % BASES.length];
	if (kind === 'merge') return { kind, units: [unit], into: other };
	if (kind === 'close') return { kind, unit, heir: to % 2 === 0 ? other : null };
	const newcomer = { code: `${unit}-${on}`, name: `${unit} ${on}`, kind: 'base_cell' };
	return { kind: 'split', unit, parts: [{ into: newcomer }, { into: other }], rest: to % 3 === 0 ? other : null };
}

test('a sum that never changes is read the same by who reads while others write and fold', async ({
	clone: { db }
}) => {
	const ids = await world(db);
	const entries = Array.from({ length: 60 }, (_, n): Entry => ({
		measure: 'model.registered',
		unit: n % 2 ? 'T1A1' : 'T2B2',
		on: dayPlus('2024-01-01', n * 6),
		cohort: 0,
		about: false,
		facets: { level: 'base', field: 'economy', novelty: 'new' }
	}));
	const cases = await enter(db, ids, entries);
	await fold(db, COUNTED_BY_UNIT);
	let isOver = false;
	const until = async (work: () => Promise<unknown>): Promise<number> => {
		let times = 0;
		for (; !isOver; times += 1) await work();
		return times;
	};
	const working = Promise.all([
		until(() => exchange(db, ids, { entries, cases })),
		until(() => fold(db, COUNTED_BY_UNIT)),
		until(async () => {
			const told = await ask(db, actor, registered, { unitId: ids.get('T') ?? '', ...YEAR, by: ['unit', 'novelty'] });
			expect(told.value).toBe(60);
			expect(told.parts.reduce((sum, { value }) => sum + (value ?? 0), 0)).toBe(60);
		})
	]).finally(() => (isOver = true));
	await Promise.race([working, new Promise((done) => setTimeout(done, 2500))]);
	isOver = true;
	const times = await working;
	expect(Math.min(...times)).toBeGreaterThan(5);
	expect(await checkCells(db)).toMatchObject({ differences: [], bits: [] });
});

/** Takes one back and enters another, in one transaction. */
async function exchange(
	db: Db,
	ids: ReadonlyMap<string, string>,
	{ entries, cases }: { entries: readonly Entry[]; cases: string[] }
): Promise<void> {
	const which = Math.floor(Math.random() * entries.length);
	await inTransaction(db, async (tx) => {
		await reverse(tx, cases[which] ?? '', { measures: MEASURES, actionId: newId() });
		const [entered] = await enter(tx, ids, entries.slice(which, which + 1));
		cases[which] = entered ?? '';
	});
}

test('a folding that is cut off leaves nothing half done, and goes on where it was', async ({
	clone: { db, pool }
}) => {
	const ids = await world(db);
	const one = { measure: 'model.registered', unit: 'T1A1', on: '2024-05-05', cohort: 0, about: false };
	const facets = { level: 'base', field: 'economy', novelty: 'new' };
	await enter(
		db,
		ids,
		Array.from({ length: 3000 }, () => ({ ...one, facets }))
	);
	const question = { unitId: ids.get('T') ?? '', ...YEAR };
	let cut = 0;
	for (let times = 0; times < 6; times += 1) {
		const folding = fold(db, COUNTED_BY_UNIT).catch(() => (cut += 1));
		await new Promise((done) => setTimeout(done, times * 15));
		await pool.query(`
			select pg_terminate_backend(pid) from pg_stat_activity
			where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null and application_name = 'kheo'`);
		await folding;
		expect((await ask(db, actor, registered, question)).value).toBe(3000);
	}
	expect(cut).toBeGreaterThan(0);
	await fold(db, COUNTED_BY_UNIT);
	expect(await fold(db, COUNTED_BY_UNIT)).toEqual({ folded: 0, built: 0 });
	expect(await checkCells(db)).toMatchObject({ waiting: 0, differences: [], bits: [] });
	expect((await ask(db, actor, registered, question)).value).toBe(3000);
});

test('the check finds a cell that is wrong, and mends it', async ({ db }) => {
	const ids = await world(db);
	const facets = { level: 'base', field: 'economy', novelty: 'new' };
	await enter(db, ids, [
		{ measure: 'model.registered', unit: 'T1A1', on: '2024-05-05', cohort: 0, about: false, facets }
	]);
	await fold(db, COUNTED_BY_UNIT);
	await sql`update cells set quantity = 7 where ancestor_id = ${ids.get('T')}::uuid and folding = 8`.execute(db);
	await sql`update presences set bits = ~bits where by_day`.execute(db);
	await sql`delete from obligations where ancestor_id = ${ids.get('T1')}::uuid`.execute(db);
	const checked = await checkCells(db);
	expect(checked.differences).toEqual([{ unitId: ids.get('T'), folding: 8, cells: 1 }]);
	expect(checked.bits).toEqual([
		{ what: 'model.registered', rows: 1 },
		{ what: 'obligations', rows: 1 }
	]);
	expect((await ask(db, actor, registered, { unitId: ids.get('T') ?? '', ...YEAR })).value).toBe(7);
	expect(await repair(db, checked)).toBe(0);
	expect(await checkCells(db)).toMatchObject({ differences: [], bits: [] });
});

test('what a later program made is left to it', async ({ db }) => {
	const ids = await world(db);
	const one = { measure: 'model.registered', unit: 'T1A1', on: '2024-05-05', cohort: 0, about: false };
	const facets = { level: 'base', field: 'economy', novelty: 'new' };
	await fold(db, COUNTED_BY_UNIT);
	await enter(db, ids, [{ ...one, facets }]);
	await sql`update readiness set version = version + 1 where what = 'model.registered'`.execute(db);
	expect(await fold(db, COUNTED_BY_UNIT)).toEqual({ folded: 0, built: 0 });
	const question = { unitId: ids.get('T') ?? '', ...YEAR, by: ['unit'] };
	await agrees(db, figureNamed('models.units_registered'), question);
	await sql`update readiness set version = version + case what when 'obligations' then 1 else -1 end`.execute(db);
	await move(db, { kind: 'move', unit: 'T1A1', on: '2024-05-01', to: 3 });
	expect((await sql`select from readiness where what = 'obligations'`.execute(db)).rows).toEqual([]);
	await agrees(db, figureNamed('models.units_registered'), question);
});
