import { sql } from 'kysely';
import { describe, expect } from 'vitest';
import { operator } from '#lib/accounts/actor.ts';
import { FOLLOWERS } from '#lib/followers.server.ts';
import type { Db } from '#lib/server/db.ts';
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
			['unit.not_found', { ...said, effectiveOn: '1999-01-01', kind: 'rename', unit: 'H1A', name: 'Mới' }],
			['unit_event.split_one', { ...said, kind: 'split', unit: 'H1B', parts: [{ into: new_('N') }] }],
			[
				'unit_event.children_left',
				{ ...said, kind: 'split', unit: 'H1A', parts: [{ into: new_('N') }, { into: new_('M'), units: ['H1A1'] }] }
			],
			['unit_event.children_left', { ...said, kind: 'close', unit: 'H1' }],
			['unit_event.nothing_changes', { ...said, kind: 'move', units: ['H1A'], parent: 'H1' }],
			['unit.code_taken', { ...said, kind: 'recode', unit: 'H1A', code: 'H1B' }]
		];
		for (const [code, event] of refused) await expect(does(db, event), code).rejects.toMatchObject({ code });
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
