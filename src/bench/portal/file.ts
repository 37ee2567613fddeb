import { fork } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** The yardstick of pages: what they are, as a file that Node serves and does nothing else. */

const Ready = z.strictObject({ port: z.number() });
const Headers = z.record(z.string(), z.string());

/** Serves what an address answers now as a file with the same headers, from a process of its own. */
export async function serveFile(url: string): Promise<{ address: string; stop: () => Promise<void> }> {
	// Not `fetch`, which unpacks what it reads.
	const asked = get(url, { headers: { 'accept-encoding': 'br' } });
	const [page] = await once(asked, 'response');
	const bytes = await buffer(page);
	const folder = await mkdtemp(join(tmpdir(), 'kheo-page-'));
	const file = join(folder, 'page');
	await writeFile(file, bytes);
	const headers = Object.fromEntries(
		Object.entries(Headers.parse(page.headers)).filter(([name]) => !OF_ANSWER.has(name))
	);
	const server = fork(fileURLToPath(new URL('file-server.ts', import.meta.url)), { execArgv: [] });
	server.send({ file, headers });
	const [message] = await once(server, 'message');
	return {
		address: `http://127.0.0.1:${Ready.parse(message).port}/`,
		async stop() {
			server.kill();
			await once(server, 'exit');
			await rm(folder, { recursive: true });
		}
	};
}

const OF_ANSWER: ReadonlySet<string> = new Set(['content-length', 'connection', 'keep-alive', 'date']);
