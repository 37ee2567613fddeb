import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect } from 'vitest';
import { databaseUrl, freshDatabase, test as base } from '../../../tests/database.ts';
import { hasQueues } from './jobs.ts';
import { describeSchema, describeTypes } from './migrate.schema.ts';
import { migrate } from './migrate.ts';
import { projectFolder } from './settings.ts';

/** `blank`: a database without any migration. `folder`: an empty folder for migrations. */
const test = base
	.extend('blank', async ({}, { onCleanup }) => {
		const { name, drop } = await freshDatabase({ migrated: false });
		onCleanup(drop);
		return databaseUrl('migrator', name);
	})
	.extend('folder', async ({}, { onCleanup }) => {
		const folder = await mkdtemp(join(tmpdir(), 'kheo-migrations-'));
		onCleanup(() => rm(folder, { recursive: true }));
		return folder;
	});

describe('the committed schema', () => {
	test('schema.sql is what the migrations make', async () => {
		const committed = await readFile(join(projectFolder(), 'db/schema.sql'), 'utf8');
		expect(await describeSchema(databaseUrl('migrator', 'kheo'))).toBe(committed);
	});

	test('types.ts is what the migrations make', async () => {
		const committed = await readFile(join(projectFolder(), 'db/types.ts'), 'utf8');
		expect(await describeTypes(databaseUrl('migrator', 'kheo'))).toBe(committed);
	});
});

describe('migrations', () => {
	test('a queue that an earlier program did not know is made, though no file is missing', async ({ clone }) => {
		const url = databaseUrl('migrator', new URL(clone.pool.options.connectionString ?? '').pathname.slice(1));
		const client = new pg.Client({ connectionString: url });
		await client.connect();
		try {
			await client.query("select jobs.delete_queue('database.statistics')");
			expect(await hasQueues(client)).toBe(false);
			expect(await migrate(url)).toEqual([]);
			expect(await hasQueues(client)).toBe(true);
		} finally {
			await client.end();
		}
	});

	test('two runs at once apply each file once, a third nothing', async ({ blank }) => {
		const [first, second] = await Promise.all([migrate(blank), migrate(blank)]);
		expect([first.length, second.length].sort()).toEqual([0, expect.any(Number)]);
		expect(await migrate(blank)).toEqual([]);
	});

	test('a file changed after it was applied is refused', async ({ blank, folder }) => {
		await writeFile(join(folder, '0001_first.sql'), 'select 1');
		expect(await migrate(blank, { folder })).toEqual(['0001_first.sql']);
		await writeFile(join(folder, '0001_first.sql'), 'select 2');
		await expect(migrate(blank, { folder })).rejects.toMatchObject({ code: 'migration.changed' });
	});

	test('a database of a newer version is refused', async ({ blank, folder }) => {
		await migrate(blank);
		await expect(migrate(blank, { folder })).rejects.toMatchObject({ code: 'migration.newer' });
	});

	test('a file that fails leaves nothing, and says which and why', async ({ blank, folder }) => {
		await writeFile(join(folder, '0001_bad.sql'), 'create table half (a int); select * from nowhere');
		await expect(migrate(blank, { folder })).rejects.toMatchObject({
			code: 'migration.failed',
			params: { name: '0001_bad.sql', detail: expect.stringContaining('nowhere') }
		});
		await writeFile(join(folder, '0001_bad.sql'), 'create table half (a int)');
		expect(await migrate(blank, { folder })).toEqual(['0001_bad.sql']);
	});
});
