import pg from 'pg';
import { expect } from 'vitest';
import { databaseUrl, testOn } from '../../../tests/database.ts';
import { blocWorld } from '../../../tests/worlds.ts';
import { seal, verify } from './chain.server.ts';

const test = testOn(blocWorld);

test('the application may add to the ledger and the log, and change nothing there', async ({ clone }) => {
	for (const table of ['postings', 'actions', 'action_blocks', 'action_seals', 'idempotency_keys', 'appraisals']) {
		for (const statement of [`update ${table} set id = id`, `delete from ${table}`, `truncate ${table}`]) {
			await expect(clone.pool.query(statement)).rejects.toThrow(/permission denied|does not exist/);
		}
	}
	await expect(clone.pool.query('update postings set quantity = 2')).rejects.toThrow(/permission denied/);
	await expect(clone.pool.query("update actions set reason = 'x'")).rejects.toThrow(/permission denied/);
});

test('a sealed chain holds; an altered, a removed and a reordered action are found', async ({ clone }) => {
	const sealed = await seal(clone.db);
	expect(sealed).toBeGreaterThan(300);
	expect(await seal(clone.db)).toBe(0);
	expect(await verify(clone.db)).toMatchObject({ actions: sealed, unsealed: 0, broken: [] });
	const name = (await clone.pool.query<{ name: string }>('select current_database() as name')).rows[0]?.name ?? '';
	for (const harm of [
		"update actions set reason = 'sửa' where id = (select max(id::text)::uuid from actions)",
		'delete from actions where id = (select max(id::text)::uuid from actions)',
		'update action_seals set position = 1 - position where block_number = 1 and position in (0, 1)'
	]) {
		const owner = new pg.Client({ connectionString: databaseUrl('superuser', name) });
		await owner.connect();
		await owner.query('begin');
		await owner.query(harm);
		await owner.query('commit');
		await owner.end();
		expect((await verify(clone.db)).broken).toHaveLength(1);
	}
});
