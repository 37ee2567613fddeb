import { availableParallelism } from 'node:os';
import pg from 'pg';
import { isUnfinished, UNFINISHED } from '#lib/server/migrate.ts';
import { readAlike } from './tables.server.ts';

/** Part of a loading, done on one connection in transactions of its own. */
export type Job = (client: pg.Client) => Promise<void>;

/** Any number will do, as long as nothing else in the database takes this advisory lock. */
const LOCK_KEY = 7_401_931;
/** Connections by which what takes long is done. */
const WORKER = 'kheo import rows';
/** PostgreSQL works on one core for each connection; each holds some pieces of a table in our memory. */
const WORKERS = Math.min(4, Math.max(2, availableParallelism()));

/**
 * Hands on a connection of the schema's owner to a database into which nobody else loads meanwhile. Throws `database.busy` where
 * somebody does.
 */
export async function withOwner<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
	const client = await connected(url, 'kheo import');
	try {
		await client.query('select pg_advisory_lock($1)', [LOCK_KEY]);
		return await work(client);
	} finally {
		await client.end();
	}
}

/** Does jobs on several connections; each does the first that nobody has begun. What fails first is thrown. */
export type Share = (jobs: readonly Job[]) => Promise<void>;

/** Hands on connections of the schema's owner that share work. */
export async function withWorkers<T>(url: string, work: (share: Share) => Promise<T>): Promise<T> {
	const workers: pg.Client[] = [];
	try {
		while (workers.length < WORKERS) workers.push(await connected(url, WORKER));
		// Tables lie in the order of their keys, which the planner does not know of rows that were just loaded.
		for (const client of workers) await client.query("set enable_sort = off; set maintenance_work_mem = '256MB'");
		return await work(async (jobs) => {
			const waiting = jobs.values();
			const each = async (client: pg.Client): Promise<void> => {
				for (const job of waiting) await job(client);
			};
			await Promise.all(workers.map(each));
		});
	} finally {
		await Promise.all(workers.map((client) => client.end()));
	}
}

async function connected(url: string, name: string): Promise<pg.Client> {
	const client = new pg.Client({ connectionString: url, application_name: name });
	// A lost connection fails the statement that waits for it; an 'error' that nobody hears would end the process.
	client.on('error', () => undefined);
	await client.connect();
	await readAlike(client);
	await client.query("set lock_timeout = '10s'");
	return client;
}

/**
 * From here to `unmark` nobody uses the database: whoever starts refuses it, and the application's account, should it be
 * connected already, sees no rows and can write none.
 */
export async function mark(client: pg.Client, tables: readonly { name: string }[]): Promise<void> {
	await client.query(`create table ${UNFINISHED} (); ${guarded(tables, 'enable')}`);
}

export async function unmark(client: pg.Client, tables: readonly { name: string }[]): Promise<void> {
	await client.query(`${guarded(tables, 'disable')}; drop table ${UNFINISHED}`);
}

function guarded(tables: readonly { name: string }[], how: 'enable' | 'disable'): string {
	return tables
		.map(({ name }) => `alter table public.${pg.escapeIdentifier(name)} ${how} row level security`)
		.join('; ');
}

/**
 * Where a loading was cut short, by whatever, removes every object of the schema, so that migrations begin anew; leaves any other
 * database as it is. Throws `database.busy` while somebody loads.
 */
export async function removeUnfinished(url: string): Promise<void> {
	await withOwner(url, async (client) => {
		if (!(await isUnfinished(client))) return;
		// Of a process that was killed: they end by themselves, but not in the middle of an index.
		await client.query(
			`select pg_terminate_backend(pid) from pg_stat_activity
			where application_name = $1 and datname = current_database() and usename = current_user`,
			[WORKER]
		);
		await client.query('begin');
		const { rows } = await client.query<{ dropped: string }>(OBJECTS);
		for (const { dropped } of rows) await client.query(dropped);
		await client.query('commit');
	});
}

/** Tables and views first: functions that they use are then used by none. */
const OBJECTS = `
	select format('drop %s if exists public.%I cascade', case c.relkind when 'v' then 'view' else 'table' end, c.relname) as dropped
	from pg_class c
	where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v') and not c.relispartition
		and not exists (select from pg_depend where classid = 'pg_class'::regclass and objid = c.oid and deptype = 'e')
	union all
	select format('drop routine if exists public.%I(%s) cascade', p.proname, pg_get_function_identity_arguments(p.oid))
	from pg_proc p
	where p.pronamespace = 'public'::regnamespace
		and not exists (select from pg_depend where classid = 'pg_proc'::regclass and objid = p.oid and deptype = 'e')`;
