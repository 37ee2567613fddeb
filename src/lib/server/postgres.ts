import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { z } from 'zod';
import { withLock } from './lock.ts';
import { log } from './log.ts';
import { bundledParts } from './postgres.parts.ts';
import {
	createCluster,
	freePort,
	haltCluster,
	launchCluster,
	runningCluster,
	waitReady,
	type ClusterOptions
} from './postgres.process.ts';
import { problem } from './problem.ts';

const record = z.object({
	port: z.number(),
	passwords: z.object({ postgres: z.string(), kheo_migrator: z.string(), kheo_app: z.string() }),
	/** Started by hand: the last one to leave does not stop it. */
	kept: z.boolean()
});
type Recorded = z.infer<typeof record>;

/** Connection strings: `superuser` for the cluster itself, `migrator` owns the schema, `app` only has what is granted. */
export type Access = { superuser: string; migrator: string; app: string };
export type Membership = { access: Access; leave: () => Promise<void> };

const LOCK_PATIENCE_MS = 120_000;
const RETRY_MS = 1_000;

/**
 * Joins the embedded PostgreSQL of a data folder, starting it when it does not run. It is a daemon that server and
 * command line share; every member holds one connection, sees by it when PostgreSQL dies, and starts it again.
 * The last member to leave stops it. `onMoved` is told when a restart had to change the port.
 */
export async function joinCluster(
	folder: string,
	{ onMoved, options }: { onMoved?: (access: Access) => void; options?: ClusterOptions } = {}
): Promise<Membership> {
	let left = false;
	let returning: Promise<void> | undefined;
	const enter = async (): Promise<{ access: Access; presence: pg.Client }> => {
		const entered = await withLock(lockFile(folder), LOCK_PATIENCE_MS, async () => {
			const access = await ensureRunning(folder, options);
			const presence = new pg.Client({ connectionString: access.superuser, application_name: 'kheo presence' });
			await presence.connect();
			return { access, presence };
		});
		entered.presence.on('error', () => undefined);
		entered.presence.once('end', () => (returning = returnLater()));
		return entered;
	};
	const returnLater = async (): Promise<void> => {
		while (!left) {
			try {
				log('warn', 'postgres.lost');
				current = await enter();
				onMoved?.(current.access);
				log('info', 'postgres.back');
				return;
			} catch (error) {
				log('error', 'postgres.restart_failed', { error });
				await setTimeout(RETRY_MS);
			}
		}
	};
	let current = await enter();
	return {
		access: current.access,
		leave: async () => {
			left = true;
			await returning;
			await leaveCluster(folder, current.presence);
		}
	};
}

/** Starts PostgreSQL for longer than this process: `kheo db start`. */
export async function keepCluster(folder: string): Promise<void> {
	await withLock(lockFile(folder), LOCK_PATIENCE_MS, async () => {
		await ensureRunning(folder);
		const recorded = readRecord(folder);
		if (recorded) writeRecord(folder, { ...recorded, kept: true });
	});
}

/** Stops PostgreSQL; answers false when it did not run. Throws `database.in_use` when somebody is connected. */
export async function stopCluster(folder: string): Promise<boolean> {
	if (!runningCluster(folder)) return false;
	return withLock(lockFile(folder), LOCK_PATIENCE_MS, async () => {
		const recorded = readRecord(folder);
		if (!recorded || !runningCluster(folder)) return false;
		const count = await countClients(accessOf(recorded).superuser);
		if (count > 0) throw problem('database.in_use', { count });
		writeRecord(folder, { ...recorded, kept: false });
		await haltCluster(folder);
		return true;
	});
}

/** What `kheo db status` tells; null when PostgreSQL does not run. */
export async function clusterStatus(folder: string): Promise<{ pid: number; port: number; clients: number } | null> {
	const running = runningCluster(folder);
	const recorded = readRecord(folder);
	if (!running?.ready || !recorded) return null;
	return { pid: running.pid, port: running.port, clients: await countClients(accessOf(recorded).superuser) };
}

async function ensureRunning(folder: string, options?: ClusterOptions): Promise<Access> {
	const recorded = readRecord(folder) ?? newRecord();
	if (runningCluster(folder)) {
		await waitReady(folder);
		return accessOf(recorded);
	}
	const chosen = options ?? { parts: bundledParts(), disposable: false };
	const starting = { ...recorded, port: await freePort(recorded.port), kept: false };
	writeRecord(folder, starting);
	createCluster(folder, starting.passwords.postgres, chosen);
	await launchCluster(folder, starting.port, chosen);
	await ensureRoles(starting);
	return accessOf(starting);
}

/** Idempotent, so that a start which was cut short is completed by the next one. */
async function ensureRoles(recorded: Recorded): Promise<void> {
	const client = new pg.Client({ connectionString: urlOf(recorded, 'postgres', 'postgres') });
	await client.connect();
	try {
		for (const role of ['kheo_migrator', 'kheo_app'] as const) {
			const known = await client.query('select from pg_roles where rolname = $1', [role]);
			const verb = known.rowCount ? 'alter' : 'create';
			await client.query(`${verb} role ${role} login password ${pg.escapeLiteral(recorded.passwords[role])}`);
		}
		const database = await client.query("select from pg_database where datname = 'kheo'");
		if (!database.rowCount) await client.query('create database kheo owner kheo_migrator');
	} finally {
		await client.end();
	}
}

async function leaveCluster(folder: string, presence: pg.Client): Promise<void> {
	await withLock(lockFile(folder), LOCK_PATIENCE_MS, async () => {
		await presence.end();
		const recorded = readRecord(folder);
		if (!recorded || recorded.kept || !runningCluster(folder)) return;
		if ((await countClients(accessOf(recorded).superuser)) === 0) await haltCluster(folder);
	});
}

/** Connections of others; those that were closed a moment ago get that moment to disappear. */
async function countClients(superuser: string): Promise<number> {
	const client = new pg.Client({ connectionString: superuser });
	await client.connect();
	try {
		for (let left = 4; ; left -= 1) {
			const answer = await client.query<{ count: string }>(
				"select count(*) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()"
			);
			const count = Number(answer.rows[0]?.count);
			if (count === 0 || left === 0) return count;
			await setTimeout(30);
		}
	} finally {
		await client.end();
	}
}

function accessOf(recorded: Recorded): Access {
	return {
		superuser: urlOf(recorded, 'postgres', 'postgres'),
		migrator: urlOf(recorded, 'kheo_migrator', 'kheo'),
		app: urlOf(recorded, 'kheo_app', 'kheo')
	};
}

function urlOf({ port, passwords }: Recorded, role: keyof Recorded['passwords'], database: string): string {
	return `postgres://${role}:${passwords[role]}@127.0.0.1:${port}/${database}`;
}

function newRecord(): Recorded {
	const password = (): string => randomBytes(24).toString('base64url');
	return {
		port: 0,
		passwords: { postgres: password(), kheo_migrator: password(), kheo_app: password() },
		kept: false
	};
}

function readRecord(folder: string): Recorded | null {
	try {
		return record.parse(JSON.parse(readFileSync(join(folder, 'postgres.json'), 'utf8')));
	} catch (error) {
		if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
		throw error;
	}
}

function writeRecord(folder: string, recorded: Recorded): void {
	writeFileSync(join(folder, 'postgres.json'), `${JSON.stringify(recorded)}\n`, { mode: 0o600 });
}

function lockFile(folder: string): string {
	return join(folder, 'postgres.lock');
}
