import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { expect } from 'vitest';
import { operator } from '#lib/accounts/actor.ts';
import { figureNamed } from '#lib/catalogue.ts';
import { ask } from '#lib/figures/ask.server.ts';
import { askEach } from '#lib/figures/each.server.ts';
import { prove } from '#lib/figures/proofs.server.ts';
import { FOLLOWERS } from '#lib/followers.server.ts';
import { knownNow } from '#lib/ledger/ledger.server.ts';
import { inTransaction, type Db } from '#lib/server/db.ts';
import { postSamples } from '../../bench/sample.ts';
import { begin, deed, enter, type Chronicler } from '../../../tests/chronicler.ts';
import { test } from '../../../tests/database.ts';
import { asTold, totals, type Ask, type Deed } from '../../../tests/reorganised.ts';
import { treeNow } from '../../../tests/tree.ts';
import { UnitEvent } from './event.schema.ts';
import { record } from './event.server.ts';
import { undo } from './undo.server.ts';
import { establish } from './unit.server.ts';

const actor = operator('thử nghiệm');
/** How many small organisations are told of; `KHEO_HISTORIES=10000` for the long run. */
const HISTORIES = Number(process.env['KHEO_HISTORIES'] ?? 150);
/** So many live side by side in one database. */
const TOGETHER = 1000;
const ROUNDS = 6;
const SAMPLE = 25;
const registered = figureNamed('models.registered');
const PERIOD = { from: '2023-01-01', asOf: '2025-12-31' };

type World = { ids: Map<string, string>; top: string };

for (let first = 0; first < HISTORIES; first += TOGETHER) {
	const seeds = Array.from({ length: Math.min(TOGETHER, HISTORIES - first) }, (_, n) => first + n);
	test(
		`over ${seeds.length} random histories from the ${first + 1}. every unit’s figure is, on every tree and as known at every moment, what a second computation says`,
		{ timeout: 3_600_000 },
		({ clone: { db } }) => live(db, seeds)
	);
}

async function live(db: Db, seeds: readonly number[]): Promise<void> {
	if (registered.kind !== 'flow') throw new Error('a flow is wanted');
	const chroniclers = seeds.map((n) => begin(`H${n}`, 15_101_930 + n));
	const world = await found(db, chroniclers);
	const known: { round: number; at: Date }[] = [];
	for (let round = 1; round <= ROUNDS; round += 1) {
		const entries = chroniclers.flatMap((one) => [enter(one, round), enter(one, round)]);
		await postSamples(
			db,
			world.top,
			entries.flatMap((entry) => {
				if (!entry) return [];
				const { unit, day: onDate, caseId, quantity } = entry;
				return [{ unitId: world.ids.get(unit) ?? '', caseId, onDate, quantity }];
			})
		);
		await tell(
			db,
			world,
			chroniclers.flatMap((one) => deed(one, round) ?? [])
		);
		await takeBack(db, world, chroniclers, round);
		await sql`select refresh_statistics()`.execute(db);
		known.push({ round, at: await inTransaction(db, knownNow) });
		await compare(db, world, chroniclers, { round });
	}
	for (const { round, at } of known) await compare(db, world, chroniclers, { round, at });
	await look(db, world, chroniclers);
}

async function found(db: Db, chroniclers: readonly Chronicler[]): Promise<World> {
	const unit = (
		code: string,
		parentId: string | null,
		kind: 'province_committee' | 'base_committee' = 'base_committee'
	) => ({
		id: newId(),
		code,
		name: code,
		kind,
		parentId
	});
	const top = unit('R', null, 'province_committee');
	await establish(db, actor, { units: [top] });
	const roots = chroniclers.map(({ told }) => unit(told.root, top.id));
	const ids = new Map(roots.map((root) => [root.code, root.id]));
	const units = chroniclers.flatMap(({ told }) =>
		told.deeds.flatMap((one) => {
			if (one.kind !== 'establish') return [];
			const made = unit(one.unit, ids.get(one.parent) ?? null);
			ids.set(one.unit, made.id);
			return [made];
		})
	);
	await establish(db, actor, { units: [...roots, ...units] });
	return { ids, top: top.id };
}

