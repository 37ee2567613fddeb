import type pg from 'pg';
import { fromKysely, PgBoss } from 'pg-boss';
import type { Db } from './db.ts';
import { log, logBug } from './log.ts';
import type { JobCount } from './metrics.ts';
import { Problem } from './problem.ts';

/**
 * Work that goes on in the background. A command enqueues in its own transaction: no commit, no job.
 * Queues are made by the migrator, because making one changes the schema.
 */
const QUEUES = {
	/** Reads a dropped list. */
	'import.read': { retryLimit: 1, expireInSeconds: 300 },
	/** Reads and rehearses the sheet of a reorganisation, or records it; one at a time. */
	'units.reorganise': { policy: 'singleton', retryLimit: 1, expireInSeconds: 1200 },
	/** Lets the newsroom's scheduled articles appear, and tells whoever keeps pages; safe to repeat. */
	'newsroom.appear': { retryLimit: 5, retryDelay: 30, retryBackoff: true, expireInSeconds: 120 },
	/** Draws a picture in its widths and formats. */
	'newsroom.draw': { retryLimit: 2, retryDelay: 10, expireInSeconds: 300 },
	/** Asks the links of a directory whether they answer; one at a time. */
	'newsroom.check_links': { policy: 'singleton', retryLimit: 0, expireInSeconds: 1800 },
	/** Tells the planner of what a long list brought; one at a time. */
	'database.statistics': { policy: 'singleton', retryLimit: 1, expireInSeconds: 300 },
	/** Seals actions into the hash chain; one at a time. */
	'actions.seal': { policy: 'singleton', retryLimit: 0, expireInSeconds: 600 },
	/** Folds postings into cells and gathers the counts of lists; one at a time. */
	'ledger.fold': { policy: 'singleton', retryLimit: 0, expireInSeconds: 3600 },
	/** Sends a letter of the outbox; waits half a minute, then about twice as long each time. */
	'mail.send': { retryLimit: 5, retryDelay: 30, retryBackoff: true, expireInSeconds: 120 },
	/** Removes sessions, begun sign-ins and counted failures that have ended. */
	'accounts.sweep': { policy: 'singleton', retryLimit: 0, expireInSeconds: 300 },
	/** Recomputes the hash chain; one at a time. */
	'audit.verify': { policy: 'singleton', retryLimit: 0, expireInSeconds: 3600 },
	/** Removes what has been kept long enough; one at a time. */
	'privacy.retention': { policy: 'singleton', retryLimit: 1, expireInSeconds: 3600 }
} as const;
export type Queue = keyof typeof QUEUES;

const SCHEMA = 'jobs';
const ZONE = 'Asia/Ho_Chi_Minh';

/** Is every queue of this program there? */
export async function hasQueues(client: pg.Client): Promise<boolean> {
	const { rows } = await client.query<{ known: boolean }>(`select to_regclass('${SCHEMA}.queue') is not null as known`);
	if (!rows[0]?.known) return false;
	const names = Object.keys(QUEUES);
	const found = await client.query<{ count: number }>(
		`select count(*)::int as count from ${SCHEMA}.queue where name = any($1)`,
		[names]
	);
	return found.rows[0]?.count === names.length;
}

/** Makes or upgrades the schema of the jobs and their queues, with the migrator's rights, and opens it to the application. */
export async function installJobs(client: pg.Client, connectionString: string): Promise<void> {
	const boss = new PgBoss({ connectionString, schema: SCHEMA, supervise: false, schedule: false, max: 2 });
	boss.on('error', (error) => log('warn', 'jobs.install', { error: error.message }));
	await boss.start();
	try {
		for (const [name, options] of Object.entries(QUEUES)) await boss.createQueue(name, options);
	} finally {
		await boss.stop({ graceful: false });
	}
	await client.query(`
		grant usage on schema ${SCHEMA} to kheo_app;
		grant select, insert, update, delete on all tables in schema ${SCHEMA} to kheo_app;
		grant execute on all functions in schema ${SCHEMA} to kheo_app;`);
}

export type Handlers = { [Name in Queue]: (data: object) => Promise<void> };

/** Works on the queues that have a handler until `stop`. A job that fails is logged and tried again as its queue says. */
export async function startJobs(pool: pg.Pool, handlers: Partial<Handlers>): Promise<{ stop: () => Promise<void> }> {
	const boss = new PgBoss({
		db: { executeSql: (text, values) => pool.query(text, values) },
		schema: SCHEMA,
		migrate: false,
		createSchema: false
	});
	boss.on('error', (error) => log('warn', 'jobs.error', { error: error.message }));
	await boss.start();
	for (const [name, handle] of Object.entries(handlers)) {
		await boss.work<object>(name, { pollingIntervalSeconds: 1 }, async ([job]) => {
			if (job) await carryOut(name, () => handle(job.data));
		});
	}
	await boss.schedule('actions.seal', '* * * * *');
	await boss.schedule('ledger.fold', '* * * * *');
	await boss.schedule('accounts.sweep', '17 * * * *');
	await boss.schedule('audit.verify', '15 2 * * *', {}, { tz: ZONE });
	await boss.schedule('newsroom.check_links', '30 3 * * *', {}, { tz: ZONE });
	await boss.schedule('privacy.retention', '45 2 * * *', {}, { tz: ZONE });
	return { stop: () => boss.stop({ timeout: 5_000 }) };
}

/** How many jobs wait, are at work, or failed and are still kept, by queue. */
export async function countJobs(pool: pg.Pool): Promise<JobCount[]> {
	const { rows } = await pool.query<JobCount>(
		`select name as queue, state::text, count(*)::int as count from ${SCHEMA}.job
		where state in ('created', 'retry', 'active', 'failed') group by 1, 2`
	);
	return rows;
}

async function carryOut(name: string, work: () => Promise<void>): Promise<void> {
	try {
		await work();
	} catch (error) {
		if (error instanceof Problem) log('warn', 'job.refused', { job: name, error });
		else logBug(error, { job: name });
		throw error;
	}
}

/**
 * Enqueues a job with what the open transaction writes, to be done now or from `at` on. The library's sender is made for it;
 * it opens nothing of its own.
 */
export async function enqueue(db: Db, queue: Queue, data: object, at?: Date): Promise<void> {
	await new PgBoss({ db: fromKysely(db), schema: SCHEMA }).send(queue, data, at ? { startAfter: at } : {});
}
