import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { joinCluster } from '#lib/server/postgres.ts';
import { projectFolder } from '#lib/server/settings.ts';

const LANGUAGE = { LC_ALL: '', LC_MESSAGES: '', LANG: 'vi_VN.UTF-8' };

/** The built server in a process of its own, as an office runs it. */
export type Serving = {
	address: string;
	pid: number;
	started_ms: number;
	stop: () => Promise<void>;
	/** Ends it as a failure of the machine would: nothing is finished first. */
	kill: () => Promise<void>;
};

/** Starts it on the data folder; `started_ms` is from the command to the first answer. */
export async function start(
	data: string,
	options: readonly string[] = [],
	settings: Readonly<Record<string, string>> = {}
): Promise<Serving> {
	const begun = performance.now();
	const root = projectFolder();
	const server = spawn(join(root, 'script/server'), ['--port', '0', ...options], {
		cwd: root,
		stdio: ['ignore', 'pipe', 'inherit'],
		env: { ...process.env, KHEO_DATA: data, ...LANGUAGE, NODE_ENV: 'production', ...settings }
	});
	const address = await addressOf(server);
	await (await fetch(`${address}/sign-in`)).text();
	const started_ms = performance.now() - begun;
	const end = async (signal: NodeJS.Signals) => {
		const ended = new Promise((resolve) => server.once('exit', resolve));
		if (server.kill(signal)) await ended;
	};
	return {
		address,
		pid: server.pid ?? 0,
		started_ms,
		stop: () => end('SIGTERM'),
		kill: () => end('SIGKILL')
	};
}

/** A further process on the database of one that serves a data folder, as behind a proxy. Stop it before that one. */
export async function startBeside(data: string, settings: Readonly<Record<string, string>> = {}): Promise<Serving> {
	const { access, leave } = await joinCluster(data);
	try {
		return await start(data, [], { ...settings, KHEO_DATABASE_URL: access.app, KHEO_MIGRATOR_URL: access.migrator });
	} finally {
		await leave();
	}
}

function addressOf(server: ChildProcess): Promise<string> {
	return new Promise((resolve, reject) => {
		let said = '';
		server.stdout?.setEncoding('utf8').on('data', (piece: string) => {
			said += piece;
			const address = /Khéo đã sẵn sàng: (\S+)/.exec(said)?.[1];
			if (address) resolve(address);
		});
		server.once('exit', () => reject(new Error(`the server ended before it was ready: ${said}`)));
	});
}

/** A signed-in browser without a screen. `send` answers where the form leads. */
export type Visitor = {
	read: (path: string) => Promise<string>;
	send: (path: string, form: Record<string, string | File>) => Promise<string>;
};

/** Signs in over HTTP. */
export async function visit(address: string, account: { email: string; password: string }): Promise<Visitor> {
	let cookie = '';
	const send: Visitor['send'] = async (path, form) => {
		const body = new FormData();
		for (const [name, value] of Object.entries(form)) body.append(name, value);
		const headers = { origin: address, accept: 'text/html', cookie };
		const response = await fetch(address + path, { method: 'POST', body, headers, redirect: 'manual' });
		await response.arrayBuffer();
		const location = response.headers.get('location');
		if (response.status !== 303 || location === null) throw new Error(`${path} answered ${response.status}`);
		const given = response.headers.getSetCookie().map((one) => one.split(';')[0] ?? '');
		if (given.length > 0) cookie = given.join('; ');
		return location;
	};
	await send('/sign-in', account);
	const read: Visitor['read'] = async (path) => {
		const response = await fetch(address + path, { headers: { cookie } });
		if (!response.ok) throw new Error(`${path} answered ${response.status}`);
		return response.text();
	};
	return { read, send };
}

/** Watches the memory of a process (resident, MB) until asked for the most it had; null where the system does not tell. */
export function watchMemory(pid: number): () => number | null {
	const file = `/proc/${pid}/status`;
	if (!existsSync(file)) return () => null;
	let most_kb = 0;
	const look = () => {
		if (!existsSync(file)) return clearInterval(timer);
		const found = /VmRSS:\s+(\d+) kB/.exec(readFileSync(file, 'utf8'))?.[1];
		most_kb = Math.max(most_kb, Number(found ?? 0));
	};
	const timer = setInterval(look, 25);
	return () => {
		clearInterval(timer);
		look();
		return most_kb / 1024;
	};
}

/** Processor time that a process has taken so far, in ms; null where the system does not tell. */
export function processorTime_ms(pid: number): number | null {
	const file = `/proc/${pid}/stat`;
	if (!existsSync(file)) return null;
	const [user, system] = readFileSync(file, 'utf8').split(') ')[1]?.split(' ').slice(11, 13) ?? [];
	// A tick is a hundredth of a second wherever Linux runs.
	return (Number(user) + Number(system)) * 10;
}

/** Compressed script that a page asks for before anybody clicks, in kB. */
export async function scriptOf(visitor: Pick<Visitor, 'read'>, at: { address: string; path: string }): Promise<number> {
	const html = await visitor.read(at.path);
	const files = new Set(
		[...html.matchAll(/["'](?:\.{0,2}\/)*(_app\/immutable\/[^"']+\.js)["']/g)].map((found) => found[1] ?? '')
	);
	let bytes = 0;
	for (const file of files) {
		const response = await fetch(`${at.address}/${file}`, { headers: { 'accept-encoding': 'br' } });
		await response.arrayBuffer();
		bytes += Number(response.headers.get('content-length') ?? 0);
	}
	return bytes / 1000;
}
