import { afterEach, beforeEach, expect, vi } from 'vitest';
import { operator } from '#lib/accounts/actor.ts';
import { COUNTED_BY_UNIT, figureNamed } from '#lib/catalogue.ts';
import { ask } from '#lib/figures/ask.server.ts';
import { FOLLOWERS } from '#lib/followers.server.ts';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { sql } from 'kysely';
import { UnitEvent } from '#lib/units/event.schema.ts';
import { record } from '#lib/units/event.server.ts';
import { addShares, casesOf } from '#lib/units/share.server.ts';
import { undo } from '#lib/units/undo.server.ts';
import { inTransaction } from '#lib/server/db.ts';
import { dayPlus } from '#lib/vietnamese/day.ts';
import { v7 as newId } from 'uuid';
import { CITUS_NODES } from '../../../tests/citus.ts';
import { test } from '../../../tests/database.ts';
import { checkCells } from './check.server.ts';
import { fold } from './fold.server.ts';
import { agrees, enter, world, type Entry } from '#lib/figures/entries.sample.ts';
import { reverse } from './ledger.server.ts';

const actor = operator('thử nghiệm');

beforeEach(({ skip }) => skip(CITUS_NODES.length > 0, 'a cluster folds nothing'));

const registered = figureNamed('models.registered');
/** A sum, a cohort's share, and units that are counted. */
const ASKED = ['models.registered', 'models.recognition_rate', 'models.units_registered'].map(figureNamed);
const YEAR = { from: '2024-01-01', asOf: '2024-12-31' };
const facets = { level: 'base', field: 'economy', novelty: 'new' };

afterEach(() => {
	vi.useRealTimers();
});

/** Four in each of the base units, over the year. */
async function entered(db: Db): Promise<{ ids: Map<string, string>; cases: string[] }> {
	const ids = await world(db);
	const bases = [...ids.keys()].filter((code) => code.length === 4);
	const entries = Array.from({ length: 4 * bases.length }, (_, n): Entry => ({
		measure: 'model.registered',
		unit: bases[n % bases.length] ?? '',
		on: dayPlus('2024-01-05', n * 11),
		cohort: 0,
		about: false,
		facets
	}));
	return { ids, cases: await enter(db, ids, entries) };
}

/** Answers the action of the one event. */
async function reorganise(db: Db, event: Record<string, unknown>): Promise<string> {
	const events = [UnitEvent.parse({ ...event, reason: 'sắp xếp' })];
	return (await record(db, actor, { events, followers: FOLLOWERS })).actionId;
}

/** Are there cells of the tree of now to answer for this unit? */
async function isFolded(db: Db, unitId: string): Promise<boolean> {
	const { rows } = await sql`
		select from foldings where unit_id = ${unitId}::uuid and tree_day is not null limit 1`.execute(db);
	return rows.length > 0;
}

async function agreesEverywhere(db: Db, ids: ReadonlyMap<string, string>): Promise<void> {
	for (const code of ['T', 'T1', 'T2'])
		for (const by of [['unit'], ['month'], ['unit', 'level']])
			for (const figure of ASKED)
				await agrees(db, figure, { unitId: ids.get(code) ?? '', ...YEAR, by, structure: 'now' });
}

test('what a split shared out is counted with whom it was attributed to, folded or not', async ({ db }) => {
	const { ids, cases } = await entered(db);
	const unitId = ids.get('T1A1') ?? '';
	const actionId = await reorganise(db, {
		kind: 'split',
		unit: 'T1A1',
		effectiveOn: '2025-03-01',
		parts: [{ into: { code: 'M', name: 'M', kind: 'base_cell' } }, { into: 'T2B2' }]
	});
	await fold(db, COUNTED_BY_UNIT);
	expect(await isFolded(db, ids.get('T') ?? '')).toBe(true);
	await agreesEverywhere(db, ids);
	const { rows } = await sql<{ id: string }>`select id from unit_events where action_id = ${actionId}::uuid`.execute(
		db
	);
	const eventId = rows[0]?.id ?? '';
	const [first] = await casesOf(db, unitId, '2025-03-01');
	const share = { unitId, caseId: first?.caseId ?? '', heirId: ids.get('T2B2') ?? '' };
	const before = await ask(db, actor, registered, { unitId: ids.get('T2') ?? '', ...YEAR, structure: 'now' });
	await inTransaction(db, (tx) => addShares(tx, [{ ...share, means: 'hand', from: '2025-03-01', eventId }], newId()));
	// Its postings were taken out of the cells of now, which hold.
	expect(await isFolded(db, ids.get('T') ?? '')).toBe(true);
	const after = await ask(db, actor, registered, { unitId: ids.get('T2') ?? '', ...YEAR, structure: 'now' });
	expect(after.value).toBe((before.value ?? 0) + 1);
	await agreesEverywhere(db, ids);
	await fold(db, COUNTED_BY_UNIT);
	expect(await isFolded(db, ids.get('T2') ?? '')).toBe(true);
	await agreesEverywhere(db, ids);
	await inTransaction(db, (tx) => reverse(tx, cases[0] ?? '', { measures: ['model.registered'], actionId: newId() }));
	await agreesEverywhere(db, ids);
	await fold(db, COUNTED_BY_UNIT);
	await agreesEverywhere(db, ids);
	expect(await checkCells(db)).toMatchObject({ differences: [], bits: [], waiting: 0 });
});

test('cells of now hold until something moves under the unit: on the day that a later event takes effect, or is undone', async ({
	db
}) => {
	const { ids } = await entered(db);
	const move = { kind: 'move', units: ['T1A'], parent: 'T2' } as const;
	const top = ids.get('T') ?? '';
	await reorganise(db, { kind: 'move', units: ['T2A'], parent: 'T1', effectiveOn: '2025-01-01' });
	await fold(db, COUNTED_BY_UNIT);
	const actionId = await reorganise(db, { ...move, effectiveOn: dayPlus(today(), 1) });
	// Nobody stands elsewhere today.
	expect(await isFolded(db, top)).toBe(true);
	await agreesEverywhere(db, ids);
	const now = () => ask(db, actor, registered, { unitId: ids.get('T2') ?? '', ...YEAR, structure: 'now' });
	const ofToday = (await now()).value;
	vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 86_400_000 });
	expect((await now()).value).not.toBe(ofToday);
	await agreesEverywhere(db, ids);
	await fold(db, COUNTED_BY_UNIT);
	await agreesEverywhere(db, ids);
	expect((await checkCells(db)).differences).toEqual([]);
	await undo(db, actor, { actionId, reason: 'nhầm', followers: FOLLOWERS });
	expect(await isFolded(db, top)).toBe(false);
	expect((await now()).value).toBe(ofToday);
	await agreesEverywhere(db, ids);
	await fold(db, COUNTED_BY_UNIT);
	await agreesEverywhere(db, ids);
});
