import { describe, expect } from 'vitest';
import { create } from '#lib/accounts/account.server.ts';
import type { Actor, Role } from '#lib/accounts/actor.ts';
import type { Db } from '#lib/server/db.ts';
import { getByCode } from '#lib/units/unit.server.ts';
import { operator } from '#lib/accounts/actor.ts';
import { testOn } from '../../../../tests/database.ts';
import { blocWorld } from '../../../../tests/worlds.ts';
import { find } from './find.server.ts';

const test = testOn(blocWorld);

async function person(db: Db, code: string, role: Role): Promise<Actor> {
	const unit = await getByCode(db, operator('thử nghiệm'), code);
	return { id: null, name: 'Lê Thị Hạnh', grants: [{ unitId: unit.id, role }], everything: false };
}

describe('what may not be seen is not found', () => {
	test('by who has no unit', async ({ db }) => {
		const stranger = { id: null, name: 'Người ngoài', grants: [], everything: false };
		for (const text of ['mo hinh', 'YB-DUK', 'so', 'bao cao', '@'])
			expect((await find(db, stranger, text)) ?? []).toEqual([]);
	});

	test('outside the own unit', async ({ db }) => {
		const base = await person(db, 'YB-DUK-14', 'officer');
		const units = (await find(db, base, 'YB-DUK'))?.find((group) => group.name === 'units');
		expect(units?.hits.map((hit) => hit.href)).toEqual(['/units/YB-DUK-14']);
		const own = await find(db, base, 'giup');
		const all = await find(db, await person(db, 'YB-DUK', 'officer'), 'giup');
		const total = (groups: typeof own) => groups?.find((group) => group.name === 'models')?.total ?? 0;
		expect(total(own)).toBeLessThan(total(all));
		expect((await find(db, base, 'YB-DUK-14'))?.some((group) => group.name === 'accounts')).toBe(false);
	});

	test('models and figures by who only administers', async ({ db }) => {
		const found = await find(db, await person(db, 'YB-DUK', 'administrator'), 'mo hinh');
		expect((found ?? []).filter(({ name }) => name === 'models' || name === 'figures' || name === 'reports')).toEqual(
			[]
		);
	});
});

describe('what is found', () => {
	test('an account by name or address, by who manages it and by nobody else', async ({ db }) => {
		const unit = await getByCode(db, operator('thử nghiệm'), 'YB-DUK-14');
		const account = { name: 'Đỗ Thị Thử', email: 'tim-thay@mau.example', password: 'mot-mat-khau-du-dai' };
		await create(db, operator('thử nghiệm'), { ...account, grants: [{ unitId: unit.id, role: 'officer' }] });
		const administrator = await person(db, 'YB-DUK', 'administrator');
		const officer = await person(db, 'YB-DUK', 'officer');
		for (const text of ['do thi thu', 'Tim-Thay@']) {
			const found = (await find(db, administrator, text))?.find(({ name }) => name === 'accounts');
			expect(found).toMatchObject({ total: 1, hits: [{ title: 'Đỗ Thị Thử' }] });
			expect(found?.all).toEqual([`/accounts?${new URLSearchParams({ q: text })}`]);
			expect(await find(db, officer, text)).toEqual([]);
		}
	});

	test('too little is asked for more', async ({ db }) => {
		const officer = await person(db, 'YB-DUK', 'officer');
		expect(await find(db, officer, '')).toBeNull();
		expect(await find(db, officer, ' đ ')).toBeNull();
	});

	test('without tone marks, by code, with the way to the rest', async ({ db }) => {
		const officer = await person(db, 'YB-DUK', 'officer');
		const marked = await find(db, officer, 'giúp');
		const bare = await find(db, officer, 'giup');
		expect(bare?.map(({ name, total }) => [name, total])).toEqual(marked?.map(({ name, total }) => [name, total]));
		const models = bare?.find((group) => group.name === 'models');
		expect(models?.hits.length).toBeLessThanOrEqual(5);
		expect(models?.all).toEqual(['/models?unit=YB-DUK&q=giup']);
		const byFigure = await find(db, officer, 'mo hinh dang ky');
		expect(byFigure?.find((group) => group.name === 'figures')?.hits[0]?.href).toContain('/figures/models.');
		const byCode = (await find(db, officer, 'yb-duk-14'))?.find((group) => group.name === 'units');
		expect(byCode?.hits[0]).toMatchObject({ href: '/units/YB-DUK-14' });
		expect(await find(db, officer, "100%_'; drop")).toEqual([]);
	});
});
