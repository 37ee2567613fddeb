import pg from 'pg';
import { distribute } from '#lib/server/distribute.ts';
import { migrate } from '#lib/server/migrate.ts';
import type { Access } from '#lib/server/postgres.ts';

/**
 * Addresses of a Citus cluster for tests, as its superuser: the coordinator's first, then the workers', with commas between. They
 * let the superuser, kheo_migrator and kheo_app in without asking, from one another too.
 */
export const CITUS_NODES = (process.env['KHEO_TEST_CITUS_URL'] ?? '').split(',').filter((url) => url !== '');

/** Every database that tests make there begins with it, and is dropped in the end. */
export const CITUS_PREFIX = 'kheo_test_';

export async function joinCitus(): Promise<{ access: Access; leave: () => Promise<void> }> {
	for (const node of CITUS_NODES)
		await asSuperuser(node, 'postgres', async (client) => {
			await client.query("set citus.enable_create_role_propagation = 'off'");
			for (const [role, rights] of Object.entries({ kheo_migrator: 'login createrole createdb', kheo_app: 'login' })) {
				const known = await client.query('select from pg_roles where rolname = $1', [role]);
				await client.query(`${known.rowCount ? 'alter' : 'create'} role ${role} ${rights}`);
			}
		});
	const [coordinator = ''] = CITUS_NODES;
	const access = {
		superuser: coordinator,
		migrator: as(coordinator, 'kheo_migrator'),
		app: as(coordinator, 'kheo_app')
	};
	return { access, leave: dropAll };
}

/** A database on every node, up to date and distributed unless it is to stay `bare`. */
export async function createOnCitus(name: string, { bare = false } = {}): Promise<void> {
	const [coordinator = '', ...workers] = CITUS_NODES;
	await asSuperuser(coordinator, 'postgres', async (turn) => {
		// A node that is added is told of all roles, which two databases cannot do at once.
		await turn.query('select pg_advisory_lock(hashtext($1))', [CITUS_PREFIX]);
		for (const node of CITUS_NODES) {
			await asSuperuser(node, 'postgres', (client) => client.query(`create database ${name} owner kheo_migrator`));
			await asSuperuser(node, name, (client) => client.query('create extension citus'));
		}
		await asSuperuser(coordinator, name, async (client) => {
			const { hostname, port } = new URL(coordinator);
			await client.query('select citus_set_coordinator_host($1, $2)', [hostname, Number(port)]);
			for (const worker of workers) {
				const { hostname: host, port: at } = new URL(worker);
				await client.query('select citus_add_node($1, $2)', [host, Number(at)]);
			}
		});
	});
	if (bare) return;
	const owner = as(coordinator, 'kheo_migrator', name);
	await migrate(owner);
	await distribute(owner);
}

export async function dropOnCitus(name: string): Promise<void> {
	for (const node of CITUS_NODES)
		await asSuperuser(node, 'postgres', (client) => client.query(`drop database if exists ${name} with (force)`));
}

async function dropAll(): Promise<void> {
	const [coordinator = ''] = CITUS_NODES;
	const names = await asSuperuser(coordinator, 'postgres', async (client) => {
		const found = await client.query<{ name: string }>(
			'select datname as name from pg_database where starts_with(datname, $1)',
			[CITUS_PREFIX]
		);
		return found.rows.map(({ name }) => name);
	});
	for (const name of names) await dropOnCitus(name);
}

function as(node: string, user: string, database?: string): string {
	const url = new URL(node);
	url.username = user;
	if (database) url.pathname = `/${database}`;
	return url.href;
}

async function asSuperuser<T>(node: string, database: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
	const url = new URL(node);
	url.pathname = `/${database}`;
	const client = new pg.Client({ connectionString: url.href });
	await client.connect();
	try {
		return await work(client);
	} finally {
		await client.end();
	}
}
