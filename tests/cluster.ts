import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { migrate } from '#lib/server/migrate.ts';
import { bundledParts, partsIn, type Parts } from '#lib/server/postgres.parts.ts';
import { joinCluster, type Access, type Membership } from '#lib/server/postgres.ts';
import { CITUS_NODES, joinCitus } from './citus.ts';

declare module 'vitest' {
	interface ProvidedContext {
		cluster: Access;
		/** A data folder that all tests of the run may write to, thrown away with the databases. */
		dataFolder: string;
	}
}

/**
 * One PostgreSQL for the whole run, in a folder that is thrown away; its database `kheo` is the empty template. With
 * `KHEO_TEST_CITUS_URL` (see citus.ts) the run is on that cluster, where each database is made by itself and distributed.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
	const folder = await mkdtemp(join(tmpdir(), 'kheo-test-'));
	const membership = CITUS_NODES.length > 0 ? await joinCitus() : await joinOwn(folder);
	project.provide('cluster', membership.access);
	project.provide('dataFolder', join(folder, 'data'));
	return async () => {
		await membership.leave();
		await rm(folder, { recursive: true });
	};
}

async function joinOwn(folder: string): Promise<Membership> {
	const membership = await joinCluster(folder, { options: { parts: chosenParts(), disposable: true } });
	await migrate(membership.access.migrator);
	await allowClones(membership.access.superuser);
	return membership;
}

/** `KHEO_TEST_DATABASE=15` runs the tests on Debian's PostgreSQL of that version instead of the bundled one. */
function chosenParts(): Parts {
	const version = process.env['KHEO_TEST_DATABASE'];
	return version ? partsIn(`/usr/lib/postgresql/${version}/bin`) : bundledParts();
}

async function allowClones(superuser: string): Promise<void> {
	const client = new pg.Client({ connectionString: superuser });
	await client.connect();
	await client.query('alter role kheo_migrator createdb');
	await client.end();
}
