import { describe, expect } from 'vitest';
import { operator, type Actor } from '#lib/accounts/actor.ts';
import { figureNamed } from '#lib/catalogue.ts';
import { input, registered } from '#lib/models/office.sample.ts';
import type { Db } from '#lib/server/db.ts';
import { establish, getByCode } from '#lib/units/unit.server.ts';
import { testOn } from '../../../tests/database.ts';
import { placesWorld } from '../../../tests/worlds.ts';
import { askProvinces } from './value.server.ts';

const machine = operator('thử nghiệm');

const test = testOn(placesWorld);
const figure = figureNamed('models.registered');
const YEAR = { figure, from: '2019-01-01', asOf: '2019-12-31' };

/** The province of Kiên Giang with three registrations of 2019. */
async function kienGiang(db: Db): Promise<void> {
	const [province] = await establish(db, machine, {
		units: [{ code: 'KG', name: 'Tỉnh uỷ Kiên Giang', kind: 'province_committee', parentId: null }]
	});
	const [base] = await establish(db, machine, {
		units: [{ code: 'KG-1', name: 'Đảng uỷ xã Thổ Châu', kind: 'commune_committee', parentId: province?.id ?? '' }]
	});
	for (const name of ['Tủ sách', 'Bếp ăn', 'Đường hoa'])
		await registered(db, machine, input(base?.id ?? '', { name, year: 2019, registeredOn: '2019-03-01' }));
}

async function told(db: Db, actor: Actor, of: { structure: 'then' | 'now'; day: string }) {
	const values = await askProvinces(db, actor, { ...YEAR, ...of });
	return values.filter((one) => one.answer !== null).map(({ place, answer }) => [place.name, answer?.value]);
}

describe('a figure by province', () => {
	const then = { structure: 'then', day: '2019-12-31' } as const;

	test('stands on the 63 provinces of then, and on what they became', async ({ db }) => {
		await kienGiang(db);
		expect((await askProvinces(db, machine, { ...YEAR, ...then })).length).toBe(63);
		expect(await told(db, machine, then)).toEqual([['Tỉnh Kiên Giang', 3]]);
		const now = await askProvinces(db, machine, { ...YEAR, structure: 'now', day: '2026-05-01' });
		expect(now.length).toBe(34);
		const [told34] = now.filter((one) => one.answer !== null);
		expect([told34?.place.name, told34?.answer?.value, told34?.address?.unit]).toEqual(['Tỉnh An Giang', 3, 'KG']);
	});

	test('is told of the own tree only', async ({ db }) => {
		await kienGiang(db);
		const [other] = await establish(db, machine, {
			units: [{ code: 'AG', name: 'Tỉnh uỷ An Giang', kind: 'province_committee', parentId: null }]
		});
		const person = (unitId: string): Actor => ({
			id: null,
			name: 'Lê Thị Hạnh',
			grants: [{ unitId, role: 'officer' }],
			everything: false
		});
		const own = person((await getByCode(db, machine, 'KG')).id);
		expect(await told(db, own, then)).toEqual([['Tỉnh Kiên Giang', 3]]);
		expect(await told(db, person(other?.id ?? ''), then)).toEqual([['Tỉnh An Giang', 0]]);
		expect(await told(db, person('01900000-0000-7000-8000-000000000009'), then)).toEqual([]);
	});

	test('of several committees on one province is a sum, where sums can be', async ({ db }) => {
		await kienGiang(db);
		await establish(db, machine, {
			units: [{ code: 'AG', name: 'Thành uỷ gì đó', kind: 'province_committee', parentId: null, place: '89' }]
		});
		const now = { structure: 'now', day: '2026-05-01' } as const;
		expect(await told(db, machine, now)).toEqual([['Tỉnh An Giang', 3]]);
		const rate = figureNamed('models.recognition_rate');
		const shares = await askProvinces(db, machine, { ...YEAR, ...now, figure: rate });
		expect(shares.find((one) => one.answer !== null)?.answer).toEqual({ value: null, about: false });
	});
});
