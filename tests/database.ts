import { randomUUID } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import pg from 'pg';
import { test as base, inject } from 'vitest';
import { connect, type DB, type Opened } from '#lib/server/db.ts';
import { migrate } from '#lib/server/migrate.ts';
import { CITUS_NODES, CITUS_PREFIX, createOnCitus, dropOnCitus } from './citus.ts';

/** What a named world consists of: `fill` writes it, once in a run, into a database that tests then copy. */
export type World = { name: string; fill: (db: Kysely<DB>) => Promise<void> };

const EMPTY = 'kheo';
const PREFIX = CITUS_NODES.length > 0 ? CITUS_PREFIX : '';

/**
 * A test on a world, with the application's rights.
 * `db`: a transaction that is rolled back after the test. `clone`: a whole database of its own, for tests of
 * concurrency and of what happens at commit; dropped afterwards.
 */
export function testOn(world?: World) {
	return base
		.extend('db', { scope: 'test' }, async ({}, { onCleanup }): Promise<Transaction<DB>> => {
			const { db } = await workerDatabase(world);
			const transaction = await db.startTransaction().execute();
			onCleanup(() => transaction.rollback().execute());
			return transaction;
		})
		.extend('clone', { scope: 'test' }, async ({}, { onCleanup }): Promise<Opened> => {
			const name = `${PREFIX}clone_${randomUUID().replaceAll('-', '')}`;
			const opened = await openClone(name, world);
			onCleanup(async () => {
				await opened.close();
				await drop(name);
			});
			return opened;
		});
}

/** A test on an empty, migrated database. */
export const test = testOn();

const opened = new Map<string, Promise<Opened>>();

/** One database per worker and world, so that files which run side by side do not wait for each other's locks. */
function workerDatabase(world: World | undefined): Promise<Opened> {
	const key = world?.name ?? EMPTY;
	const known = opened.get(key) ?? openClone(`${PREFIX}${nameOf(world)}_${poolId()}`, world);
	opened.set(key, known);
	return known;
}

function poolId(): string {
	return process.env['VITEST_POOL_ID'] ?? '0';
}

function nameOf(world: World | undefined): string {
	return world ? `world_${world.name}` : EMPTY;
}

async function templateOf(world: World | undefined): Promise<string> {
	const name = nameOf(world);
	if (!world) return name;
	await asMigrator(async (client) => {
		await client.query('select pg_advisory_lock(hashtext($1))', [name]);
		if (await exists(client, name)) return;
		const draft = `${name}_draft`;
		await client.query(`drop database if exists ${draft}`);
		await client.query(`create database ${draft} template ${EMPTY}`);
		const filled = connect(databaseUrl('app', draft));
		await world.fill(filled.db).finally(filled.close);
		await client.query(`alter database ${draft} rename to ${name}`);
	});
	return name;
}

async function openClone(name: string, world: World | undefined): Promise<Opened> {
	if (CITUS_NODES.length > 0) return openOnCitus(name, world);
	const template = await templateOf(world);
	await asMigrator(async (client) => {
		await client.query('select pg_advisory_lock(hashtext($1))', [template]);
		if (!(await exists(client, name))) await client.query(`create database ${name} template ${template}`);
	});
	return connect(databaseUrl('app', name));
}

/** A distributed database cannot be copied: it is made and filled anew. */
async function openOnCitus(name: string, world: World | undefined): Promise<Opened> {
	const isNew = !(await asMigrator((client) => exists(client, name)));
	if (isNew) await createOnCitus(name);
	const opened = connect(databaseUrl('app', name));
	if (isNew) await world?.fill(opened.db);
	return opened;
}

async function drop(name: string): Promise<void> {
	if (CITUS_NODES.length > 0) return dropOnCitus(name);
	// An autovacuum worker of the server may be in it, which only the superuser may end.
	await as('superuser', (client) => client.query(`drop database ${name} with (force)`));
}

/** A database of a test's own that nothing was done in, `migrated` or altogether new; `drop` removes it. */
export async function freshDatabase({
	migrated
}: {
	migrated: boolean;
}): Promise<{ name: string; drop: () => Promise<void> }> {
	const name = `${PREFIX}fresh_${randomUUID().replaceAll('-', '')}`;
	if (CITUS_NODES.length > 0) {
		await createOnCitus(name, { bare: true });
		if (migrated) await migrate(databaseUrl('migrator', name));
	} else
		await asMigrator(async (client) => {
			await client.query('select pg_advisory_lock(hashtext($1))', [EMPTY]);
			await client.query(`create database ${name}${migrated ? ` template ${EMPTY}` : ''}`);
		});
	return { name, drop: () => drop(name) };
}

async function exists(client: pg.Client, name: string): Promise<boolean> {
	const found = await client.query('select from pg_database where datname = $1', [name]);
	return found.rowCount === 1;
}

function asMigrator<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
	return as('migrator', work);
}

async function as<T>(role: 'migrator' | 'superuser', work: (client: pg.Client) => Promise<T>): Promise<T> {
	const client = new pg.Client({ connectionString: databaseUrl(role, 'postgres') });
	await client.connect();
	try {
		return await work(client);
	} finally {
		await client.end();
	}
}

/** The address of a database of this run, for tests that bring their own connection. */
export function databaseUrl(role: 'app' | 'migrator' | 'superuser', database: string): string {
	const url = new URL(inject('cluster')[role]);
	url.pathname = `/${database}`;
	return url.href;
}
