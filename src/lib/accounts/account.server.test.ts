import { describe, expect } from 'vitest';
import type { Db } from '#lib/server/db.ts';
import { establish } from '#lib/units/unit.server.ts';
import { test } from '../../../tests/database.ts';
import { create } from './account.server.ts';
import { operator, type Actor, type Role } from './actor.ts';
import { actorOf, endRole, listUnder } from './role.server.ts';

const machine = operator('thử nghiệm');
const password = 'mot-cau-de-nho';

async function world(db: Db) {
	const [top] = await establish(db, machine, {
		units: [{ code: 'K', name: 'Đảng uỷ Khối', kind: 'bloc_committee', parentId: null }]
	});
	const topId = top?.id ?? '';
	const [base] = await establish(db, machine, {
		units: [{ code: 'K-1', name: 'Đảng bộ Sở Y tế', kind: 'base_committee', parentId: topId }]
	});
	return { topId, baseId: base?.id ?? '' };
}

async function person(db: Db, of: { name: string; unitId: string; role: Role }): Promise<Actor> {
	const email = `${of.role}.${of.unitId}@example.vn`;
	const { id } = await create(db, machine, {
		name: of.name,
		email,
		password,
		grants: [{ unitId: of.unitId, role: of.role }]
	});
	return actorOf(db, { id, name: of.name });
}

describe('refusals', () => {
	test('only who manages accounts on the unit may add or end; an address has one account', async ({ db }) => {
		const { topId, baseId } = await world(db);
		const officer = await person(db, { name: 'Lò Thị Mai', unitId: topId, role: 'officer' });
		const below = await person(db, { name: 'Hà Văn Bình', unitId: baseId, role: 'administrator' });
		const account = {
			name: 'Đỗ An',
			email: 'do.an@example.vn',
			password,
			grants: [{ unitId: topId, role: 'officer' as const }]
		};
		await expect(create(db, officer, account)).rejects.toMatchObject({ code: 'access.denied' });
		await expect(create(db, below, account)).rejects.toMatchObject({ code: 'input.not_found' });
		await expect(listUnder(db, officer, topId)).rejects.toMatchObject({ code: 'access.denied' });
		await create(db, machine, account);
		await expect(create(db, machine, account)).rejects.toMatchObject({ code: 'account.email_taken' });
		const [grant] = await listUnder(db, machine, topId);
		await expect(endRole(db, officer, grant?.grantId ?? '')).rejects.toMatchObject({ code: 'access.denied' });
		await expect(endRole(db, below, grant?.grantId ?? '')).rejects.toMatchObject({ code: 'input.not_found' });
	});

	test('the last administrator stays; a role ends once', async ({ db }) => {
		const { topId, baseId } = await world(db);
		await person(db, { name: 'Lò Thị Mai', unitId: topId, role: 'administrator' });
		const [only] = await listUnder(db, machine, topId);
		await expect(endRole(db, machine, only?.grantId ?? '')).rejects.toMatchObject({
			code: 'account.last_administrator'
		});
		await person(db, { name: 'Hà Văn Bình', unitId: baseId, role: 'administrator' });
		const below = (await listUnder(db, machine, baseId))[0]?.grantId ?? '';
		await endRole(db, machine, below);
		await expect(endRole(db, machine, below)).rejects.toMatchObject({ code: 'account.role_not_found' });
	});
});

test('an ended role opens nothing any more; people are listed by given name', async ({ db }) => {
	const { topId } = await world(db);
	const manager = await person(db, { name: 'Nguyễn Minh Quân', unitId: topId, role: 'administrator' });
	await person(db, { name: 'Vũ Thị An', unitId: topId, role: 'officer' });
	expect((await listUnder(db, manager, topId)).map(({ name }) => name)).toEqual(['Vũ Thị An', 'Nguyễn Minh Quân']);
	const [first] = await listUnder(db, manager, topId);
	await endRole(db, manager, first?.grantId ?? '');
	expect((await listUnder(db, manager, topId)).map(({ name }) => name)).toEqual(['Nguyễn Minh Quân']);
	expect((await actorOf(db, { id: first?.id ?? '', name: 'Vũ Thị An' })).grants).toEqual([]);
});
