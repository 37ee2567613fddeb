import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { makeProbes, type Probes } from './probes.ts';

const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close()));

async function open(probes: Probes): Promise<(path: string) => Promise<Response>> {
	const server = createServer((request, response) => {
		if (!probes.answer(request, response)) response.end('page');
	});
	servers.push(server);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('no port');
	return (path) => fetch(`http://127.0.0.1:${address.port}${path}`);
}

describe('probes', () => {
	test('a process whose database is away lives, and is not ready', async () => {
		const ask = await open(makeProbes(() => Promise.reject(new Error('away'))));
		expect((await ask('/healthz')).status).toBe(200);
		const response = await ask('/readyz?x');
		expect([response.status, await response.json()]).toEqual([503, { state: 'database_unavailable' }]);
	});
	test('a database that does not answer is as good as away', async () => {
		const ask = await open(makeProbes(() => new Promise(() => undefined)));
		expect((await ask('/readyz')).status).toBe(503);
	});
	test('many questions are one for the database', async () => {
		let asked = 0;
		const ask = await open(makeProbes(async () => (asked += 1)));
		const answers = await Promise.all(Array.from({ length: 20 }, () => ask('/readyz')));
		expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
		expect(asked).toBe(1);
	});
	test('other addresses are not theirs', async () => {
		const probes = makeProbes(async () => undefined);
		const ask = await open(probes);
		expect(await (await ask('/readyz/x')).text()).toBe('page');
		probes.stop();
		expect(await (await ask('/readyz')).json()).toEqual({ state: 'stopping' });
	});
});
