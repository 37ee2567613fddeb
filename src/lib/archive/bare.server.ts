import { isDeepStrictEqual } from 'node:util';
import pg from 'pg';
import { schemaParts } from '#lib/server/migrate.schema.ts';

/** A statement, the table that it is about, and the name of what it makes. */
export type Made = { name: string; table: string; statement: string };

/** What was taken off the tables, and the whole schema as it was before that, word for word. */
export type Bare = { before: readonly string[]; indexes: readonly Made[]; keys: readonly Made[] };

/**
 * Takes foreign keys off all tables, and plain indexes off those that are to be `filled`, to be made anew when the rows are there: a
 * key is then proved for all rows at once and an index is built sorted, in a fraction of the time. Checks, primary and unique keys stay
 * in force.
 */
export async function makeBare(client: pg.Client, filled: readonly string[]): Promise<Bare> {
	const before = await schemaParts(client);
	const { rows: indexes } = await client.query<Made & { dropped: string }>(INDEXES, [filled]);
	const { rows: keys } = await client.query<Made & { dropped: string }>(KEYS);
	await client.query([...keys, ...indexes].map(({ dropped }) => dropped).join(';'));
	return { before, indexes, keys };
}

/** Throws where anything of the schema is not what it was. */
export async function compareBare(client: pg.Client, { before }: Bare): Promise<void> {
	if (!isDeepStrictEqual(await schemaParts(client), before)) throw new Error('the schema is not what it was');
}

/**
 * Makes all foreign keys hold for rows to come. That they do for those which are there is proved here for a table without rows; of a
 * `filled` one `proveKey` proves it, without holding up other work.
 */
export async function makeKeys(client: pg.Client, keys: readonly Made[], filled: ReadonlySet<string>): Promise<void> {
	const statements = keys.map(({ table, statement }) => (filled.has(table) ? `${statement} not valid` : statement));
	await client.query(`begin; ${statements.join('; ')}; commit`);
}

export async function proveKey(client: pg.Client, { table, name }: Made): Promise<void> {
	await client.query(
		`alter table public.${pg.escapeIdentifier(table)} validate constraint ${pg.escapeIdentifier(name)}`
	);
}

const INDEXES = `
	select c.relname as name, t.relname as table, format('drop index public.%I', c.relname) as dropped,
		pg_get_indexdef(c.oid) as statement
	from pg_index i join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid
	where t.relnamespace = 'public'::regnamespace and t.relkind in ('r', 'p') and not t.relispartition and t.relname = any($1)
		and not exists (select from pg_constraint where conindid = i.indexrelid)
	order by t.relname collate "C", c.relname collate "C"`;

const KEYS = `
	select n.conname as name, t.relname as table, format('alter table public.%I drop constraint %I', t.relname, n.conname) as dropped,
		format('alter table public.%I add constraint %I %s', t.relname, n.conname, pg_get_constraintdef(n.oid)) as statement
	from pg_constraint n join pg_class t on t.oid = n.conrelid
	where n.contype = 'f' and t.relnamespace = 'public'::regnamespace and n.conparentid = 0
	order by t.relname collate "C", n.conname collate "C"`;