/** All organisations' deeds of a round in one go, as a reorganisation of a country is written. */
async function tell(db: Db, world: World, deeds: readonly Deed[]): Promise<string> {
	const events = deeds.map((one) => UnitEvent.parse(asTold(one)));
	const { actionId } = await record(db, actor, { events, followers: FOLLOWERS });
	const { rows } = await sql<{ code: string; id: string }>`select code, unit_id as id from unit_versions`.execute(db);
	for (const { code, id } of rows) world.ids.set(code, id);
	return actionId;
}

/** Tells some more, and takes it back: then everything is as it was. */
async function takeBack(db: Db, world: World, chroniclers: readonly Chronicler[], round: number): Promise<void> {
	const before = await treeNow(db);
	const some = chroniclers.filter((_, n) => n % 3 === round % 3);
	const deeds = some.flatMap((one) => deed(one, round) ?? []);
	const actionId = await tell(db, world, deeds);
	expect(await treeNow(db)).not.toBe(before);
	await undo(db, actor, { actionId, reason: 'ghi nhầm', followers: FOLLOWERS });
	expect(await treeNow(db)).toBe(before);
	for (const { told } of some) told.deeds = told.deeds.filter((one) => !deeds.includes(one));
}

const TREES = ['then', '2023-03-01', '2024-01-01', '2024-12-31', '2025-07-01', '2030-01-01'];

async function compare(
	db: Db,
	{ ids, top }: World,
	chroniclers: readonly Chronicler[],
	when: { round: number; at?: Date }
): Promise<void> {
	for (const structure of when.at ? TREES.slice(0, 4) : TREES) {
		const question = { unitId: top, ...PERIOD, structure, ...(when.at && { knownAt: when.at }) };
		if (registered.kind !== 'flow') return;
		const told = await askEach(db, actor, { figure: registered, question });
		const asked: Ask = { ...PERIOD, structure, known: when.round };
		const expected = new Map<string, number>();
		for (const chronicler of chroniclers) {
			for (const [unit, sum] of totals(chronicler.told, asked)) expected.set(ids.get(unit) ?? unit, sum);
		}
		const all = chroniclers.flatMap(({ told: { entries } }) => entries.filter((entry) => entry.round <= when.round));
		expected.set(
			top,
			all.reduce((sum, entry) => sum + (entry.day <= PERIOD.asOf ? entry.quantity : 0), 0)
		);
		expect(differing(told, expected, ids), `${structure}, round ${when.round}`).toEqual([]);
	}
}

function differing(
	told: ReadonlyMap<string, number>,
	expected: ReadonlyMap<string, number>,
	ids: ReadonlyMap<string, string>
): string[] {
	const codes = new Map([...ids].map(([code, id]) => [id, code]));
	return [...new Set([...told.keys(), ...expected.keys()])]
		.filter((id) => told.get(id) !== expected.get(id))
		.map((id) => `${codes.get(id) ?? id}: ${told.get(id) ?? 0}, not ${expected.get(id) ?? 0}`)
		.slice(0, 5);
}

/** Of some organisations: parts add up to the whole, children to parents, and what is asked alone is what is asked together. */
async function look(db: Db, { ids }: World, chroniclers: readonly Chronicler[]): Promise<void> {
	for (const { told } of chroniclers.slice(0, SAMPLE)) {
		for (const structure of TREES) {
			const question = { unitId: ids.get(told.root) ?? '', ...PERIOD, structure };
			const { value, parts } = await ask(db, actor, registered, { ...question, by: ['unit', 'month'] });
			expect(parts.reduce((sum, part) => sum + (part.value ?? 0), 0)).toBe(value);
			expect(value).toBe(totals(told, { ...PERIOD, structure }).get(told.root) ?? 0);
			const proofs = (await prove(db, actor, registered, question)).flatMap((base) => base.proofs);
			expect(proofs.filter((proof) => proof.kind === 'children' && !proof.holds)).toEqual([]);
		}
	}
}
