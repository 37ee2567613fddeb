import { expect } from 'vitest';
import { test } from '../../../tests/database.ts';
import { findDuplicates } from './duplicate.server.ts';
import { input, office, registered } from './office.sample.ts';
import { draft, withdraw } from './registration.server.ts';

test('like names of the same unit, this year and last, but for tone marks and the place', async ({ db }) => {
	const world = await office(db);
	const make = async (name: string, given: Parameters<typeof input>[1] = {}) =>
		(await draft(db, world.machine, input(given.unitId ?? world.one, { ...given, name }))).id;
	const here = await make('Bếp ăn nghĩa tình tại xã Minh Xuân');
	const last = await make('BẾP ĂN nghĩa tình', { year: 2023, registeredOn: '2023-03-01' });
	await make('Bếp ăn nghĩa tình', { year: 2022, registeredOn: '2022-03-01' });
	await make('Bếp ăn nghĩa tình', { unitId: world.two });
	await make('Bếp ăn nghĩa tình và tủ thuốc');
	const gone = await registered(db, world.machine, input(world.one, { name: 'Bếp ăn nghĩa tình' }));
	await withdraw(db, world.machine, { ids: [gone], reason: 'trùng' });

	const sought = { name: 'bep an nghia tinh', unitId: world.one, year: 2024 };
	expect((await findDuplicates(db, world.officer, sought)).map(({ id }) => id)).toEqual([here, last]);
	expect(await findDuplicates(db, world.neighbour, sought)).toEqual([]);
	const elsewhere = await findDuplicates(db, world.officer, { ...sought, name: 'Bếp ăn nghĩa tình tại xã Phúc Lợi' });
	expect(elsewhere.map(({ id }) => id)).toEqual([last]);
});
