import { sql } from 'kysely';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { setupToken } from '#lib/accounts/account.server.ts';
import { connect, type Db } from '#lib/server/db.ts';
import { setUp } from '#lib/accounts/setup.server.ts';
import { freePort } from '#lib/server/postgres.process.ts';
import { joinCluster, type Membership } from '#lib/server/postgres.ts';
import { callFrom } from '../../src/bench/load/calling.ts';
import { fillCountry, type Country } from '../../src/bench/load/country.ts';
import { compare } from '../../src/bench/load/receipts.ts';
import { registering } from '../../src/bench/load/registering.ts';
import { serve, type Serving } from './server.ts';

const PERSON = { email: 'an@k.example', password: 'đèo Khau Phạ mùa lúa' };
const READY = /Khéo đã sẵn sàng: (\S+)/;
const DRAIN_MS = 3_000;
const COMMUNES = 64;

/** Two processes on one PostgreSQL of its own and one data folder, as behind a proxy. */
let folder = '';
let cluster: Membership;
let serving: Serving[] = [];
let shared: Record<string, string> = {};
let country: Country;
let metrics = '';
let log = '';

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'kheo-processes-'));
	cluster = await joinCluster(folder);
	shared = {
		KHEO_DATA: join(folder, 'data'),
		KHEO_DATABASE_URL: cluster.access.app,
		KHEO_MIGRATOR_URL: cluster.access.migrator,
		KHEO_DRAIN_S: String(DRAIN_MS / 1000),
		KHEO_REQUEST_LOG: 'on',
		KHEO_TRUSTED_PROXIES: '127.0.0.1'
	};
	metrics = `127.0.0.1:${await freePort(0)}`;
	// Both at once: one migrates, the other waits for it.
	serving = await Promise.all([serve([], READY, { ...shared, KHEO_METRICS: metrics }), serve([], READY, shared)]);
	serving[0]?.process.stderr?.setEncoding('utf8').on('data', (piece: string) => (log += piece));
	const { db, close } = connect(cluster.access.app);
	const token = (await setupToken(db)) ?? '';
	await setUp(db, token, {
		...PERSON,
		name: 'Đỗ An',
		unitCode: 'K-1',
		unitName: 'Đảng uỷ Khối',
		unitKind: 'bloc_committee'
	});
	country = await fillCountry(db, { provinces: 2, communes: COMMUNES });
	await close();
}, 120_000);
afterAll(async () => {
	await Promise.all(serving.map(({ stop }) => stop()));
	await cluster.leave();
	await rm(folder, { recursive: true, force: true });
});

const at = (process: number, path: string, headers: Record<string, string> = {}) =>
	fetch(`${serving[process]?.address}${path}`, { headers: { accept: 'text/html', ...headers }, redirect: 'manual' });

async function signIn(process: number): Promise<string> {
	const address = serving[process]?.address ?? '';
	const response = await fetch(`${address}/sign-in`, {
		method: 'POST',
		body: new URLSearchParams(PERSON),
		headers: { origin: address, accept: 'text/html' },
		redirect: 'manual'
	});
	expect(response.headers.get('location')).toBe('/desk');
	return response.headers
		.getSetCookie()
		.map((cookie) => cookie.split(';')[0])
		.join('; ');
}

test('who signed in at one process is known to the other, which answers for the same database', async () => {
	const cookie = await signIn(0);
	for (const process of [0, 1]) {
		expect((await at(process, '/healthz')).status).toBe(200);
		const ready = await at(process, '/readyz');
		expect([ready.status, await ready.json()]).toEqual([200, { state: 'ready' }]);
		const page = await at(process, '/account', { cookie });
		expect(page.status).toBe(200);
		expect(await page.text()).toContain(PERSON.email);
	}
	expect((await at(1, '/account')).status).toBe(303);
});

test('a request is a line of the log, by its id and route, without its address', async () => {
	const response = await at(0, '/sign-in?to=%2Fkhong-duoc-ghi-lai');
	const id = response.headers.get('request-id');
	await expect.poll(() => log.split('\n').find((line) => line.includes(`"${id}"`))).toBeDefined();
	const line = log.split('\n').find((one) => one.includes(`"${id}"`)) ?? '{}';
	expect(JSON.parse(line)).toMatchObject({
		event: 'request',
		request: id,
		route: '/sign-in',
		method: 'GET',
		status: response.status,
		actor: null
	});
	await at(0, '/desk?khong-duoc-ghi-lai');
	await expect.poll(() => log).toContain('"route":"/(office)/desk","actor":null,"method":"GET","status":303');
	expect(log).not.toContain('khong-duoc-ghi-lai');
});

test('what is counted is told at an address of its own, and at no other', async () => {
	expect((await at(0, '/metrics')).status).toBe(404);
	expect((await fetch(`http://${metrics}/`)).status).toBe(404);
	const response = await fetch(`http://${metrics}/metrics`);
	expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
	const text = await response.text();
	expect(text).toMatch(
		/^kheo_http_request_seconds_count\{method="GET",route="\/\(office\)\/account",status="200"\} 1$/m
	);
	expect(text).toMatch(/^kheo_database_connections\{state="idle"\} \d+$/m);
	expect(text).toMatch(/^# TYPE kheo_jobs gauge$/m);
	expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
	expect(text).not.toContain(PERSON.email);
});

async function written(db: Db): Promise<number> {
	const { rows } = await sql<{ count: number }>`select count(*)::bigint as count from idempotency_keys`.execute(db);
	return rows[0]?.count ?? 0;
}

test('one that is killed in a rush loses nothing that it acknowledged, and does nothing twice', async () => {
	const { db, close } = connect(cluster.access.app);
	try {
		const address = serving[1]?.address ?? '';
		const chains = country.communes.map(registering);
		const rush = callFrom({ url: address, connections: 16, rate: null, patience_s: 50, chains });
		await expect.poll(() => written(db), { timeout: 20_000 }).toBeGreaterThan(COMMUNES);
		serving[1]?.process.kill('SIGKILL');
		serving[1] = await serve(['--port', new URL(address).port], READY, shared);
		const { receipts, lost, differing } = await rush;
		expect(lost).toBeGreaterThan(0);
		expect(differing).toBe(0);
		expect(await compare(db, chains, receipts)).toEqual({ receipts: 3 * COMMUNES, rows: 3 * COMMUNES, amiss: 0 });
	} finally {
		await close();
	}
});

test('a process that is told to stop says so, answers on for a while, and leaves the other alone', async () => {
	const stopping = serving[0]?.process;
	const ended = new Promise((resolve) => stopping?.once('exit', resolve));
	stopping?.kill('SIGTERM');
	await expect.poll(async () => (await at(0, '/readyz')).status).toBe(503);
	expect(await (await at(0, '/readyz')).json()).toEqual({ state: 'stopping' });
	expect((await at(0, '/sign-in')).status).toBe(200);
	expect(await ended).toBe(0);
	expect((await at(1, '/readyz')).status).toBe(200);
	await signIn(1);
});
