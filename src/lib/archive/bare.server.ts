import { isDeepStrictEqual } from 'node:util';
import type pg from 'pg';
import { schemaParts } from '#lib/server/migrate.schema.ts';

/** Statements, each with the name of what it makes. */
type Made = { name: string; statement: string };

/**
 * Loads tables without their foreign keys and plain indexes, which are made anew when the rows are there: a key is then proved
 * for all rows at once and an index is built sorted, in a fraction of the time. Triggers, checks, primary and unique keys stay in
 * force all along. All of it is this transaction's, so that nobody ever sees a table without its guards; that they are
 * all back, word for word, is compared. `failed` names what could not be made.
 */
export async function whileBare<T>(
	client: pg.Client,
	{ load, failed }: { load: () => Promise<T>; failed: (error: unknown, name: string) => Error }
): Promise<T> {
	const before = await schemaParts(client);
	const indexes = await listed(client, INDEXES);
	const keys = await listed(client, KEYS);
	for (const { dropped } of [...keys, ...indexes]) await client.query(dropped);
	const loaded = await load();
	await client.query("set local maintenance_work_mem = '256MB'");
	for (const { name, statement } of [...indexes, ...keys])
		await client.query(statement).catch((error: unknown) => {
			throw failed(error, name);
		});
	if (!isDeepStrictEqual(await schemaParts(client), before)) throw new Error('the schema is not what it was');
	return loaded;
}

async function listed(client: pg.Client, query: string): Promise<(Made & { dropped: string })[]> {
	return (await client.query<Made & { dropped: string }>(query)).rows;
}

const INDEXES = `
	select c.relname as name, format('drop index public.%I', c.relname) as dropped, pg_get_indexdef(c.oid) as statement
	from pg_index i join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid
	where t.relnamespace = 'public'::regnamespace and t.relkind in ('r', 'p') and not t.relispartition
		and not exists (select from pg_constraint where conindid = i.indexrelid)
	order by t.relname collate "C", c.relname collate "C"`;

const KEYS = `
	select n.conname as name, format('alter table public.%I drop constraint %I', t.relname, n.conname) as dropped,
		format('alter table public.%I add constraint %I %s', t.relname, n.conname, pg_get_constraintdef(n.oid)) as statement
	from pg_constraint n join pg_class t on t.oid = n.conrelid
	where n.contype = 'f' and t.relnamespace = 'public'::regnamespace and n.conparentid = 0
	order by t.relname collate "C", n.conname collate "C"`;
