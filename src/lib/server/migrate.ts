import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { OLDEST_VERSION } from './db.ts';
import { hasQueues, installJobs } from './jobs.ts';
import { joinCluster } from './postgres.ts';
import { fromDatabase, problem } from './problem.ts';
import { prepareData, projectFolder, type Settings } from './settings.ts';
import { statementsOf } from './statements.ts';

const MIGRATIONS = join(projectFolder(), 'db/migrations');

type Migration = { name: string; text: string; checksum: string };

/** Any number will do, as long as nothing else in the database takes this advisory lock. */
const LOCK_KEY = 7_401_930;

/**
 * Brings the database of the settings up to date and answers the names of what was applied.
 * Throws `migration.changed`, `migration.newer`, `migration.failed`, `database.too_old`, `database.role_missing`,
 * `archive.unfinished`.
 */
export async function migrateDatabase(settings: Settings): Promise<string[]> {
	return withMigrator(settings, ({ url, appUser }) => migrate(url, { appUser }));
}

/** Where the owner of the schema connects; `appUser` is the application's account on a server of one's own. */
export type Migrator = { url: string; appUser?: string | undefined };

/** Hands on the migrator's address while the embedded PostgreSQL, where it is that one, is held running. */
export async function withMigrator<T>(settings: Settings, work: (migrator: Migrator) => Promise<T>): Promise<T> {
	if (settings.databaseUrl) {
		const appUser = decodeURIComponent(new URL(settings.databaseUrl).username);
		return work({ url: settings.migratorUrl ?? settings.databaseUrl, appUser });
	}
	prepareData(settings);
	const membership = await joinCluster(settings.data);
	try {
		return await work({ url: membership.access.migrator });
	} finally {
		await membership.leave();
	}
}

/** `only`: applies these and leaves the others waiting. */
type Wanted = { folder?: string; appUser?: string | undefined; only?: ReadonlySet<string> };

/** Applies what is missing from `db/migrations`, forward only, each file in its own transaction. */
export async function migrate(
	connectionString: string,
	{ folder = MIGRATIONS, appUser, only }: Wanted = {}
): Promise<string[]> {
	const client = new pg.Client({ connectionString, application_name: 'kheo migrate' });
	try {
		await client.connect();
		await client.query('select pg_advisory_lock($1)', [LOCK_KEY]);
		await refuseUnfinished(client);
		await checkVersion(client);
		await ensureAppRole(client, appUser);
		const missing = await pendingOf(client, readMigrations(folder));
		const pending = missing.filter(({ name }) => only?.has(name) ?? true);
		for (const migration of pending) await apply(client, migration);
		if (pending.length > 0 || !(await hasQueues(client))) await installJobs(client, connectionString);
		return pending.map(({ name }) => name);
	} catch (error) {
		throw fromDatabase(error) ?? error;
	} finally {
		await client.end();
	}
}

/** Is there in a database for as long as an archive is being loaded into it, and after that was cut short. */
export const UNFINISHED = 'public.restoring';

export async function isUnfinished(client: Pick<pg.ClientBase, 'query'>): Promise<boolean> {
	const { rows } = await client.query<{ marked: boolean }>('select to_regclass($1) is not null as marked', [
		UNFINISHED
	]);
	return rows[0]?.marked ?? false;
}

/** Refuses, with `archive.unfinished`, a database that has only a part of an archive. */
export async function refuseUnfinished(client: Pick<pg.ClientBase, 'query'>): Promise<void> {
	if (await isUnfinished(client)) throw problem('archive.unfinished');
}

async function checkVersion(client: pg.Client): Promise<void> {
	const answer = await client.query<{ number: string; text: string }>(
		"select current_setting('server_version_num') as number, current_setting('server_version') as text"
	);
	const version = answer.rows[0];
	if (Number(version?.number) < OLDEST_VERSION * 10_000) {
		throw problem('database.too_old', { version: version?.text ?? '' });
	}
}

/** The role that the application runs as; on a server of one's own it cannot sign in, but is taken on. */
async function ensureAppRole(client: pg.Client, appUser: string | undefined): Promise<void> {
	const user = appUser || (await client.query<{ user: string }>('select current_user as user')).rows[0]?.user || '';
	try {
		const known = await client.query("select from pg_roles where rolname = 'kheo_app'");
		if (!known.rowCount) await client.query('create role kheo_app nologin');
		if (!appUser) return;
		const member = await client.query("select where pg_has_role($1, 'kheo_app', 'member')", [user]);
		if (!member.rowCount) await client.query(`grant kheo_app to ${pg.escapeIdentifier(user)}`);
	} catch (error) {
		throw problem('database.role_missing', { user }, error);
	}
}

/** The migrations of this program, in their order. */
export function readMigrations(folder = MIGRATIONS): Migration[] {
	const names = readdirSync(folder).filter((name) => name.endsWith('.sql'));
	return names.sort().map((name) => {
		const text = readFileSync(join(folder, name), 'utf8');
		return { name, text, checksum: createHash('sha256').update(text).digest('hex') };
	});
}

async function pendingOf(client: pg.Client, migrations: Migration[]): Promise<Migration[]> {
	const table = await client.query("select where to_regclass('public.schema_migrations') is not null");
	if (!table.rowCount) await client.query(REGISTER);
	const answer = await client.query<{ name: string; checksum: string }>('select name, checksum from schema_migrations');
	const applied = new Map(answer.rows.map(({ name, checksum }) => [name, checksum]));
	const known = new Map(migrations.map(({ name, checksum }) => [name, checksum]));
	for (const [name, checksum] of applied) {
		if (!known.has(name)) throw problem('migration.newer', { name });
		if (known.get(name) !== checksum) throw problem('migration.changed', { name });
	}
	return migrations.filter(({ name }) => !applied.has(name));
}

const REGISTER = `
	create table schema_migrations (
		name text primary key,
		checksum text not null,
		applied_at timestamptz(3) not null default now()
	);
	comment on table schema_migrations is 'Which files of db/migrations this database has, and what they said then.';
	grant select on schema_migrations to kheo_app;
`;

async function apply(client: pg.Client, { name, text, checksum }: Migration): Promise<void> {
	try {
		await client.query('begin');
		// One by one: Citus hands what it is sent on to its nodes, which take no more than one at a time.
		for (const statement of statementsOf(text)) await client.query(statement);
		await client.query('insert into schema_migrations (name, checksum) values ($1, $2)', [name, checksum]);
		await client.query('commit');
	} catch (error) {
		await client.query('rollback').catch(() => undefined);
		const refused = fromDatabase(error);
		if (refused) throw refused;
		throw problem('migration.failed', { name, detail: error instanceof Error ? error.message : String(error) }, error);
	}
}
