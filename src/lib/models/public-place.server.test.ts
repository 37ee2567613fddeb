import { expect } from 'vitest';
import { operator } from '#lib/accounts/actor.ts';
import type { Db } from '#lib/server/db.ts';
import { establish } from '#lib/units/unit.server.ts';
import { testOn } from '../../../tests/database.ts';
import { placesWorld } from '../../../tests/worlds.ts';
import { appraised, DECISION, input, scoreSheet } from './office.sample.ts';
import { countByPlace, listPublic } from './public.server.ts';
import { readPlacing, type Placing } from './public-place.server.ts';
import { recognise } from './recognition.server.ts';

const machine = operator('thử nghiệm');
const test = testOn(placesWorld);

type Kind = 'province_committee' | 'commune_committee' | 'base_committee' | 'base_cell' | 'board';

async function unit(db: Db, kind: Kind, given: { code: string; name: string; parentId: string | null }) {
	const [made] = await establish(db, machine, { units: [{ kind, ...given }] });
	return made?.id ?? '';
}

/** A province in 2021: two models of a commune's committee and of a cell under it, four of an office that wrote where. */
async function kienGiang(db: Db, parentId: string | null) {
	await scoreSheet(db, 'base');
	const province = await unit(db, 'province_committee', { code: 'KG', name: 'Tỉnh uỷ Kiên Giang', parentId });
	const commune = { code: 'KG-1', name: 'Đảng uỷ xã Thổ Châu', parentId: province };
	const island = await unit(db, 'commune_committee', commune);
	const cell = await unit(db, 'base_cell', { code: 'KG-1-1', name: 'Chi bộ Trường học', parentId: island });
	const office = await unit(db, 'base_committee', { code: 'KG-2', name: 'Đảng bộ Sở Y tế', parentId: province });
	const models = [
		[island, 'ấp Bãi Ngự'],
		[cell, 'ấp Minh Phong, xã Mỹ Thuận, huyện Hòn Đất'],
		[office, 'ấp Minh Phong, xã Mỹ Thuận, huyện Hòn Đất'],
		[office, 'xã My Thuan'],
		[office, 'xã Bình An'],
		[office, null]
	] as const;
	for (const [index, [unitId, place]] of models.entries()) {
		const given = input(unitId, { name: `Mô hình ${index}`, year: 2021, registeredOn: '2021-03-01', place });
		const id = await appraised(db, machine, given);
		await recognise(db, machine, [id], { ...DECISION, decidedOn: '2021-12-20' });
	}
	return { province, office };
}

/** Names of places with their counts, each held against the list that the place leads to. */
async function told(db: Db, unitId: string, placing: Placing) {
	const counts = await countByPlace(db, { unitId }, placing);
	const names = new Map(placing.areas.map(({ id, name }) => [id, name]));
	return Promise.all(
		[...counts].map(async ([id, count]) => {
			const { total, rows } = await listPublic(db, { unitId, place: { placing, id } });
			expect([total, rows.length]).toEqual([count, count]);
			return `${id === null ? '' : names.get(id)}: ${count}`;
		})
	).then((lines) => lines.toSorted());
}

test('a model lies where its committee is, else where was written if that is one place; the rest is told apart', async ({
	db
}) => {
	const { province, office } = await kienGiang(db, null);
	const placing = await readPlacing(db, { unitId: province, code: null });
	if (!placing) throw new Error('no placing');
	expect([placing.tier, placing.province?.name]).toEqual(['commune', 'Tỉnh An Giang']);
	// There were two communes called Bình An in the province.
	expect(await told(db, province, placing)).toEqual([': 2', 'Xã Mỹ Thuận: 2', 'Đặc khu Thổ Châu: 2']);
	const own = await readPlacing(db, { unitId: office, code: null });
	if (!own) throw new Error('no placing');
	expect(await told(db, office, own)).toEqual([': 2', 'Xã Mỹ Thuận: 2']);
});

test('a register of several provinces is told by them, and one of them by its communes', async ({ db }) => {
	const top = await unit(db, 'board', { code: 'TW', name: 'Ban chỉ đạo', parentId: null });
	await kienGiang(db, top);
	await unit(db, 'province_committee', { code: 'LC', name: 'Tỉnh uỷ Lào Cai', parentId: top });
	const country = await readPlacing(db, { unitId: top, code: null });
	const within = await readPlacing(db, { unitId: top, code: '91' });
	if (!country || !within) throw new Error('no placing');
	expect([country.tier, country.areas.length]).toEqual(['province', 34]);
	expect(await told(db, top, country)).toEqual(['Tỉnh An Giang: 6']);
	expect(await told(db, top, within)).toEqual([': 2', 'Xã Mỹ Thuận: 2', 'Đặc khu Thổ Châu: 2']);
	expect(within.province?.isOnlyOne).toBe(false);
});

test('who stands in no province that is known has no map', async ({ db }) => {
	const alone = await unit(db, 'base_committee', { code: 'X', name: 'Đảng bộ X', parentId: null });
	expect(await readPlacing(db, { unitId: alone, code: null })).toBe(null);
});
