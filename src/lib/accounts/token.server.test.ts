import { expect } from 'vitest';
import { personWith, tokenFor } from '#lib/api/caller.sample.ts';
import { office } from '#lib/models/office.sample.ts';
import { today } from '#lib/server/clock.ts';
import { dayPlus } from '#lib/vietnamese/day.ts';
import { test } from '../../../tests/database.ts';
import { create, listManaged, listOwn, revoke } from './token.server.ts';
import { TOKENS_AT_MOST } from './token.ts';

test('tokens end within a year, are few, and nobody but owner and administrator sees or ends them', async ({ db }) => {
	const world = await office(db);
	const { actor, id } = await tokenFor(db, { unitId: world.one, role: 'officer' });
	const wanted = { name: 'Kho dữ liệu', unitId: world.one, scopes: ['unit.read'] as const };
	const day = (count: number) => create(db, actor, { ...wanted, expiresOn: dayPlus(today(), count) });
	await expect(day(0)).rejects.toMatchObject({ code: 'token.expired_already' });
	await expect(day(367)).rejects.toMatchObject({ code: 'token.expires_too_late' });
	for (let made = 1; made < TOKENS_AT_MOST; made++) await day(366);
	await expect(day(1)).rejects.toMatchObject({ code: 'token.too_many' });

	const neighbour = await personWith(db, [{ unitId: world.two, role: 'administrator' }]);
	const chief = await personWith(db, [{ unitId: world.top, role: 'administrator' }]);
	expect(await listManaged(db, neighbour.actor)).toEqual([]);
	expect(await listManaged(db, actor)).toEqual([]);
	expect(await listManaged(db, chief.actor)).toHaveLength(TOKENS_AT_MOST);
	for (const other of [neighbour.actor, world.reviewer, world.nobody])
		await expect(revoke(db, other, id)).rejects.toMatchObject({ code: 'token.not_found' });
	await revoke(db, chief.actor, id);
	await expect(revoke(db, actor, id)).rejects.toMatchObject({ code: 'token.not_found' });
	expect((await listOwn(db, actor)).filter((token) => token.revokedAt)).toMatchObject([{ id, lastUsedAt: null }]);
	await day(1);
});

test('only a hash of the secret is kept', async ({ db }) => {
	const world = await office(db);
	const { secret } = await tokenFor(db, { unitId: world.one, role: 'officer' });
	expect(secret).toMatch(/^kheo_[\w-]{43}$/);
	for (const table of ['api_tokens', 'actions'] as const) {
		const rows = await db.selectFrom(table).selectAll().execute();
		expect(JSON.stringify(rows)).not.toContain(secret);
	}
});
