import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

export type Serving = { address: string; data: string; process: ChildProcess; stop: () => Promise<void> };

/** Serves the build, with the demonstration world, from a folder that is thrown away. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
	const serving = await serve(['--demo'], /Khéo đã sẵn sàng: (\S+)/);
	project.provide('address', serving.address);
	project.provide('data', serving.data);
	return serving.stop;
}

/** Starts the built server on an empty data folder and waits until it says `ready`; the group in it becomes `address`. */
export async function serve(
	options: readonly string[],
	ready: RegExp,
	environment: Readonly<Record<string, string>> = {}
): Promise<Serving> {
	const data = await mkdtemp(join(tmpdir(), 'kheo-e2e-'));
	const server = spawn(process.execPath, ['src/cli/serve.ts', '--port', '0', ...options], {
		cwd: projectFolder(),
		stdio: ['ignore', 'pipe', 'pipe'],
		env: { ...process.env, KHEO_DATA: data, LANG: 'vi_VN.UTF-8', LC_ALL: '', NODE_ENV: 'production', ...environment }
	});
	server.stderr.pipe(process.stderr, { end: false });
	const stop = async () => {
		const ended = new Promise((resolve) => server.once('exit', resolve));
		if (server.kill('SIGTERM')) await ended;
		await rm(data, { recursive: true, force: true });
	};
	try {
		return { address: await said(server, ready), data, process: server, stop };
	} catch (error) {
		await stop();
		throw error;
	}
}

function said(server: ChildProcess, ready: RegExp): Promise<string> {
	return new Promise((resolve, reject) => {
		let text = '';
		server.stdout?.setEncoding('utf8').on('data', (piece: string) => {
			text += piece;
			const found = ready.exec(text)?.[1];
			if (found) resolve(found);
		});
		server.once('exit', () => reject(new Error(`the server ended before it was ready: ${text}`)));
	});
}
