import pg from 'pg';
import { fromDatabase, problem } from './problem.ts';

/** What grows with every act, spread over the nodes: rows of one home are together on one node, of all these tables. */
export const SPREAD: readonly string[] = ['postings', 'actions', 'action_seals'];

/**
 * What those point to or are checked against on their own node: a copy on every node. Only what is added to and hardly ever
 * written, for each write goes to every node. What is not named here stays on the coordinator (docs/decisions/0020).
 */
const COPIED = ['units', 'measure_facets', 'action_blocks'];

const OLDEST_CITUS = 12;

/** `distributed`, `copied`: the tables that became so now. `local`: how many stay on the coordinator. */
export type Distribution = { distributed: string[]; copied: string[]; local: number; workers: number };

/**
 * Spreads an installation over the nodes of a Citus cluster; done again after an upgrade it does so with what is new. The rows
 * are copied in one transaction, so that it is done whole or not at all. Throws `database.citus_missing`,
 * `database.citus_too_old`, `database.citus_no_workers`.
 */
export async function distribute(connectionString: string, tables = SPREAD): Promise<Distribution> {
	const client = new pg.Client({ connectionString, application_name: 'kheo distribute' });
	// A lost connection fails the statement that waits for it; an 'error' that nobody hears would end the process.
	client.on('error', () => undefined);
	try {
		await client.connect();
		const workers = await workersOf(client);
		await settle(client);
		await client.query('begin');
		const done = await spread(client, tables);
		await client.query('commit');
		return { ...done, workers };
	} catch (error) {
		throw fromDatabase(error) ?? error;
	} finally {
		await client.end();
	}
}

/** Has this database been distributed? */
export async function isDistributed(client: pg.ClientBase): Promise<boolean> {
	const { rows } = await client.query<{ citus: boolean }>(
		"select to_regclass('pg_dist_partition') is not null as citus"
	);
	if (!rows[0]?.citus) return false;
	const spreadOut = await client.query("select from pg_dist_partition where partmethod = 'h' limit 1");
	return spreadOut.rowCount === 1;
}

/**
 * Runs `work` while no command is under way: each node takes its own snapshot, one after another, and of a command that ends
 * in between some would have one half. Who writes waits until `work` is done; refuses where one is at it for too long.
 */
export async function whileNobodyWrites<T>(connectionString: string, work: () => Promise<T>): Promise<T> {
	const client = new pg.Client({ connectionString, application_name: 'kheo snapshot' });
	client.on('error', () => undefined);
	try {
		await client.connect();
		await client.query("begin; set local lock_timeout = '10s'");
		// Every command leaves an action, and sealing leaves seals: what is locked lets readers in and nobody else.
		for (const table of ['actions', 'action_seals']) await client.query(`lock table ${table} in share mode`);
		return await work();
	} finally {
		await client.end();
	}
}

/** How many nodes there are to spread to. */
async function workersOf(client: pg.Client): Promise<number> {
	const { rows } = await client.query<{ version: string }>(
		"select extversion as version from pg_extension where extname = 'citus'"
	);
	const version = rows[0]?.version;
	if (version === undefined) throw problem('database.citus_missing');
	if (Number.parseInt(version, 10) < OLDEST_CITUS) throw problem('database.citus_too_old', { version });
	const nodes = await client.query<{ workers: number }>(`
		select count(*)::int as workers from pg_dist_node where noderole = 'primary' and isactive and shouldhaveshards`);
	const workers = nodes.rows[0]?.workers ?? 0;
	if (workers === 0) throw problem('database.citus_no_workers');
	return workers;
}

/**
 * How every connection to come behaves. Triggers are made on the nodes too. A transaction asks each node on one connection:
 * on several it could not write what it has read, because every one would see only its own part of the transaction.
 */
async function settle(client: pg.Client): Promise<void> {
	const { rows } = await client.query<{ name: string }>('select current_database() as name');
	const database = pg.escapeIdentifier(rows[0]?.name ?? '');
	for (const setting of ["citus.enable_unsafe_triggers = 'on'", "citus.multi_shard_modify_mode = 'sequential'"]) {
		await client.query(`alter database ${database} set ${setting}`);
		await client.query(`set ${setting}`);
	}
	await client.query("set client_min_messages = 'warning'; set statement_timeout = 0; set search_path = public");
	// The nodes ask one another as whoever asks, and the application asks as this role.
	const app = await client.query("select from pg_roles where rolname = 'kheo_app' and rolcanlogin");
	if (app.rowCount === 0) await client.query('alter role kheo_app login');
}

