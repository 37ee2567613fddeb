import {
	ControlledTransaction,
	Kysely,
	PostgresDialect,
	sql,
	Transaction,
	type PostgresPool,
	type RawBuilder
} from 'kysely';
import pg from 'pg';
import type { DB } from '../../../db/types.ts';
import { log } from './log.ts';
import { joinCluster } from './postgres.ts';
import { fromDatabase, problem } from './problem.ts';
import { prepareData, type Settings } from './settings.ts';
import { makeTurns } from './turns.ts';

export type { DB };

/** A connection pool or an open transaction: what every query and command takes as its first argument. */
export type Db = Kysely<DB> | Transaction<DB>;

/** The inside of a command. */
export type Tx = Transaction<DB>;

/** `pool` is for libraries that bring their own SQL; it runs with the application's rights too. */
export type Opened = { db: Kysely<DB>; pool: pg.Pool; close: () => Promise<void> };

export const OLDEST_VERSION = 15;
export const MAX_CONNECTIONS = 12;
const CONNECT_TIMEOUT_MS = 5_000;
/** A rush is not an outage: who waits for others to be done waits longer than for a database that does not answer. */
const PATIENCE_MS = 30_000;
const STATEMENT_TIMEOUT_MS = 60_000;
const IDLE_IN_TRANSACTION_MS = 120_000;

/**
 * Opens the database that the settings name; starts the embedded PostgreSQL when it does not run.
 * Server, command line and jobs all come through here; the server's own shutdown closes it.
 * Migrations are not run: see `migrate.ts`.
 */
export async function openDatabase(settings: Settings): Promise<Opened> {
	if (settings.databaseUrl) return connect(settings.databaseUrl, 'kheo_app');
	prepareData(settings);
	const membership = await joinCluster(settings.data, {
		onMoved: (access) => Object.assign(opened.pool.options, { connectionString: access.app })
	});
	const opened = connect(membership.access.app);
	let closed: Promise<void> | undefined;
	const close = (): Promise<void> => (closed ??= opened.close().then(membership.leave));
	process.once('sveltekit:shutdown', close);
	return { ...opened, close };
}

/** Connects; `role` is taken on by every connection, for accounts that have more rights than the application. */
export function connect(connectionString: string, role?: 'kheo_app'): Opened {
	const pool = new pg.Pool({
		connectionString,
		max: MAX_CONNECTIONS,
		connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
		statement_timeout: STATEMENT_TIMEOUT_MS,
		idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
		application_name: 'kheo',
		// Compiling a statement costs more than any of ours takes, and a planner without statistics would.
		options: `-c timezone=Asia/Ho_Chi_Minh -c jit=off${role ? ` -c role=${role}` : ''}`,
		types: parsers()
	});
	// On every client, lent or idle: an 'error' that nobody hears would end the process.
	pool.on('connect', (client) => client.on('error', reportLost));
	pool.on('error', reportLost);
	const db = new Kysely<DB>({ dialect: new PostgresDialect({ pool: translating(pool) }) });
	return { db, pool, close: () => db.destroy() };
}

/**
 * Runs `fn` in a transaction and rolls back when it throws. Joins one that is already open.
 * In a controlled transaction (a test's, which is never committed) a savepoint stands for the transaction.
 */
export async function inTransaction<T>(db: Db, fn: (db: Transaction<DB>) => Promise<T>): Promise<T> {
	if (!(db instanceof Transaction)) return db.transaction().execute(fn);
	if (!isControlled(db)) return fn(db);
	const inner = await db.savepoint('command').execute();
	try {
		const result = await fn(inner);
		await inner.releaseSavepoint('command').execute();
		return result;
	} catch (error) {
		await inner.rollbackToSavepoint('command').execute();
		throw error;
	}
}

function isControlled(db: Transaction<DB>): db is ControlledTransaction<DB> {
	return db instanceof ControlledTransaction;
}

