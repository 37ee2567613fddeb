import { sql } from 'kysely';
import { describe, expect } from 'vitest';
import { operator } from '#lib/accounts/actor.ts';
import { FOLLOWERS } from '#lib/followers.server.ts';
import { input, registered, scoreSheet } from '#lib/models/office.sample.ts';
import { createFromTemplate } from '#lib/reports/report.server.ts';
import type { Db } from '#lib/server/db.ts';
import { fromDatabase } from '#lib/server/problem.ts';
import { test } from '../../../tests/database.ts';
import { treeNow } from '../../../tests/tree.ts';
import { UnitEvent, type UnitEventInput } from './event.schema.ts';
import { preview, record } from './event.server.ts';
import { undo } from './undo.server.ts';
import { establish, getByCode, listUnder } from './unit.server.ts';

const actor = operator('thử nghiệm');
const DAY = '2025-07-01';
const said = { effectiveOn: DAY, reason: 'sắp xếp đơn vị hành chính' };

/** A province with two districts, each with two communes and a cell under the first of them. */
async function world(db: Db): Promise<Map<string, string>> {
	const ids = new Map<string, string>();
	const add = async (
		code: string,
		kind: 'province_committee' | 'district_committee' | 'commune_committee' | 'base_cell',
		parent: string | null
	) => {
		const [unit] = await establish(db, actor, {
			units: [{ code, name: `Đơn vị ${code}`, kind, parentId: parent === null ? null : (ids.get(parent) ?? '') }]
		});
		ids.set(code, unit?.id ?? '');
	};
	await add('T', 'province_committee', null);
	for (const district of ['H1', 'H2']) {
		await add(district, 'district_committee', 'T');
		for (const n of ['A', 'B']) await add(`${district}${n}`, 'commune_committee', district);
	}
	await add('H1A1', 'base_cell', 'H1A');
	await add('H1A2', 'base_cell', 'H1A');
	return ids;
}

async function does(db: Db, ...events: UnitEventInput[]) {
	return record(db, actor, { events: events.map((event) => UnitEvent.parse(event)), followers: FOLLOWERS });
}

const new_ = (code: string) => ({ code, name: `Đơn vị ${code}`, kind: 'commune_committee' as const, parent: 'T' });