async function spread(client: pg.Client, tables: readonly string[]): Promise<Omit<Distribution, 'workers'>> {
	const views = await viewsAsTheyAre(client);
	const columns = await columnsAsTheyAre(client);
	const copied: string[] = [];
	const distributed: string[] = [];
	await stopFolding(client);
	for (const table of COPIED) {
		if ((await methodOf(client, table)) === 'n') continue;
		await client.query('select create_reference_table($1)', [table]);
		copied.push(table);
	}
	for (const table of tables) {
		if ((await methodOf(client, table)) === 'h') continue;
		const beside = table === tables[0] ? 'none' : tables[0];
		await client.query("select create_distributed_table($1, 'home_id', colocate_with => $2)", [table, beside]);
		distributed.push(table);
	}
	for (const table of [...distributed, ...copied.toReversed()])
		await client.query('select truncate_local_data_after_distributing_table($1)', [table]);
	if (distributed.length + copied.length > 0) {
		for (const statement of views) await client.query(statement);
		// What the parts of a table had, they still have; of the table that stands for them Citus grants no single columns.
		await client.query("set local citus.enable_ddl_propagation = 'off'");
		for (const statement of columns) await client.query(statement);
	}
	const { rows } = await client.query<{ local: number }>(`
		select count(*)::int as local from pg_class c left join pg_dist_partition d on d.logicalrelid = c.oid
		where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
			and (d.partmethod is null or (d.partmethod = 'n' and d.repmodel = 's'))`);
	return { distributed, copied, local: rows[0]?.local ?? 0 };
}

/**
 * Cells and the postings that no cell has yet are exact together only within one snapshot, and nodes have one each: on them
 * every posting is counted by itself, and nothing waits to be folded.
 */
async function stopFolding(client: pg.Client): Promise<void> {
	await client.query('drop trigger if exists postings_await_folding on postings');
	await client.query('truncate cells, facet_sets, foldings, unfolded');
}

/** `h`: spread by a column; `n` and copied to every node; null: of the coordinator alone. */
async function methodOf(client: pg.Client, table: string): Promise<string | null> {
	const { rows } = await client.query<{ method: string }>(
		`select partmethod as method from pg_dist_partition
		where logicalrelid = $1::regclass and (partmethod = 'h' or repmodel = 't')`,
		[table]
	);
	return rows[0]?.method ?? null;
}

/** Citus makes views over a table anew, without who may read them and what is said of them. */
async function viewsAsTheyAre(client: pg.Client): Promise<string[]> {
	const { rows } = await client.query<{ statement: string }>(`
		select format('grant %s on public.%I to %s', lower(g.privilege_type), v.relname, g.grantee::regrole) as statement
		from pg_class v cross join lateral aclexplode(v.relacl) g
		where v.relkind = 'v' and v.relnamespace = 'public'::regnamespace and g.grantee not in (0, v.relowner)
			and not exists (select from pg_depend where classid = 'pg_class'::regclass and objid = v.oid and deptype = 'e')
		union all
		select format('comment on view public.%I is %L', v.relname, obj_description(v.oid, 'pg_class')) from pg_class v
		where v.relkind = 'v' and v.relnamespace = 'public'::regnamespace and obj_description(v.oid, 'pg_class') is not null
			and not exists (select from pg_depend where classid = 'pg_class'::regclass and objid = v.oid and deptype = 'e')`);
	return rows.map(({ statement }) => statement);
}

/** Rights on single columns, which a table that Citus takes over loses. */
async function columnsAsTheyAre(client: pg.Client): Promise<string[]> {
	const { rows } = await client.query<{ statement: string }>(`
		select format('grant %s (%I) on public.%I to %s', lower(g.privilege_type), a.attname, c.relname, g.grantee::regrole) as statement
		from pg_class c join pg_attribute a on a.attrelid = c.oid and not a.attisdropped cross join lateral aclexplode(a.attacl) g
		where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and g.grantee <> 0`);
	return rows.map(({ statement }) => statement);
}