function reportLost(error: Error): void {
	log('warn', 'database.connection_lost', { error: error.message });
}

/** `date` stays `YYYY-MM-DD`, `int8` becomes an exact number, `numeric` stays text. */
function parsers(): pg.CustomTypesConfig {
	const overrides = new pg.TypeOverrides();
	overrides.setTypeParser(pg.types.builtins.DATE, (text: string) => text);
	overrides.setTypeParser(pg.types.builtins.INT8, exactInteger);
	return overrides;
}

function exactInteger(text: string): number {
	const number = Number(text);
	if (!Number.isSafeInteger(number)) throw problem('database.number_too_large');
	return number;
}

/**
 * The pool as Kysely sees it: what PostgreSQL refuses leaves it as a Problem. The line for a free connection is ours, for the
 * pool knows one time limit only, that for a database which cannot be reached.
 */
function translating(pool: pg.Pool): PostgresPool {
	const clients = new WeakMap<pg.PoolClient, ReturnType<typeof translatingClient>>();
	const turns = makeTurns({ atOnce: MAX_CONNECTIONS, patience_ms: PATIENCE_MS });
	return {
		options: pool.options,
		end: () => pool.end(),
		connect: async () => {
			const leave = await turns.take();
			try {
				const client = await pool.connect();
				const known = clients.get(client) ?? translatingClient(client);
				clients.set(client, known);
				return known.lentUntil(leave);
			} catch (error) {
				leave();
				throw fromDatabase(error) ?? error;
			}
		}
	};
}

/** A client that lost its connection is not given back to the pool, which learns of the loss only a moment later. */
function translatingClient(client: pg.PoolClient): { lentUntil: (released: () => void) => pg.PoolClient } {
	let lost = false;
	let tellReleased = () => {};
	const query = (text: string, values: unknown[]) =>
		client.query({ ...nameOf(text), text, values }).catch((error: unknown) => {
			const refusal = fromDatabase(error);
			lost ||= refusal?.code === 'database.unavailable';
			throw refusal ?? error;
		});
	const release = (destroy?: boolean): void => {
		client.release(lost || destroy);
		tellReleased();
	};
	const lent = new Proxy(client, {
		get(target, name) {
			if (name === 'query') return query;
			if (name === 'release') return release;
			const member: unknown = Reflect.get(target, name);
			return typeof member === 'function' ? member.bind(target) : member;
		}
	});
	return {
		lentUntil: (released) => {
			tellReleased = released;
			return lent;
		}
	};
}

const ONCE = '/* planned once */';
/**
 * Begins a statement that is planned once on each connection instead of each time: for those that are asked for every page and
 * take longer to plan than to run. Its text must not grow with what is asked, or there is no end of plans.
 */
export const PLANNED_ONCE = sql.raw(ONCE);
const names = new Map<string, { name: string }>();

/** Under which name a connection keeps the plan of a statement; others have none. */
function nameOf(text: string): { name: string } | undefined {
	if (!text.trimStart().startsWith(ONCE)) return undefined;
	const known = names.get(text) ?? { name: `kheo-${names.size}-${text.length}` };
	names.set(text, known);
	return known;
}

/** A table of this transaction's own, gone at its end. Of a temporary table the planner knows nothing until it is told. */
export async function temporary(tx: Tx, name: string, rows: RawBuilder<unknown>): Promise<void> {
	const table = sql.table(name);
	await sql`drop table if exists ${sql.table(`pg_temp.${name}`)}`.execute(tx);
	await sql`create temporary table ${table} on commit drop as ${rows}`.execute(tx);
	await sql`analyze ${table}`.execute(tx);
}

/** What `work` asks, one statement after another, is of one moment; inside a transaction of that transaction's. */
export function onOneMoment<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
	if (db instanceof Transaction) return work(db);
	return db.transaction().setIsolationLevel('repeatable read').execute(work);
}