describe('refusals', () => {
	test('what cannot be is refused, and changes nothing', async ({ db }) => {
		await world(db);
		const before = await treeNow(db);
		const refused: [string, UnitEventInput][] = [
			['unit_event.into_itself', { ...said, kind: 'merge', units: ['H1A'], into: 'H1A' }],
			['unit_event.into_child', { ...said, kind: 'merge', units: ['H1'], into: 'H1A' }],
			['unit_event.into_child', { ...said, kind: 'move', units: ['H1'], parent: 'H1A1' }],
			['unit_event.named_twice', { ...said, kind: 'merge', units: ['H1A', 'H1A'], into: 'H1B' }],
			['unit.not_found', { ...said, kind: 'merge', units: ['H9'], into: 'H1B' }],
			['unit.not_yet', { ...said, effectiveOn: '1999-01-01', kind: 'rename', unit: 'H1A', name: 'Mới' }],
			['unit.not_yet', { ...said, effectiveOn: '1999-01-01', kind: 'move', units: ['H1A'], parent: 'H2' }],
			['unit.not_yet', { ...said, effectiveOn: '1999-01-01', kind: 'establish', unit: new_('N') }],
			['unit_event.into_itself', { ...said, kind: 'move', units: ['H1'], parent: 'H1' }],
			['unit_event.into_itself', { ...said, kind: 'close', unit: 'H1B', heir: 'H1B' }],
			['unit_event.into_child', { ...said, kind: 'close', unit: 'H1A', heir: 'H1A1' }],
			['unit_event.into_child', { ...said, kind: 'split', unit: 'H1A', parts: [{ into: 'H1A1' }, { into: 'H1B' }] }],
			['unit_event.into_itself', { ...said, kind: 'link', unit: 'H1A', other: 'H1A', link: 'cluster' }],
			['unit_event.link_not_there', { ...said, kind: 'link', unit: 'H1A', other: 'H2', link: 'cluster', ends: true }],
			['unit_event.duty_not_there', { ...said, kind: 'transfer', unit: 'H1A', from: 'H1', to: 'H2' }],
			['unit.code_taken', { ...said, kind: 'establish', unit: new_('H2A') }],
			[
				'unit_event.rest_unknown',
				{ ...said, kind: 'split', unit: 'H1B', parts: [{ into: 'H1A' }, { into: 'H2A' }], rest: 'H2B' }
			],
			[
				'unit_event.not_its_child',
				{ ...said, kind: 'split', unit: 'H1B', parts: [{ into: 'H2A', units: ['H1A1'] }, { into: 'H2B' }] }
			],
			['unit_event.split_one', { ...said, kind: 'split', unit: 'H1B', parts: [{ into: new_('N') }] }],
			[
				'unit_event.children_left',
				{ ...said, kind: 'split', unit: 'H1A', parts: [{ into: new_('N') }, { into: new_('M'), units: ['H1A1'] }] }
			],
			['unit_event.children_left', { ...said, kind: 'close', unit: 'H1' }],
			['unit_event.nothing_changes', { ...said, kind: 'move', units: ['H1A'], parent: 'H1' }],
			['unit.code_taken', { ...said, kind: 'recode', unit: 'H1A', code: 'H1B' }]
		];
		for (const [code, event] of refused) {
			await sql`savepoint tried`.execute(db);
			await expect(does(db, event), code).rejects.toSatisfy((error) => fromDatabase(error)?.code === code);
			await sql`rollback to savepoint tried`.execute(db);
		}
		expect(await treeNow(db)).toBe(before);
	});

	test('what has ended, ends once more or begins twice; a list is refused as a whole, naming which event it is', async ({
		db
	}) => {
		await world(db);
		await does(db, { ...said, kind: 'close', unit: 'H1B' });
		const before = await treeNow(db);
		const later = { ...said, effectiveOn: '2025-08-01' };
		const close = { ...later, kind: 'close' as const, unit: 'H2B' };
		const refused: [string, object, UnitEventInput[]][] = [
			[
				'unit_event.closed_already',
				{ unit: 'Đơn vị H1B', day: '01/8/2025' },
				[{ ...later, kind: 'rename', unit: 'H1B', name: 'Mới' }]
			],
			['unit_event.closed_already', {}, [{ ...later, kind: 'merge', units: ['H2B'], into: 'H1B' }]],
			['unit_event.closed_already', { nth: 2 }, [close, { ...close, heir: 'H2A' }]],
			[
				'unit_event.closed_same_day',
				{ nth: 2 },
				[
					{ ...later, kind: 'establish', unit: new_('N') },
					{ ...later, kind: 'close', unit: 'N' }
				]
			],
			[
				'unit.not_found',
				{ code: 'H9', nth: 3 },
				[close, { ...later, kind: 'rename', unit: 'H2A', name: 'Mới' }, { ...close, unit: 'H9' }]
			]
		];
		for (const [code, params, events] of refused)
			await expect(does(db, ...events), code).rejects.toMatchObject({ code, params });
		expect(await treeNow(db)).toBe(before);
	});

	test('circles that a late event would close, links that overlap', async ({ db }) => {
		await world(db);
		await does(db, { ...said, kind: 'move', units: ['H1'], parent: 'H2' });
		const link = { ...said, kind: 'link' as const, unit: 'H2A', other: 'H1A', link: 'cluster' as const };
		await does(db, link);
		const before = await treeNow(db);
		const early = { ...said, effectiveOn: '2024-01-01' };
		await expect(does(db, { ...early, kind: 'move', units: ['H2'], parent: 'H1' })).rejects.toMatchObject({
			code: 'unit_event.circle',
			params: { day: '01/7/2025' }
		});
		await sql`savepoint tried`.execute(db);
		await expect(does(db, { ...link, ...early })).rejects.toSatisfy(
			(error) => fromDatabase(error)?.code === 'unit_event.link_there'
		);
		await sql`rollback to savepoint tried`.execute(db);
		expect(await treeNow(db)).toBe(before);
	});

	test('nothing open is left with nobody: reports of a unit that ends or is divided, cases of one that ends', async ({
		db
	}) => {
		const ids = await world(db);
		const [a, b] = [ids.get('H2A') ?? '', ids.get('H2B') ?? ''];
		await scoreSheet(db, 'base');
		await registered(db, actor, input(a));
		await createFromTemplate(db, actor, { unitId: b, template: 'half-year', asOf: '2024-06-15' });
		const before = await treeNow(db);
		const parts = [{ into: 'H1A' }, { into: 'H1B' }];
		const refused: [string, string, UnitEventInput][] = [
			['unit_event.cases_open', 'H2A', { ...said, kind: 'close', unit: 'H2A' }],
			['unit_event.reports_open', 'H2B', { ...said, kind: 'close', unit: 'H2B' }],
			['unit_event.reports_open', 'H2B', { ...said, kind: 'split', unit: 'H2B', parts }]
		];
		for (const [code, unit, event] of refused)
			await expect(does(db, event), code).rejects.toMatchObject({ code, params: { unit: `Đơn vị ${unit}`, count: 1 } });
		expect(await treeNow(db)).toBe(before);
	});

	test('roles on a unit that goes to several want someone to say where they go', async ({ db }) => {
		const ids = await world(db);
		const grantId = await officerOf(db, ids.get('H1B') ?? '');
		const split: UnitEventInput = {
			...said,
			kind: 'split',
			unit: 'H1B',
			parts: [{ into: new_('N') }, { into: new_('M') }]
		};
		await expect(does(db, split)).rejects.toMatchObject({
			code: 'unit_event.roles_undecided',
			params: { people: 'Cán bộ' }
		});
		const events = [UnitEvent.parse(split)];
		await record(db, actor, { events, roles: { [grantId]: 'M' }, followers: FOLLOWERS });
		const m = await getByCode(db, actor, 'M');
		expect(await held(db)).toEqual([{ unitId: m.id, now: true }]);
	});
});

