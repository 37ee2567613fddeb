import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect } from 'vitest';
import { operator } from '#lib/accounts/actor.ts';
import { toneKey } from '#lib/vietnamese/text.ts';
import { test, testOn } from '../../../tests/database.ts';
import { placesWorld } from '../../../tests/worlds.ts';
import { readFolder } from './files.server.ts';
import { fillPlaces, importFolder } from './import.server.ts';
import { readPackage } from './package.server.ts';
import * as places from './place.server.ts';
import { search } from './search.server.ts';

const FOLDER = new URL('../../../../shared/data/admin/', import.meta.url).pathname;
const ABSENT = 'the checked lists are not beside the project (../shared/data/admin)';
const machine = operator('thử nghiệm');
const filled = testOn(placesWorld);

describe('on a first start', () => {
	filled('the whole country is there, once', async ({ db }) => {
		const count = async (day: string) =>
			Object.fromEntries((await places.countKinds(db, day)).map(({ kind, count }) => [kind, count]));
		expect(await count('2025-06-30')).toMatchObject({ district: 508, city: 87, town: 52, urban_district: 49 });
		expect(await count('2025-07-01')).toMatchObject({ commune: 2621, ward: 687, special_zone: 13, province: 28 });
		expect(await count('2026-04-30')).toMatchObject({ commune: 2611, ward: 697, special_zone: 13, municipality: 7 });
		expect(await fillPlaces(db)).toBe(false);
		expect(await places.findSource(db)).toMatchObject({ source: 'package' });
	});

	filled('a code means a place on a day', async ({ db }) => {
		expect(await places.placeOf(db, '24', '2025-06-30')).toMatchObject({ name: 'Tỉnh Bắc Giang' });
		expect(await places.placeOf(db, '24', '2025-07-01')).toMatchObject({ name: 'Tỉnh Bắc Ninh' });
		expect(await places.placeOf(db, '75', '2026-04-29')).toMatchObject({ name: 'Tỉnh Đồng Nai', kind: 'province' });
		expect(await places.placeOf(db, '75', '2026-04-30')).toMatchObject({ kind: 'municipality' });
		expect(await places.placeOf(db, '99')).toBeNull();
	});

	filled('what is known to be wrong in the package was put right', async ({ db }) => {
		expect(await places.placeOf(db, '23938', '2025-06-30')).toMatchObject({ name: 'Xã Ia Mơ' });
		expect(await places.placeOf(db, '23938')).toMatchObject({ name: 'Xã Ia Mơ' });
		expect(await places.placeOf(db, '06970')).toMatchObject({ name: 'Xã Ba Chẽ' });
		expect(await places.placeOf(db, '00745')).toMatchObject({ name: 'Xã Phố Bảng' });
		const [island] = (await search(db, 'huyện Hoàng Sa', { limit: 5 })).hits;
		expect(island?.becomes).toMatchObject([{ code: '20333', name: 'Đặc khu Hoàng Sa', extent: 'whole' }]);
	});
});

describe('a search', () => {
	filled('finds present and former names, wherever the tone mark sits', async ({ db }) => {
		const names = async (text: string) => (await search(db, text, { limit: 9 })).hits.map((hit) => hit.name);
		expect(await names('Hoà Bình')).toEqual(await names('Hòa Bình'));
		expect((await names('ba đình'))[0]).toBe('Phường Ba Đình');
		const former = await search(db, 'xã Hồ Bốn cũ', { limit: 5 });
		expect(former.hits[0]).toMatchObject({ name: 'Xã Hồ Bốn', until: '2025-06-30', tier: 'commune' });
		expect(former.hits[0]?.becomes).toMatchObject([{ name: 'Xã Khao Mang' }]);
		expect((await search(db, '04471', { limit: 5 })).hits.map((hit) => hit.code)).toContain('04471');
		expect(await search(db, "%_'; drop", { limit: 5 })).toEqual({ hits: [], total: 0 });
	});

	filled('asked of an earlier day says what the place was called then', async ({ db }) => {
		const [hit] = (await search(db, 'tỉnh Yên Bái', { day: '2025-06-30', limit: 5 })).hits;
		expect(hit).toMatchObject({ name: 'Tỉnh Yên Bái', until: '2025-06-30', becomes: [{ name: 'Tỉnh Yên Bái' }] });
	});
});

