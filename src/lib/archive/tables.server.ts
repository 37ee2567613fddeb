import { createHash } from 'node:crypto';
import pg from 'pg';
import { copyIn, copyOut, type Rows } from '#lib/server/copy.ts';
import type { Manifest } from './manifest.ts';

/** A table of the application: the columns that are kept, in their order, and what its rows are ordered by. */
export type Table = { name: string; columns: readonly string[]; order: string };
export type Migration = Manifest['migrations'][number];
export type Sequence = Manifest['sequences'][number];

/** Which migrations a database has; what an archive holds was made by the same. */
const REGISTER = 'schema_migrations';

/**
 * What is folded from postings is not kept: where an archive is loaded the background folds it anew. Registrations are counted as
 * they are loaded. Nor is that by which readers of public pages are recognised within an hour,
 * and those who send comments within a day.
 */
const DERIVED = [
	'cells',
	'comment_keys',
	'comment_rates',
	'facet_sets',
	'foldings',
	'obligations',
	'path_changes',
	'presences',
	'readiness',
	'registration_counts',
	'unfolded',
	'unit_numbers',
	'units_apart',
	'view_keys',
	'view_marks'
];
/** Lets each posting wait to be folded; nothing is, where nothing is folded yet. */
const AWAIT_FOLDING = 'postings_await_folding';
/** Checks the facets of what was entered. It takes as long as a third of the rest of entering them. */
export const FACETS_CHECK = 'postings_facets_check';

/** Rows read alike on every PostgreSQL, whatever the server and the account are set to; no statement is too long. */
export async function readAlike(client: pg.Client): Promise<void> {
	await client.query(`
		set timezone = 'UTC'; set datestyle = 'ISO'; set intervalstyle = 'postgres'; set bytea_output = 'hex';
		set extra_float_digits = 1; set client_encoding = 'UTF8'; set search_path = public; set jit = off;
		set statement_timeout = 0; set idle_in_transaction_session_timeout = 0; set work_mem = '64MB'`);
}

/**
 * Every table of the application but the register of migrations and what is derived, by name. What is generated is left out. Rows are ordered
 * by their primary key, texts by their bytes, since servers sort texts differently; those without a key by all they say.
 */
export async function listTables(client: pg.Client): Promise<Table[]> {
	const { rows } = await client.query<Table>(
		`
		select c.relname as name,
			(select array_agg(a.attname::text order by a.attnum) from pg_attribute a
				where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
			coalesce((
				select string_agg(format('t.%I', a.attname) || case when a.attcollation <> 0 then ' collate "C"' else '' end,
					', ' order by k.position)
				from pg_index i cross join unnest(i.indkey) with ordinality as k (attnum, position)
				join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
				where i.indrelid = c.oid and i.indisprimary), 't::text collate "C"') as order
		from pg_class c
		where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
			and c.relname <> all($1)
			and not exists (select from pg_depend where classid = 'pg_class'::regclass and objid = c.oid and deptype = 'e')
		order by c.relname collate "C"`,
		[[REGISTER, ...DERIVED]]
	);
	return rows;
}

export async function listMigrations(client: pg.Client): Promise<Migration[]> {
	const { rows } = await client.query<Migration>(`select name, checksum from ${REGISTER} order by name collate "C"`);
	return rows;
}

/** Where the sequences of the tables stand; those that never counted are left out. */
export async function listSequences(client: pg.Client): Promise<Sequence[]> {
	const { rows } = await client.query<{ table: string; column: string; last: string }>(
		`
		select c.relname as table, a.attname as column, s.last_value as last
		from pg_depend d
		join pg_class q on q.oid = d.objid and q.relkind = 'S'
		join pg_class c on c.oid = d.refobjid
		join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
		join pg_sequences s on s.schemaname = 'public' and s.sequencename = q.relname
		where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')
			and c.relnamespace = 'public'::regnamespace and s.last_value is not null and c.relname <> all($1)
		order by c.relname collate "C", a.attnum`,
		[DERIVED]
	);
	return rows.map(({ last, ...of }) => ({ ...of, last: Number(last) }));
}

/** Tables of what is derived; a database of an earlier version does not have all of them. */
export async function listDerived(client: pg.Client): Promise<{ name: string }[]> {
	const { rows } = await client.query<{ name: string }>(
		`select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relname = any($1)`,
		[DERIVED]
	);
	return rows;
}

export async function emptyTables(client: pg.Client, known: readonly { name: string }[]): Promise<void> {
	await client.query(`truncate ${known.map(({ name }) => `public.${pg.escapeIdentifier(name)}`).join(', ')}`);
}

/** Lets triggers of postings rest, or work again. An archive of an earlier version does not have all of them. */
export async function setTriggers(client: pg.Client, how: 'enable' | 'disable'): Promise<void> {
	const { rows } = await client.query<{ name: string }>(
		`select tgname as name from pg_trigger where tgrelid = 'public.postings'::regclass and tgname = any($1)`,
		[[AWAIT_FOLDING, FACETS_CHECK]]
	);
	for (const { name } of rows)
		await client.query(`alter table public.postings ${how} trigger ${pg.escapeIdentifier(name)}`);
}

/** What the resting trigger would have checked row by row: of postings that say the same it is enough to check one. */
export async function checkFacets(client: pg.Client): Promise<void> {
	await client.query(`
		create temporary table entered (measure text, facets jsonb);
		create trigger entered_check after insert on entered referencing new table as added
			for each statement execute function check_posting_facets();
		insert into entered select distinct measure, facets from postings;
		drop table entered`);
}

/** A table's rows in their order. */
export function readRows(client: pg.Client, table: Table): AsyncGenerator<Rows> {
	const columns = table.columns.map((column) => `t.${pg.escapeIdentifier(column)}`).join(', ');
	const name = pg.escapeIdentifier(table.name);
	return copyOut(client, `copy (select ${columns} from public.${name} t order by ${table.order}) to stdout`);
}

/**
 * Writes rows into a table that this transaction emptied. They are frozen: nobody can see the table before, and
 * nothing has to look at them again.
 */
export function writeRows(client: pg.Client, table: Table, rows: Buffer): Promise<number> {
	const columns = table.columns.map((column) => pg.escapeIdentifier(column)).join(', ');
	return copyIn(client, `copy public.${pg.escapeIdentifier(table.name)} (${columns}) from stdin (freeze)`, rows);
}

export type Digested = { rows: number; bytes: number; sha256: string };

/** Reads a table through `seen` to the end: how many rows it has, and the digest of them all. */
export async function digestRows(
	pieces: AsyncIterable<Rows>,
	seen: (piece: Rows, sofar: number) => void | Promise<void> = () => undefined
): Promise<Digested> {
	const hash = createHash('sha256');
	let rows = 0;
	let bytes = 0;
	for await (const piece of pieces) {
		hash.update(piece.bytes);
		rows += piece.count;
		bytes += piece.bytes.length;
		await seen(piece, rows);
	}
	return { rows, bytes, sha256: hash.digest('hex') };
}
