import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect } from 'vitest';
import { operator } from '#lib/accounts/actor.ts';
import { figureNamed } from '#lib/catalogue.ts';
import { input, registered } from '#lib/models/office.sample.ts';
import { listIn, placeOf } from '#lib/places/place.server.ts';
import { establish } from '#lib/units/unit.server.ts';
import { listCommunes } from '../../routes/(office)/map/communes.server.ts';
import { testOn } from '../../../tests/database.ts';
import { placesWorld } from '../../../tests/worlds.ts';
import { askCommunes } from './commune-value.server.ts';
import { importShapes, listFineShapes, listShapes } from './shape.server.ts';

const test = testOn(placesWorld);
const machine = operator('thử nghiệm');
const FOLDER = new URL('../../../../shared/data/geo/', import.meta.url).pathname;

test('outlines of all provinces of now and of then are taken in once; anything else is refused', async ({
	db,
	skip
}) => {
	if (!existsSync(FOLDER)) skip('outlines are not beside the project (../shared/data/geo)');
	const now = join(FOLDER, 'provinces_34_300m.topojson');
	expect(await importShapes(db, machine, now)).toMatchObject({ tier: 'province', count: 34, changed: true });
	expect(await importShapes(db, machine, now)).toMatchObject({ changed: false });
	const before = (await listIn(db, null, '2025-06-30')).map(({ id }) => id);
	// Of the provinces before 1/7/2025 these are the few that nobody joined: a map of them would be full of holes.
	expect(await listFineShapes(db, before)).not.toEqual([]);
	expect(await listShapes(db, before)).toEqual([]);
	const then = await importShapes(db, machine, join(FOLDER, 'provinces_63_300m.topojson'));
	expect(then).toMatchObject({ count: 63, day: '2025-06-30', changed: true });
	for (const day of ['2025-06-30', '2026-05-01']) {
		const shapes = await listShapes(
			db,
			(await listIn(db, null, day)).map(({ id }) => id)
		);
		expect(new Set(shapes.map(({ placeId }) => placeId)).size).toBe(day < '2025-07-01' ? 63 : 34);
		expect(new Set(shapes.map(({ region }) => region)).size).toBe(3);
	}
	const folder = mkdtempSync(join(tmpdir(), 'kheo-shapes-'));
	try {
		const refused = async (text: string) => {
			writeFileSync(join(folder, 'a.json'), text);
			return importShapes(db, machine, join(folder, 'a.json')).catch((error: unknown) => error);
		};
		expect(await refused('không phải JSON')).toMatchObject({ code: 'import.geometry_unfit' });
		const text = readFileSync(now, 'utf8');
		expect(await refused(text.replace('"code":"01"', '"code":"99"'))).toMatchObject({ code: 'import.geometry_codes' });
		expect(await refused(text.replace(/"translate":\[[^\]]*\]/, '"translate":[500000,1000000]'))).toMatchObject({
			code: 'import.geometry_projection'
		});
	} finally {
		rmSync(folder, { recursive: true });
	}
});

test('communes of then have outlines too, once a file of them is taken in', async ({ db }) => {
	const day = '2025-06-30';
	const { rows } = await sql<{ code: string }>`
		select code from place_versions where tier = 'commune' and valid @> ${day}::date`.execute(db);
	const features = rows.map(({ code }, at) => {
		const [west, south] = [102 + (at % 100) * 0.05, 8 + Math.floor(at / 100) * 0.12];
		const ring = [[0, 0], [0.04, 0], [0.04, 0.1], [0, 0.1], [0, 0]].map(([x = 0, y = 0]) => [west + x, south + y]); // prettier-ignore
		return { type: 'Feature', properties: { code }, geometry: { type: 'Polygon', coordinates: [ring] } };
	});
	const folder = mkdtempSync(join(tmpdir(), 'kheo-shapes-'));
	try {
		const file = join(folder, 'communes.json');
		writeFileSync(file, JSON.stringify({ type: 'FeatureCollection', features }));
		expect(await importShapes(db, machine, file)).toMatchObject({ tier: 'commune', count: rows.length, day });
	} finally {
		rmSync(folder, { recursive: true });
	}
	const province = await placeOf(db, '40', day);
	const communes = await listCommunes(db, province?.id ?? '', day);
	expect(communes.length).toBe(412);
	expect(communes.every(({ district }) => district !== null)).toBe(true);
	const ids = communes.map(({ id }) => id);
	expect(new Set((await listShapes(db, ids)).map(({ placeId }) => placeId)).size).toBe(412);
	expect((await listFineShapes(db, ids)).length).toBe(412);
});

test('what an old commune registered stands on the commune that it became; the rest is told', async ({ db }) => {
	const [province] = await establish(db, machine, {
		units: [{ code: 'KG', name: 'Tỉnh uỷ Kiên Giang', kind: 'province_committee', parentId: null }]
	});
	const unitId = province?.id ?? '';
	const [commune, unknown] = await establish(db, machine, {
		units: [
			{ code: 'KG-1', name: 'Đảng uỷ Xã Thổ Châu', kind: 'commune_committee', parentId: unitId },
			{ code: 'KG-2', name: 'Đảng uỷ Xã Không Có', kind: 'commune_committee', parentId: unitId }
		]
	});
	const model = (unit: string, name: string) => input(unit, { name, year: 2019, registeredOn: '2019-03-01' });
	await registered(db, machine, model(commune?.id ?? '', 'Tủ sách'));
	await registered(db, machine, model(commune?.id ?? '', 'Bếp ăn'));
	await registered(db, machine, model(unknown?.id ?? '', 'Đường hoa'));
	const place = await placeOf(db, '91');
	const question = {
		figure: figureNamed('models.registered'),
		from: '2019-01-01',
		asOf: '2019-12-31',
		structure: 'now',
		day: '2026-05-01'
	} as const;
	const told = await askCommunes(db, machine, { question, unitId, placeId: place?.id ?? '' });
	const names = new Map((await listIn(db, place?.id ?? '')).map(({ id, name }) => [id, name]));
	expect([...(told?.values ?? [])].map(([id, one]) => [names.get(id), one.value, one.unitCode])).toEqual([
		['Đặc khu Thổ Châu', 2, 'KG-1']
	]);
	expect(told?.rest).toBe(1);
	const stranger = { id: null, name: 'Người ngoài', grants: [], everything: false };
	expect(await askCommunes(db, stranger, { question, unitId, placeId: place?.id ?? '' })).toBeNull();
});
