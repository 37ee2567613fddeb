import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { keepAnchor, keptAnchor, parseAnchor } from '#lib/actions/anchor.server.ts';
import type { Anchor } from '#lib/actions/chain.server.ts';
import { resume as resumeLetters } from '#lib/mail/outbox.server.ts';
import { openDatabase } from '#lib/server/db.ts';
import { isDistributed } from '#lib/server/distribute.ts';
import { store } from '#lib/server/files.ts';
import { log } from '#lib/server/log.ts';
import { migrate, readMigrations, withMigrator } from '#lib/server/migrate.ts';
import { fromDatabase, problem } from '#lib/server/problem.ts';
import { prepareData, type Settings } from '#lib/server/settings.ts';
import { compareBare, makeBare, type Bare } from './bare.server.ts';
import { checkArchive, openArchive, wholeEntry, type Checked } from './check.server.ts';
import { refuseAborted, type Wanted } from './export.server.ts';
import { fill } from './fill.server.ts';
import { missingKeys } from './keys.server.ts';
import { ENTRY, type Manifest } from './manifest.ts';
import * as tables from './tables.server.ts';
import { readTar, type TarEntry } from './tar.ts';
import { mark, removeUnfinished, unmark, withOwner } from './unfinished.server.ts';

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
 * Loads an archive into an empty installation: whole and proved, or not at all; what an earlier loading left that was cut short is
 * removed. The database is first brought to the archive's own state, and afterwards up to date. Throws what `checkArchive` does,
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
			await removeUnfinished(url);
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

/** Until all is whole and proved a mark keeps everybody off; what fails before is removed, mark and all. */
async function load(url: string, source: Source): Promise<Anchor | null> {
	const added: string[] = [];
	try {
		return await withOwner(url, async (client) => {
			const begun = await begin(client, source);
			const entries = await Array.fromAsync(readTar(source.file));
			const anchor = await keepFiles(entries, source, added);
			await fill(client, url, { ...source, ...begun, entries });
			await finish(client, source, begun);
			return anchor;
		});
	} catch (error) {
		for (const path of added) await rm(path, { force: true });
		await removeUnfinished(url).catch((left: unknown) => log('error', 'archive.left_unfinished', { error: left }));
		throw fromDatabase(error) ?? error;
	}
}

type Begun = { known: readonly tables.Table[]; bare: Bare };

/** Leaves all tables without rows, indexes and foreign keys, and the mark that they are so. */
async function begin(client: pg.Client, { manifest }: Source): Promise<Begun> {
	await client.query('begin');
	if (await isDistributed(client)) throw problem('archive.distributed');
	await refuseUsed(client);
	const known = await tables.listTables(client);
	await refuseUnlike(client, known, manifest);
	const filled = manifest.tables.filter(({ rows }) => rows > 0);
	const bare = await makeBare(
		client,
		filled.map(({ name }) => name)
	);
	await tables.emptyTables(client, [...known, ...(await tables.listDerived(client))]);
	await tables.setTriggers(client, 'disable');
	await mark(client, known);
	await client.query('commit');
	return { known, bare };
}

/** Lets the database be used, when the schema is again what it was and everything is on the disk. */
async function finish(client: pg.Client, { manifest, data }: Source, { known, bare }: Begun): Promise<void> {
	await refuseOtherAnchor(client, data);
	for (const { table, column, last } of manifest.sequences)
		await client.query('select setval(pg_get_serial_sequence($1, $2), $3)', [`public.${table}`, column, last]);
	await client.query('begin');
	await tables.setTriggers(client, 'enable');
	await unmark(client, known);
	await compareBare(client, bare);
	await client.query('commit');
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

/** Uploads and the anchor. `added`: uploads that were not there before. */
async function keepFiles(
	entries: readonly TarEntry[],
	{ data, wanted }: Source,
	added: string[]
): Promise<Anchor | null> {
	let anchor: Anchor | null = null;
	let uploads = 0;
	for (const entry of entries) {
		refuseAborted(wanted.signal);
		if (entry.name === ENTRY.anchor) anchor = parseAnchor((await wholeEntry(entry)).toString());
		if (!entry.name.startsWith('files/')) continue;
		await keepUpload(data, { bytes: await wholeEntry(entry), added });
		wanted.onProgress?.({ of: 'files', rows: (uploads += 1) });
	}
	return anchor;
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
