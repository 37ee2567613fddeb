import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { describe, expect, test as base } from 'vitest';
import { bundledParts } from './postgres.parts.ts';
import { clusterStatus, joinCluster, keepCluster, stopCluster } from './postgres.ts';

const options = { parts: bundledParts(), disposable: true };

/** A data folder without anything, removed afterwards with whatever runs in it. */
const test = base.extend('folder', async ({}, { onCleanup }) => {
	const folder = await mkdtemp(join(tmpdir(), 'kheo-cluster-'));
	onCleanup(async () => {
		await stopCluster(folder);
		await rm(folder, { recursive: true });
	});
	return folder;
});

describe('the embedded PostgreSQL', () => {
	test('runs as long as a member is there, and keeps what was written', async ({ folder }) => {
		const first = await joinCluster(folder, { options });
		const second = await joinCluster(folder, { options });
		await ask(first.access.migrator, 'create table kept as select 7 as number');
		await first.leave();
		expect(await ask(second.access.migrator, 'select number from kept')).toEqual([{ number: 7 }]);
		await second.leave();
		expect(await clusterStatus(folder)).toBeNull();
		const third = await joinCluster(folder, { options });
		expect(await ask(third.access.migrator, 'select number from kept')).toEqual([{ number: 7 }]);
		await third.leave();
	});

	test('is back within seconds after it was killed', async ({ folder }) => {
		const member = await joinCluster(folder, { options });
		const before = await clusterStatus(folder);
		process.kill(before?.pid ?? 0, 'SIGKILL');
		await expect.poll(() => pidOf(folder), { timeout: 20_000 }).not.toBe(before?.pid);
		await member.leave();
	});

	test('starts over a pid file that names another living program', async ({ folder }) => {
		await (await joinCluster(folder, { options })).leave();
		const lines = [process.pid, folder, 0, 1, '', '127.0.0.1', ' 1 1', 'ready'];
		await writeFile(join(folder, 'postgres/postmaster.pid'), lines.join('\n'));
		const member = await joinCluster(folder, { options });
		expect(await ask(member.access.app, 'select current_user as who')).toEqual([{ who: 'kheo_app' }]);
		await member.leave();
	});

	test('is not stopped under somebody who uses it', async ({ folder }) => {
		const member = await joinCluster(folder, { options });
		await expect(stopCluster(folder)).rejects.toMatchObject({ code: 'database.in_use' });
		await member.leave();
	});

	test('stays when it was started by hand', async ({ folder }) => {
		const member = await joinCluster(folder, { options });
		await keepCluster(folder);
		await member.leave();
		expect(await clusterStatus(folder)).toMatchObject({ clients: 0 });
		expect(await stopCluster(folder)).toBe(true);
	});

	test('lets nobody in without a password', async ({ folder }) => {
		const member = await joinCluster(folder, { options });
		const url = new URL(member.access.app);
		url.password = 'guess';
		await expect(ask(url.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
		const record = await readFile(join(folder, 'postgres.json'), 'utf8');
		expect(JSON.parse(record)).toMatchObject({ port: Number(url.port) });
		await member.leave();
	});
});

async function pidOf(folder: string): Promise<number | undefined> {
	await setTimeout(50);
	const status = await clusterStatus(folder).catch(() => null);
	return status?.pid ?? (await pidOf(folder));
}

async function ask(url: string, statement: string): Promise<unknown[]> {
	const client = new pg.Client({ connectionString: url });
	client.on('error', () => undefined);
	await client.connect();
	try {
		return (await client.query(statement)).rows;
	} finally {
		await client.end();
	}
}