async function officerOf(db: Db, unitId: string): Promise<string> {
	const { rows } = await sql<{ id: string }>`
		with person as (insert into users (id, name, email) values (gen_random_uuid(), 'Cán bộ', 'can.bo@example.vn') returning id)
		insert into role_grants (id, user_id, unit_id, role, valid, action_id)
		select gen_random_uuid(), id, ${unitId}::uuid, 'officer', '[2024-01-01,)', gen_random_uuid() from person returning id`.execute(
		db
	);
	return rows[0]?.id ?? '';
}

async function held(db: Db): Promise<{ unitId: string; now: boolean }[]> {
	const { rows } = await sql<{ unitId: string; now: boolean }>`
		select unit_id as "unitId", valid @> current_date as now from role_grants where valid @> current_date`.execute(db);
	return rows;
}

test('communes merge: sub-units and people go along, the old ones keep their days, and it can be undone', async ({
	db
}) => {
	const ids = await world(db);
	await officerOf(db, ids.get('H1A') ?? '');
	const before = await treeNow(db);
	const merge = { ...said, kind: 'merge' as const, units: ['H1A', 'H1B'], into: new_('X') };
	const seen = await preview(db, actor, { events: [UnitEvent.parse(merge)], followers: FOLLOWERS });
	expect(await treeNow(db)).toBe(before);
	const { actionId, effect } = await does(db, merge);
	expect(seen.closings.map(({ name, children, roles }) => [name, children, roles.length])).toEqual(
		effect.closings.map(({ name, children, roles }) => [name, children, roles.length])
	);
	expect(effect.closings.map(({ name, children }) => [name, children])).toEqual([
		['Đơn vị H1A', 2],
		['Đơn vị H1B', 0]
	]);
	const x = await getByCode(db, actor, 'X');
	expect(await held(db)).toEqual([{ unitId: x.id, now: true }]);
	const codes = async (day: string) =>
		(await listUnder(db, ids.get('T') ?? '', day)).map((unit) => unit.code).toSorted();
	expect(await codes('2025-06-30')).toEqual(['H1', 'H1A', 'H1A1', 'H1A2', 'H1B', 'H2', 'H2A', 'H2B', 'T']);
	expect(await codes(DAY)).toEqual(['H1', 'H1A1', 'H1A2', 'H2', 'H2A', 'H2B', 'T', 'X']);
	await expect(getByCode(db, actor, 'H1A')).rejects.toMatchObject({ code: 'unit.not_found' });
	await undo(db, actor, { actionId, reason: 'ghi nhầm', followers: FOLLOWERS });
	expect(await treeNow(db)).toBe(before);
	expect(await held(db)).toEqual([{ unitId: ids.get('H1A'), now: true }]);
	await expect(undo(db, actor, { actionId, reason: 'ghi nhầm', followers: FOLLOWERS })).rejects.toMatchObject({
		code: 'unit_event.undone_already'
	});
});