describe('lists of a folder', () => {
	test('are taken in whole, once; the same again changes nothing', async ({ db, skip }) => {
		if (!existsSync(FOLDER)) skip(ABSENT);
		const first = await importFolder(db, machine, FOLDER);
		expect(first).toMatchObject({ refused: [], changed: true });
		expect(first.counts).toMatchObject({
			before: { province: 63, district: 696, commune: 10_035 },
			since: { province: 34, commune: 3321 },
			split: 442,
			present: { commune: 2611, ward: 697, special_zone: 13 }
		});
		expect(await importFolder(db, machine, FOLDER)).toMatchObject({ refused: [], changed: false });
		const { rows } = await sql`select 1 from actions where noun = 'place' and verb = 'load'`.execute(db);
		expect(rows.length).toBe(1);
		const split = await places.placeOf(db, '00007', '2025-06-30');
		const successors = split ? await places.listSuccessors(db, split.id) : [];
		expect(successors.every((one) => one.extent !== null)).toBe(true);
		const alias = await search(db, 'Phường 13 Quận Gò Vấp', { limit: 3 });
		expect(alias.total).toBe(0);
		const inhabited = (await search(db, 'phuong 13', { limit: 50 })).hits.filter((hit) => hit.isAlias);
		expect(inhabited.flatMap((hit) => hit.becomes.map((one) => one.name))).toContain('Phường An Hội Tây');
	});

	test('with faults are refused by file and line, and nothing changes', async ({ db, skip }) => {
		if (!existsSync(FOLDER)) skip(ABSENT);
		const folder = mkdtempSync(join(tmpdir(), 'kheo-places-'));
		try {
			cpSync(FOLDER, folder, { recursive: true });
			const file = join(folder, 'map_commune_to_2025-07.csv');
			const lines = readFileSync(file, 'utf8').split('\n');
			writeFileSync(file, [lines[0], ...lines.slice(2)].join('\n'));
			rmSync(join(folder, 'name_variants.csv'));
			expect((await importFolder(db, machine, folder)).refused).toMatchObject([
				{ file: 'name_variants.csv', code: 'file_missing' }
			]);
			cpSync(join(FOLDER, 'name_variants.csv'), join(folder, 'name_variants.csv'));
			expect((await importFolder(db, machine, folder)).refused).toMatchObject([
				{ file: 'communes_2025-03.csv', line: 2, code: 'successor_missing', params: { code: '00001' } }
			]);
			writeFileSync(file, Buffer.from([0xff, 0xfe, 0x41]));
			expect((await importFolder(db, machine, folder)).refused).toMatchObject([{ code: 'not_utf8' }]);
			expect(await places.findSource(db)).toBeNull();
		} finally {
			rmSync(folder, { recursive: true });
		}
	});

	test('are not for persons', async ({ db, skip }) => {
		if (!existsSync(FOLDER)) skip(ABSENT);
		const person = { id: null, name: 'Lê Thị Hạnh', grants: [], everything: false };
		await expect(importFolder(db, person, FOLDER)).rejects.toMatchObject({ code: 'access.denied' });
	});
});

test('the package tells what the checked lists tell', async ({ skip }) => {
	if (!existsSync(FOLDER)) skip(ABSENT);
	const [told, { gazetteer: checked }] = [await readPackage(), await readFolder(FOLDER)];
	const spellings = new Map(checked.aliases.map((alias) => [alias.place, toneKey(alias.name)]));
	const named = (list: typeof told.before) =>
		new Map(list.places.flatMap((place) => (place.code === null ? [] : [[place.code, toneKey(place.fullName)]])));
	// Names of townships of state farms: the decisions leave "Nông trường" out.
	const farm = / nt | n\.t | nông trường /;
	for (const epoch of ['before', 'since'] as const) {
		const [ours, theirs] = [named(told[epoch]), named(checked[epoch])];
		const coded = [...theirs].filter(([code]) => code.length !== 3);
		expect(coded.map(([code]) => code).filter((code) => !ours.has(code))).toEqual([]);
		expect([...ours.keys()].filter((code) => !theirs.has(code))).toEqual([]);
		const differing = coded.filter(([code, name]) => {
			const other = ours.get(code)?.replaceAll('’', "'");
			return other !== name && other !== spellings.get(code) && !farm.test(` ${name} `);
		});
		expect(differing).toEqual([]);
	}
	const districts = (list: typeof told.before) =>
		list.places
			.filter(({ tier }) => tier === 'district')
			.map(({ fullName, parent }) => `${parent} ${toneKey(fullName)}`);
	expect(districts(told.before).toSorted()).toEqual(districts(checked.before).toSorted());
	const targets = Map.groupBy(checked.moves, (move) => move.old);
	const astray = told.moves.filter(
		({ old, becomes }) =>
			/^\d+$/.test(old) && !targets.get(old)?.some((move) => move.becomes === becomes && move.isPrimary)
	);
	expect(astray).toEqual([]);
	expect(told.changes.map(({ code, becomes, day }) => [code, becomes, day]).toSorted()).toEqual(
		checked.changes.map(({ code, becomes, day }) => [code, becomes, day]).toSorted()
	);
});
