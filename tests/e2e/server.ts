import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestProject } from 'vitest/node';
import { projectFolder } from '#lib/server/settings.ts';

declare module 'vitest' {
	interface ProvidedContext {
		/** The address of the built Khéo with the demonstration world. */
		address: string;
		/** Its data folder, for tests that use the command line too. */
		data: string;
	}
}

/** Serves the build, with the demonstration world, from a folder that is thrown away. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
	const data = await mkdtemp(join(tmpdir(), 'kheo-e2e-'));
	const server = spawn(process.execPath, ['src/cli/serve.ts', '--demo', '--port', '0'], {
		cwd: projectFolder(),
		stdio: ['ignore', 'pipe', 'inherit'],
		env: { ...process.env, KHEO_DATA: data, LANG: 'vi_VN.UTF-8', NODE_ENV: 'production' }
	});
	project.provide('address', await addressOf(server));
	project.provide('data', data);
	return async () => {
		const ended = new Promise((resolve) => server.once('exit', resolve));
		server.kill('SIGTERM');
		await ended;
		await rm(data, { recursive: true });
	};
}

async function addressOf(server: ChildProcess): Promise<string> {
	if (!server.stdout) throw new Error('the server has no output');
	for await (const line of createInterface(server.stdout)) {
		const address = /https?:\/\/\S+/.exec(line)?.[0];
		if (address) return address;
	}
	throw new Error('the server ended before it was ready');
}
