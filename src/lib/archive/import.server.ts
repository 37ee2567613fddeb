import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { zstdDecompress } from 'node:zlib';
import pg from 'pg';
import { keepAnchor, keptAnchor, parseAnchor } from '#lib/actions/anchor.server.ts';
import type { Anchor } from '#lib/actions/chain.server.ts';
import { resume as resumeLetters } from '#lib/mail/outbox.server.ts';
import { openDatabase } from '#lib/server/db.ts';
import { isDistributed } from '#lib/server/distribute.ts';
import { store } from '#lib/server/files.ts';
import { migrate, readMigrations, withMigrator } from '#lib/server/migrate.ts';
import { fromDatabase, problem } from '#lib/server/problem.ts';
import { prepareData, type Settings } from '#lib/server/settings.ts';
import { whileBare } from './bare.server.ts';
import { checkArchive, openArchive, wholeEntry, type Checked } from './check.server.ts';
import { refuseAborted, type Wanted } from './export.server.ts';
import { missingKeys } from './keys.server.ts';
import { ENTRY, tableOfEntry, type Manifest } from './manifest.ts';
import * as tables from './tables.server.ts';
import { readTar } from './tar.ts';

const MOST_BYTES = 512 * 1024 ** 2;
const unpack = promisify(zstdDecompress);

type Loading = Omit<Wanted, 'withoutLost'> & {
	/** Goes on where keys are missing that the archive needs. */
	withoutKeys?: boolean;
	/** The archive's digest, as it was kept elsewhere. */
	digest?: string;
	/** Only reads the archive and looks whether it could be loaded. */
	dryRun?: boolean;
};

/** `lacking`: keys that are not here. `letters`: how many wait in it and were handed to be sent. */
export type Imported = Checked & { lacking: string[]; letters: number };

/**
 * Loads an archive into an empty installation: whole and proved, or not at all. A database that was never used is first
 * brought to the archive's own state, and afterwards up to date. Throws what `checkArchive` does,
 * `archive.other_digest`, `archive.distributed`, `archive.other_program`, `archive.keys_missing`, `archive.not_empty`, `archive.older`,
 * `archive.tables_differ`, `archive.row_refused`, `archive.digest_differs`, `archive.anchor_differs`, `archive.aborted`.
 */
export async function importArchive(settings: Settings, wanted: Loading): Promise<Imported> {
	return openArchive(wanted.path, async (file) => {
		const checked = await checkArchive(file);
		const { manifest, digest } = checked;
		if (wanted.digest && wanted.digest.toLowerCase() !== digest) throw problem('archive.other_digest', { digest });
		refuseOtherProgram(manifest);
		const lacking = missingKeys(manifest.keys, settings);
		if (wanted.dryRun) return { ...checked, lacking, letters: 0 };
		if (lacking.length > 0 && !wanted.withoutKeys) throw problem('archive.keys_missing', { keys: lacking.join(', ') });
		prepareData(settings);
		const anchor = await withMigrator(settings, async ({ url, appUser }) => {
			await migrate(url, { appUser, only: new Set(manifest.migrations.map(({ name }) => name)) });
			const loaded = await load(url, { file, manifest, data: settings.data, wanted });
			await migrate(url, { appUser });
			return loaded;
		});
		const kept = keptAnchor(settings.data);
		if (anchor && (!kept || kept.number < anchor.number)) keepAnchor(settings.data, anchor);
		const opened = await openDatabase(settings);
		const letters = await resumeLetters(opened.db).finally(opened.close);
		return { ...checked, lacking, letters };
	});
}

type Source = { file: FileHandle; manifest: Manifest; data: string; wanted: Loading };

function refuseOtherProgram({ migrations }: Manifest): void {
	const known = new Map(readMigrations().map(({ name, checksum }) => [name, checksum]));
	const other = migrations.find(({ name, checksum }) => known.get(name) !== checksum);
	if (other) throw problem('archive.other_program', { name: other.name });
}

async function load(url: string, source: Source): Promise<Anchor | null> {
	const client = new pg.Client({ connectionString: url, application_name: 'kheo import' });
	// A lost connection fails the statement that waits for it; an 'error' that nobody hears would end the process.
	client.on('error', () => undefined);
	const added: string[] = [];
	try {
		await client.connect();
		await tables.readAlike(client);
		await client.query("begin; set local lock_timeout = '10s'");
		const anchor = await replaceAll(client, source, added).catch(async (error: unknown) => {
			for (const path of added) await rm(path, { force: true });
			throw error;
		});
		await client.query('commit');
		return anchor;
	} catch (error) {
		throw fromDatabase(error) ?? error;
	} finally {
		await client.end();
	}
}

