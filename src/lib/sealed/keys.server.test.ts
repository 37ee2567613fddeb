import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect } from 'vitest';
import type { Opened } from '#lib/server/db.ts';
import { projectFolder, readSettings } from '#lib/server/settings.ts';
import { databaseUrl, test } from '../../../tests/database.ts';
import { keyFolder, SENDER, sealedWorld, takeIn } from '../../../tests/sealed-people.ts';
import { newKey } from './envelope.server.ts';
import { keyFile, keyLine, listKnown, loadKeys, readKeys, type KeySource } from './master-key.server.ts';
import { rotate } from './rotation.server.ts';
import { open } from './sealed.server.ts';

const REASON = 'Liên hệ để xác minh nội dung đơn';
let source: KeySource;
let remove: () => Promise<void>;
beforeEach(async () => ({ source, remove } = await keyFolder()));
afterEach(() => remove());

const nameOf = async (opened: Opened) =>
	(await opened.pool.query<{ name: string }>('select current_database() as name')).rows[0]?.name ?? '';

/** Does something to the database that the application could not. */
async function harm(opened: Opened, statement: string): Promise<void> {
	const owner = new pg.Client({ connectionString: databaseUrl('superuser', await nameOf(opened)) });
	await owner.connect();
	await owner.query(statement).finally(() => owner.end());
}

async function sealedCases(opened: Opened, count: number) {
	const people = await sealedWorld(opened.db);
	const ids: string[] = [];
	for (let made = 0; made < count; made += 1)
		ids.push(await takeIn(opened.db, people.handler, source, { unitId: people.topId }));
	const read = (caseId: string | undefined) =>
		open(opened.db, people.handler, source, { caseId: caseId ?? '', reason: REASON });
	return { ...people, ids, read };
}

describe('a key is refused', () => {
	test('when others can read its file, when it is malformed, another one, or gone; and no new one is made then', async ({
		clone
	}) => {
		const { ids, read } = await sealedCases(clone, 1);
		const file = keyFile(source.data);
		expect((await stat(file)).mode & 0o777).toBe(0o600);
		const good = await readFile(file, 'utf8');
		await chmod(file, 0o640);
		await expect(read(ids[0])).rejects.toMatchObject({ code: 'sealed.key_exposed', params: { mode: '640' } });
		await chmod(file, 0o600);
		for (const [text, code] of [
			['1:abc\n', 'sealed.key_invalid'],
			[`${good}${good}`, 'sealed.key_invalid'],
			[`${keyLine(1, newKey())}\n`, 'sealed.key_wrong'],
			[`${keyLine(2, newKey())}\n`, 'sealed.key_missing'],
			['', 'sealed.key_missing']
		] as const) {
			await writeFile(file, text);
			await expect(read(ids[0]), text).rejects.toMatchObject({ code });
		}
		await rm(file);
		await expect(read(ids[0])).rejects.toMatchObject({ code: 'sealed.key_missing' });
		await expect(stat(file)).rejects.toThrow('ENOENT');
		await writeFile(file, good, { mode: 0o600 });
		expect(await read(ids[0])).toEqual(SENDER);
	});

	test('by the settings, which do not repeat it', () => {
		const text = `1:${randomBytes(30).toString('base64url')}`;
		let refused: unknown;
		try {
			readSettings({ KHEO_MASTER_KEY: text });
		} catch (error) {
			refused = error;
		}
		expect(refused).toMatchObject({ code: 'settings.invalid', params: { name: 'KHEO_MASTER_KEY' } });
		expect(inspect(refused, { depth: 9 })).not.toContain(text.slice(2));
		expect(inspect(newKey())).not.toMatch(/[A-Za-z0-9_-]{43}/);
	});
});

test('what was swapped, altered or cut is not opened', async ({ clone }) => {
	const { ids, read } = await sealedCases(clone, 2);
	const [one, two] = ids;
	const swaps = [
		`update sealed_fields f set ciphertext = o.ciphertext from sealed_fields o
			where f.case_id = '${one}' and o.case_id = '${two}' and f.field = o.field`,
		`update sealed_fields f set ciphertext = o.ciphertext from sealed_fields o
			where f.case_id = '${one}' and o.case_id = '${one}' and f.field = 'name' and o.field = 'phone'`,
		`update sealed_keys k set wrapped = o.wrapped from sealed_keys o where k.case_id = '${one}' and o.case_id = '${two}'`,
		`update sealed_keys set id = '00000000-0000-4000-8000-000000000000' where case_id = '${one}'`,
		`update sealed_keys set wrapped = set_byte(wrapped, 40, 255 - get_byte(wrapped, 40)) where case_id = '${one}'`,
		`update sealed_fields set ciphertext = substring(ciphertext for 20) where case_id = '${one}'`,
		`update sealed_fields set ciphertext = substring(ciphertext for length(ciphertext) - 1) where case_id = '${one}'`,
		`update sealed_fields set ciphertext = set_byte(ciphertext, 13, 255 - get_byte(ciphertext, 13)) where case_id = '${one}'`
	];
	const saved = `create table saved_fields as table sealed_fields; create table saved_keys as table sealed_keys`;
	await harm(clone, saved);
	for (const swap of swaps) {
		await harm(clone, swap);
		await expect(read(one), swap).rejects.toMatchObject({ code: 'sealed.damaged' });
		await harm(
			clone,
			`delete from sealed_fields; insert into sealed_fields table saved_fields;
			delete from sealed_keys; insert into sealed_keys table saved_keys`
		);
	}
	expect(await read(one)).toEqual(SENDER);
});

