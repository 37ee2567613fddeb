import { randomUUID } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import pg from 'pg';
import { test as base, inject } from 'vitest';
import { connect, type DB, type Opened } from '#lib/server/db.ts';

/** What a named world consists of: `fill` writes it, once in a run, into a database that tests then copy. */
export type World = { name: string; fill: (db: Kysely<DB>) => Promise<void> };

const EMPTY = 'kheo';

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
			const name = `clone_${randomUUID().replaceAll('-', '')}`;
			const opened = await openClone(name, await templateOf(world));
			onCleanup(async () => {
				await opened.close();
				// An autovacuum worker of the server may be in it, which only the superuser may end.
				await as('superuser', (client) => client.query(`drop database ${name} with (force)`));
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
	const known = opened.get(key) ?? templateOf(world).then((template) => openClone(`${template}_${poolId()}`, template));
	opened.set(key, known);
	return known;
}

function poolId(): string {
	return process.env['VITEST_POOL_ID'] ?? '0';
}

async function templateOf(world: World | undefined): Promise<string> {
	if (!world) return EMPTY;
	const name = `world_${world.name}`;
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

async function openClone(name: string, template: string): Promise<Opened> {
	await asMigrator(async (client) => {
		await client.query('select pg_advisory_lock(hashtext($1))', [template]);
		if (!(await exists(client, name))) await client.query(`create database ${name} template ${template}`);
	});
	return connect(databaseUrl('app', name));
}

/** A database of a test's own that nothing was done in, `migrated` or altogether new; `drop` removes it. */
export async function freshDatabase({
	migrated
}: {
	migrated: boolean;
}): Promise<{ name: string; drop: () => Promise<void> }> {
	const name = `fresh_${randomUUID().replaceAll('-', '')}`;
	await asMigrator(async (client) => {
		await client.query('select pg_advisory_lock(hashtext($1))', [EMPTY]);
		await client.query(`create database ${name}${migrated ? ` template ${EMPTY}` : ''}`);
	});
	const drop = async (): Promise<void> => {
		await as('superuser', (client) => client.query(`drop database ${name} with (force)`));
	};
	return { name, drop };
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