/** Everything inside the one transaction. `added`: uploads that were not there before. */
async function replaceAll(client: pg.Client, source: Source, added: string[]): Promise<Anchor | null> {
	const { manifest, wanted } = source;
	if (await isDistributed(client)) throw problem('archive.distributed');
	await refuseUsed(client);
	const known = await tables.listTables(client);
	await refuseUnlike(client, known, manifest);
	await client.query(`truncate ${known.map(({ name }) => `public.${pg.escapeIdentifier(name)}`).join(', ')}`);
	const failed = (error: unknown, what: string): Error => refusal(error, what);
	const anchor = await tables.withoutDerived(client, () =>
		whileBare(client, { failed, load: () => readIn(client, { ...source, known, added }) })
	);
	for (const { table, column, last } of manifest.sequences)
		await client.query('select setval(pg_get_serial_sequence($1, $2), $3)', [`public.${table}`, column, last]);
	await client.query(`analyze ${known.map(({ name }) => `public.${pg.escapeIdentifier(name)}`).join(', ')}`);
	for (const table of known) {
		const told = manifest.tables.find(({ name }) => name === table.name);
		const { rows, sha256 } = await tables.digestRows(tables.readRows(client, table), (_, sofar) => {
			refuseAborted(wanted.signal);
			wanted.onProgress?.({ of: table.name, rows: sofar });
		});
		if (rows !== told?.rows || sha256 !== told.sha256) throw problem('archive.digest_differs', { table: table.name });
	}
	await refuseOtherAnchor(client, source.data);
	return anchor;
}

/** Only what the migrations themselves wrote may be there: every use of an installation leaves an action. */
async function refuseUsed(client: pg.Client): Promise<void> {
	await client.query('lock table actions, users, units, files in access exclusive mode');
	const { rows } = await client.query<{ used: boolean }>(`
		select exists (select from actions) or exists (select from users) or exists (select from units)
			or exists (select from files) as used`);
	if (rows[0]?.used) throw problem('archive.not_empty');
}

async function refuseUnlike(client: pg.Client, known: readonly tables.Table[], manifest: Manifest): Promise<void> {
	const told = new Set(manifest.migrations.map(({ name }) => name));
	const later = (await tables.listMigrations(client)).find(({ name }) => !told.has(name));
	if (later) throw problem('archive.older', { name: later.name });
	const columns = (table: { name: string; columns: readonly string[] }): string =>
		`${table.name} (${table.columns.join(', ')})`;
	const here = new Set(known.map(columns));
	const there = new Set(manifest.tables.map(columns));
	const [unlike] = here.symmetricDifference(there);
	if (unlike) throw problem('archive.tables_differ', { table: unlike });
}

type Reading = Source & { known: readonly tables.Table[]; added: string[] };
/** An entry of the archive, taken out of it: rows of a table, an upload, or the anchor. */
type Piece = { name: string; table: tables.Table | null; bytes: Buffer };

/** So many pieces of a table are unpacked while the ones before are written; each has some megabytes. */
const AHEAD = 2;

async function readIn(client: pg.Client, source: Reading): Promise<Anchor | null> {
	const { data, wanted } = source;
	let anchor: Anchor | null = null;
	let uploads = 0;
	const rows = new Map<string, number>();
	for await (const { name, table, bytes } of ahead(unpacked(source), AHEAD)) {
		refuseAborted(wanted.signal);
		if (table) {
			const written = await tables.writeRows(client, table, bytes).catch((error: unknown) => {
				throw refusal(error, name);
			});
			const sofar = (rows.get(table.name) ?? 0) + written;
			rows.set(table.name, sofar);
			wanted.onProgress?.({ of: table.name, rows: sofar });
		} else if (name === ENTRY.anchor) anchor = parseAnchor(bytes.toString());
		else {
			await keepUpload(data, { bytes, added: source.added });
			wanted.onProgress?.({ of: 'files', rows: (uploads += 1) });
		}
	}
	return anchor;
}

/** What is to be loaded, in the order of the archive. The file was looked through before; what was changed since is found here. */
async function* unpacked({ file, manifest, known }: Reading): AsyncGenerator<Piece> {
	for await (const entry of readTar(file)) {
		const { name } = entry;
		const tableName = tableOfEntry(name);
		if (tableName === null) {
			if (name.startsWith('files/') || name === ENTRY.anchor)
				yield { name, table: null, bytes: await wholeEntry(entry) };
			continue;
		}
		const packed = await wholeEntry(entry);
		const table = known.find((one) => one.name === tableName);
		const told = manifest.entries.find((one) => one.name === name);
		const isSame = told?.sha256 === createHash('sha256').update(packed).digest('hex');
		if (!table || !isSame) throw problem('archive.altered', { entry: name });
		const bytes = await unpack(packed, { maxOutputLength: MOST_BYTES }).catch((error: unknown) => {
			throw problem('archive.altered', { entry: name }, error);
		});
		yield { name, table, bytes };
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

async function keepUpload(data: string, { bytes, added }: { bytes: Buffer; added: string[] }): Promise<void> {
	const path = join(data, 'files', createHash('sha256').update(bytes).digest('hex'));
	if (existsSync(path)) return;
	added.push(path);
	await store(data, bytes);
}

/** An anchor in the data folder is another installation's, or of a later time, where the archive does not have its block. */
async function refuseOtherAnchor(client: pg.Client, data: string): Promise<void> {
	const kept = keptAnchor(data);
	if (!kept) return;
	const { rows } = await client.query<{ hash: string }>('select hash from action_blocks where number = $1', [
		kept.number
	]);
	if (rows[0]?.hash !== kept.hash) throw problem('archive.anchor_differs', { number: kept.number });
}

/** What PostgreSQL would not take, unless the fault is its own. */
function refusal(error: unknown, what: string): Error {
	const known = fromDatabase(error);
	if (known && known.status >= 500) return known;
	return problem('archive.row_refused', { what, detail: error instanceof Error ? error.message : '' }, error);
}
