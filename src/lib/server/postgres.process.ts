import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
	chownSync,
	closeSync,
	existsSync,
	openSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	writeFileSync
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { processStarted } from './lock.ts';
import { chooseLaunch, type Parts } from './postgres.parts.ts';
import { Problem, problem } from './problem.ts';

/** `disposable`: a test's cluster, which may lose everything and is therefore quick. */
export type ClusterOptions = { parts: Parts; disposable: boolean };

const START_TIMEOUT_MS = 300_000;
const STOP_TIMEOUT_MS = 60_000;
const ORPHANS_TIMEOUT_MS = 20_000;
const POLL_MS = 25;
const LOG_LIMIT_BYTES = 10_000_000;
/** From this version on PostgreSQL knows Unicode by itself and needs no locale of the operating system. */
const BUILTIN_LOCALE_VERSION = 17;

/** The cluster's folder inside the data folder. */
function clusterFolder(folder: string): string {
	return join(folder, 'postgres');
}

/** Makes the cluster when there is none: UTF-8, checksums, passwords only; whole or not at all. */
export function createCluster(folder: string, password: string, { parts, disposable }: ClusterOptions): void {
	const cluster = clusterFolder(folder);
	if (existsSync(join(cluster, 'PG_VERSION'))) return;
	const { launch, owner } = chooseLaunch(cluster);
	const draft = `${cluster}.new`;
	const passwordFile = join(folder, 'postgres.password');
	rmSync(draft, { recursive: true, force: true });
	writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
	if (owner) chownSync(passwordFile, owner, owner);
	const args = ['-D', draft, '-U', 'postgres', '-E', 'UTF8', '-A', 'scram-sha-256', '-k', `--pwfile=${passwordFile}`];
	args.push('--no-instructions', '--no-locale');
	if (parts.major >= BUILTIN_LOCALE_VERSION) args.push('--locale-provider=builtin', '--builtin-locale=C.UTF-8');
	else args.push('--lc-ctype=C.UTF-8');
	if (disposable) args.push('--no-sync');
	const { file, args: all } = launch(join(parts.bin, 'initdb'), args);
	const run = spawnSync(file, all, { cwd: '/', encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
	rmSync(passwordFile, { force: true });
	if (run.status !== 0) {
		rmSync(draft, { recursive: true, force: true });
		throw startProblem(folder, run.stderr || String(run.error ?? ''));
	}
	renameSync(draft, cluster);
}

/** Starts PostgreSQL as a daemon on 127.0.0.1 and waits until it answers. Throws `database.start_failed` and its kin. */
export async function launchCluster(folder: string, port: number, options: ClusterOptions): Promise<void> {
	const deadline = Date.now() + ORPHANS_TIMEOUT_MS;
	for (;;) {
		forgetReusedPid(folder);
		const failure = await launchOnce(folder, port, options);
		if (failure === null) return;
		// After a kill of the main process its children need a moment to notice and to let go of shared memory.
		const orphans = /pre-existing shared memory block|is still in use/.test(failure);
		if (!orphans || Date.now() > deadline) throw startProblem(folder, failure);
		await setTimeout(300);
	}
}

/** Stops PostgreSQL: open transactions are rolled back, everything committed is on disk. */
export async function haltCluster(folder: string): Promise<void> {
	const running = runningCluster(folder);
	if (!running) return;
	const started = processStarted(running.pid);
	process.kill(running.pid, 'SIGINT');
	const deadline = Date.now() + STOP_TIMEOUT_MS;
	while (processStarted(running.pid) === started && Date.now() < deadline) await setTimeout(POLL_MS);
}

/** The living PostgreSQL of this folder; null when its pid file is absent, stale, or names another program. */
export function runningCluster(folder: string): { pid: number; port: number; ready: boolean } | null {
	const cluster = clusterFolder(folder);
	const lines = readLines(join(cluster, 'postmaster.pid'));
	const pid = Number(lines[0]);
	if (!Number.isInteger(pid) || pid <= 0 || !commandLine(pid).includes(cluster)) return null;
	return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
}

/** Waits until a PostgreSQL that another process started, or that recovers, takes connections. */
export async function waitReady(folder: string): Promise<void> {
	const deadline = Date.now() + START_TIMEOUT_MS;
	while (Date.now() < deadline) {
		const running = runningCluster(folder);
		if (!running) throw startProblem(folder, logTail(folder));
		if (running.ready) return;
		await setTimeout(POLL_MS);
	}
	throw startProblem(folder, logTail(folder));
}

/** A free port on 127.0.0.1; the wished one when nobody has it. */
export async function freePort(wished: number): Promise<number> {
	const port = await listenOnce(wished).catch(() => listenOnce(0));
	return port;
}

function listenOnce(port: number): Promise<number> {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.once('error', reject);
		server.listen(port, '127.0.0.1', () => {
			const address = server.address();
			server.close(() => resolve(typeof address === 'object' && address ? address.port : port));
		});
	});
}

