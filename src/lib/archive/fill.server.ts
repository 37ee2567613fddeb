import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { zstdDecompress } from 'node:zlib';
import pg from 'pg';
import { fromDatabase, problem } from '#lib/server/problem.ts';
import { makeKeys, proveKey, type Bare, type Made } from './bare.server.ts';
import { wholeEntry } from './check.server.ts';
import { refuseAborted, type Wanted } from './export.server.ts';
import { tableOfEntry, type Manifest } from './manifest.ts';
import * as tables from './tables.server.ts';
import type { TarEntry } from './tar.ts';
import { withWorkers, type Job } from './unfinished.server.ts';

const MOST_BYTES = 512 * 1024 ** 2;
const unpack = promisify(zstdDecompress);

/** An archive that was looked through, and the empty tables that it is loaded into. */
type Filling = {
	manifest: Manifest;
	wanted: Pick<Wanted, 'onProgress' | 'signal'>;
	entries: readonly TarEntry[];
	known: readonly tables.Table[];
	bare: Bare;
};

/**
 * Loads all rows, makes indexes and foreign keys, and reads every table back, on several connections at once. `client` is the one
 * that holds the others off. Throws `archive.altered`, `archive.row_refused`, `archive.digest_differs`, `archive.aborted`.
 */
export async function fill(client: pg.Client, url: string, filling: Filling): Promise<void> {
	const { manifest, wanted, known, bare } = filling;
	const bytes = new Map(manifest.tables.map((table) => [table.name, table.bytes]));
	const filled = new Set(manifest.tables.filter(({ rows }) => rows > 0).map(({ name }) => name));
	// What takes longest is begun first, so that in the end no connection waits long for another.
	const bySize = known.toSorted((one, other) => (bytes.get(other.name) ?? 0) - (bytes.get(one.name) ?? 0));
	const jobs = (jobsOf: (table: tables.Table) => Job[], of = bySize): Job[] =>
		of.flatMap(jobsOf).map((job) => (worker) => {
			refuseAborted(wanted.signal);
			return job(worker);
		});
	const withRows = bySize.filter(({ name }) => filled.has(name));
	await withWorkers(url, async (share) => {
		await share(jobs((table) => [(worker) => readIn(worker, table, filling)], withRows));
		await share(jobs((table) => of(bare.indexes, table).map((index) => (worker) => make(worker, index, filling))));
		await makeKeys(client, bare.keys, filled);
		await share(jobs((table) => [(worker) => settle(worker, table, filling)], withRows));
		await share(jobs((table) => [(worker) => compare(worker, table, filling)]));
	});
}

/** One transaction makes the table's files and fills them: where nobody follows PostgreSQL's log they are written once. */
async function readIn(worker: pg.Client, table: tables.Table, filling: Filling): Promise<void> {
	const { wanted, entries } = filling;
	const parts = entries.filter(({ name }) => tableOfEntry(name) === table.name);
	let rows = 0;
	await worker.query('begin');
	await tables.emptyTables(worker, [table]);
	for await (const { name, bytes } of ahead(unpacked(parts, filling), AHEAD)) {
		refuseAborted(wanted.signal);
		rows += await tables.writeRows(worker, table, bytes).catch((error: unknown) => {
			throw refusal(error, name);
		});
		wanted.onProgress?.({ of: table.name, rows });
	}
	await worker.query('commit');
}

async function make(worker: pg.Client, { name, table, statement }: Made, { manifest, wanted }: Filling): Promise<void> {
	wanted.onProgress?.({ of: name, rows: rowsOf(manifest, table) });
	await worker.query(statement).catch((error: unknown) => {
		throw refusal(error, name);
	});
}

/** The table as it is now, against what the manifest says of it. */
async function compare(worker: pg.Client, table: tables.Table, { manifest, wanted }: Filling): Promise<void> {
	const told = manifest.tables.find(({ name }) => name === table.name);
	const { rows, sha256 } = await tables.digestRows(tables.readRows(worker, table), (_, sofar) => {
		refuseAborted(wanted.signal);
		wanted.onProgress?.({ of: table.name, rows: sofar });
	});
	if (rows !== told?.rows || sha256 !== told.sha256) throw problem('archive.digest_differs', { table: table.name });
}

/** Proves its foreign keys, and what a trigger of postings would have. Two of these on one table would wait for one another. */
async function settle(worker: pg.Client, table: tables.Table, { bare }: Filling): Promise<void> {
	await worker.query('begin');
	await worker.query(`analyze public.${pg.escapeIdentifier(table.name)}`);
	for (const key of of(bare.keys, table))
		await proveKey(worker, key).catch((error: unknown) => {
			throw refusal(error, key.name);
		});
	if (table.name === 'postings')
		await tables.checkFacets(worker).catch((error: unknown) => {
			throw refusal(error, tables.FACETS_CHECK);
		});
	await worker.query('commit');
}

function of(made: readonly Made[], { name }: { name: string }): Made[] {
	return made.filter(({ table }) => table === name);
}

function rowsOf({ tables: told }: Manifest, table: string): number {
	return told.find(({ name }) => name === table)?.rows ?? 0;
}

/** So many pieces of a table are unpacked while the ones before are written; each has some megabytes. */
const AHEAD = 2;

/** Pieces of a table. The file was looked through before; what was changed since is found here. */
async function* unpacked(
	parts: readonly TarEntry[],
	{ manifest }: Filling
): AsyncGenerator<{ name: string; bytes: Buffer }> {
	const told = new Map(manifest.entries.map(({ name, sha256 }) => [name, sha256]));
	for (const part of parts) {
		const { name } = part;
		const packed = await wholeEntry(part);
		if (told.get(name) !== createHash('sha256').update(packed).digest('hex'))
			throw problem('archive.altered', { entry: name });
		const bytes = await unpack(packed, { maxOutputLength: MOST_BYTES }).catch((error: unknown) => {
			throw problem('archive.altered', { entry: name }, error);
		});
		yield { name, bytes };
	}
}

/** Reads on while what came before is used: at most so many wait. */
async function* ahead<T>(source: AsyncGenerator<T>, most: number): AsyncGenerator<T> {
	const waiting: Promise<IteratorResult<T, unknown>>[] = [];
	try {
		for (;;) {
			while (waiting.length <= most) {
				const next = source.next();
				// Told when its turn comes; until then nobody waits for it.
				next.catch(() => undefined);
				waiting.push(next);
			}
			const next = await waiting.shift();
			if (!next || next.done) return;
			yield next.value;
		}
	} finally {
		await source.return(undefined);
	}
}

/** What PostgreSQL would not take, unless the fault is its own. */
function refusal(error: unknown, what: string): Error {
	const known = fromDatabase(error);
	if (known && known.status >= 500) return known;
	return problem('archive.row_refused', { what, detail: error instanceof Error ? error.message : '' }, error);
}