describe('rotation', () => {
	test('wraps everything anew, twice, and leaves only the last key', async ({ clone }) => {
		const { ids, read, handler, topId } = await sealedCases(clone, 5);
		expect(await rotate(clone.db, source, 2)).toEqual({ version: 2, rewrapped: 5, retired: [1] });
		expect([...readKeys(source).keys()]).toEqual([2]);
		const later = await takeIn(clone.db, handler, source, { unitId: topId });
		expect(await rotate(clone.db, source, 2)).toEqual({ version: 3, rewrapped: 6, retired: [2] });
		for (const id of [...ids, later]) expect(await read(id)).toEqual(SENDER);
		expect((await stat(keyFile(source.data))).mode & 0o777).toBe(0o600);
		expect(await listKnown(clone.db)).toMatchObject([
			{ version: 1, retired: true, cases: 0 },
			{ version: 2, retired: true, cases: 0 },
			{ version: 3, retired: false, cases: 6 }
		]);
	});

	test('who still holds the old keys in memory seals nothing with a retired one', async ({ clone }) => {
		const { handler, topId } = await sealedCases(clone, 1);
		const stale = await loadKeys(clone.db, source);
		await rotate(clone.db, source);
		const { seal } = await import('./sealed.server.ts');
		await expect(
			clone.db
				.transaction()
				.execute((tx) =>
					seal(tx, handler, stale, { caseId: crypto.randomUUID(), noun: 'petition', unitId: topId, fields: SENDER })
				)
		).rejects.toMatchObject({ code: 'database.busy' });
	});

	test('from the environment goes over to a key that stands there beside the old one', async ({ clone }) => {
		const [first, second] = [keyLine(1, newKey()), keyLine(2, newKey())];
		source = { ...source, masterKey: first };
		const { ids, read } = await sealedCases(clone, 2);
		await expect(rotate(clone.db, source)).rejects.toMatchObject({
			code: 'sealed.key_from_environment',
			params: { version: 2 }
		});
		source = { ...source, masterKey: `${second},${first}` };
		expect(await rotate(clone.db, source)).toMatchObject({ version: 2, rewrapped: 2, retired: [1] });
		source = { ...source, masterKey: second };
		expect(await read(ids[1])).toEqual(SENDER);
	});

	test('killed on the way, everything still opens, and run again it ends', async ({ clone }) => {
		const { ids, read } = await sealedCases(clone, 40);
		const name = await nameOf(clone);
		const child = spawn(process.execPath, ['src/cli/kheo.ts', 'sealed', 'rotate', '--batch', '1'], {
			cwd: projectFolder(),
			stdio: 'ignore',
			env: {
				...process.env,
				KHEO_DATA: source.data,
				KHEO_DATABASE_URL: databaseUrl('app', name),
				KHEO_MIGRATOR_URL: databaseUrl('migrator', name)
			}
		});
		const ended = new Promise((resolve) => child.once('exit', resolve));
		const rewrapped = async () =>
			(await clone.pool.query('select from sealed_keys where master_version = 2')).rowCount ?? 0;
		await expect.poll(rewrapped, { timeout: 25_000, interval: 5 }).toBeGreaterThan(0);
		child.kill('SIGKILL');
		await ended;
		const done = await rewrapped();
		expect(done).toBeLessThan(40);
		for (const id of [ids[0], ids[39]]) expect(await read(id)).toEqual(SENDER);
		expect(await rotate(clone.db, source)).toEqual({ version: 2, rewrapped: 40 - done, retired: [1] });
		for (const id of ids) expect(await read(id)).toEqual(SENDER);
	});

	test('ended between the database and the file, the next run only clears the file', async ({ clone }) => {
		const { ids, read } = await sealedCases(clone, 2);
		const old = await readFile(keyFile(source.data), 'utf8');
		await rotate(clone.db, source);
		await writeFile(keyFile(source.data), old + (await readFile(keyFile(source.data), 'utf8')));
		expect(await rotate(clone.db, source)).toEqual({ version: 2, rewrapped: 0, retired: [] });
		expect([...readKeys(source).keys()]).toEqual([2]);
		expect(await read(ids[0])).toEqual(SENDER);
	});
});