/** Answers null when PostgreSQL is ready, else what it said before it gave up. */
async function launchOnce(folder: string, port: number, { parts, disposable }: ClusterOptions): Promise<string | null> {
	const cluster = clusterFolder(folder);
	const { launch } = chooseLaunch(cluster);
	const { file, args } = launch(join(parts.bin, 'postgres'), ['-D', cluster, ...parameters(port, disposable)]);
	const before = openLog(folder);
	const child = spawn(file, args, {
		cwd: '/',
		detached: true,
		stdio: ['ignore', before.fd, before.fd],
		env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' }
	});
	let ended: string | null = null;
	child.once('error', (error) => (ended = error.message));
	child.once('exit', () => (ended ??= readFileSync(logFile(folder), 'utf8').slice(before.size)));
	child.unref();
	closeSync(before.fd);
	const deadline = Date.now() + START_TIMEOUT_MS;
	while (ended === null && Date.now() < deadline) {
		const running = runningCluster(folder);
		if (running?.pid === child.pid && running?.ready) return null;
		await setTimeout(POLL_MS);
	}
	return ended ?? logTail(folder);
}

function parameters(port: number, disposable: boolean): string[] {
	const settings = [
		`port=${port}`,
		'listen_addresses=127.0.0.1',
		'unix_socket_directories=',
		'cluster_name=kheo',
		'timezone=Asia/Ho_Chi_Minh',
		'log_timezone=Asia/Ho_Chi_Minh',
		'max_connections=100',
		'shared_buffers=128MB',
		// Nobody follows this cluster's log: tables that one transaction makes and fills are written once, not twice.
		'wal_level=minimal',
		'max_wal_senders=0'
	];
	if (disposable) settings.push('fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_wal_size=4GB');
	return settings.flatMap((setting) => ['-c', setting]);
}

/**
 * After a restart of the machine another program may bear the process id in the pid file, and PostgreSQL would refuse.
 * Its parent's id it ignores there; the rest of the file, which guards against orphans, stays.
 */
function forgetReusedPid(folder: string): void {
	const file = join(clusterFolder(folder), 'postmaster.pid');
	const lines = readLines(file);
	if (lines.length === 0 || runningCluster(folder)) return;
	if (lines.length < 7) rmSync(file);
	else writeFileSync(file, [String(process.pid), ...lines.slice(1)].join('\n'));
}

function openLog(folder: string): { fd: number; size: number } {
	const file = logFile(folder);
	if (existsSync(file) && statSync(file).size > LOG_LIMIT_BYTES) renameSync(file, `${file}.old`);
	const size = existsSync(file) ? readFileSync(file, 'utf8').length : 0;
	return { fd: openSync(file, 'a', 0o600), size };
}

function logFile(folder: string): string {
	return join(folder, 'postgres.log');
}

function logTail(folder: string): string {
	return readLines(logFile(folder)).slice(-5).join('\n');
}

function startProblem(folder: string, said: string): Problem {
	if (/No space left on device|Disk quota exceeded|wrote only|Check free disk space/.test(said))
		return problem('data.disk_full', { folder });
	if (/Permission denied|Read-only file system/.test(said)) return problem('data.unwritable', { folder });
	const lines = said.split('\n').filter((line) => /FATAL|PANIC|error/i.test(line));
	return problem('database.start_failed', { log: logFile(folder), detail: lines[0] ?? said.trim().slice(-300) });
}

function readLines(file: string): string[] {
	try {
		return readFileSync(file, 'utf8').trimEnd().split('\n');
	} catch (error) {
		if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
		throw error;
	}
}

function commandLine(pid: number): string {
	try {
		if (existsSync('/proc/self/cmdline')) return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
		return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
	} catch {
		return '';
	}
}