test('what is recorded late is not known before, and what is recorded later keeps holding', async ({ db }) => {
	await world(db);
	await does(db, { ...said, kind: 'merge', units: ['H1A', 'H1B'], into: 'H1A' });
	await does(db, { ...said, effectiveOn: '2023-05-01', kind: 'rename', unit: 'H1A', name: 'Xã Tân Lập' });
	await does(db, { ...said, effectiveOn: '2023-06-01', kind: 'move', units: ['H1B'], parent: 'H2' });
	const name = async (day: string) => (await getByCode(db, actor, 'H1A', day)).name;
	expect([await name('2023-04-30'), await name('2023-05-01'), await name('2026-01-01')]).toEqual([
		'Đơn vị H1A',
		'Xã Tân Lập',
		'Xã Tân Lập'
	]);
	const { rows } = await sql<{ above: string; valid: string }>`
		select v.code as above, p.valid::text as valid from unit_paths p
		join unit_versions b on b.code = 'H1B' and b.unit_id = p.unit_id and b.valid @> date '2023-01-01'
		join unit_versions v on v.unit_id = p.ancestor_id and v.valid @> date '2023-01-01'
		where upper_inf(p.known) and p.depth = 1 order by lower(p.valid)`.execute(db);
	expect(rows).toEqual([
		{ above: 'H1', valid: '[-infinity,2023-06-01)' },
		{ above: 'H2', valid: '[2023-06-01,2025-07-01)' },
		{ above: 'H1A', valid: '[2025-07-01,)' }
	]);
});

test('of events of one day the later listed, and then the later recorded, holds', async ({ db }) => {
	await world(db);
	const rename = (name: string) => ({ ...said, kind: 'rename' as const, unit: 'H1A', name });
	await does(db, rename('Xã Một'), rename('Xã Hai'));
	expect((await getByCode(db, actor, 'H1A', DAY)).name).toBe('Xã Hai');
	await does(db, rename('Xã Ba'));
	expect((await getByCode(db, actor, 'H1A', DAY)).name).toBe('Xã Ba');
	await does(db, { ...said, kind: 'merge', units: ['H1B'], into: 'H1A' });
	await expect(does(db, { ...said, kind: 'move', units: ['H1B'], parent: 'H2' })).rejects.toMatchObject({
		code: 'unit_event.closed_already'
	});
});
