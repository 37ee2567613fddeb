import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { describe, expect } from 'vitest';
import { COUNTED_BY_UNIT } from '#lib/catalogue.ts';
import { keptAnchor, sealAndAnchor, verifyAnchored } from '#lib/actions/anchor.server.ts';
import { checkCells } from '#lib/ledger/check.server.ts';
import { fold } from '#lib/ledger/fold.server.ts';
import { post } from '#lib/mail/outbox.server.ts';
import { loadKeys } from '#lib/sealed/master-key.server.ts';
import { connect, type Db } from '#lib/server/db.ts';
import { enter, read, store } from '#lib/server/files.ts';
import { isUnfinished, migrate, migrateDatabase, readMigrations, refuseUnfinished } from '#lib/server/migrate.ts';
import { projectFolder, readSettings, type Settings } from '#lib/server/settings.ts';
import { CITUS_NODES } from '../../../tests/citus.ts';
import { databaseUrl, freshDatabase, testOn } from '../../../tests/database.ts';
import { blocWorld } from '../../../tests/worlds.ts';
import { putTogether, rewriteRows, sealAnew, takeApart, tellRows } from './archive.sample.ts';
import { checkArchive, openArchive } from './check.server.ts';
import { exportArchive } from './export.server.ts';
import { importArchive } from './import.server.ts';
import { ENTRY, type Manifest } from './manifest.ts';

type Place = { settings: Settings; db: Db; folder: string };

/** A place to load into: an empty database and a data folder without anything. */
type Target = (how?: { migrated: boolean }) => Promise<Place>;

function withTarget(test: ReturnType<typeof testOn>) {
	return test
		.extend('folder', async ({}, { onCleanup }): Promise<string> => {
			const folder = await mkdtemp(join(tmpdir(), 'kheo-archive-'));
			onCleanup(() => rm(folder, { recursive: true }));
			return folder;
		})
		.extend('source', async ({ clone, folder }): Promise<Place> => {
			const { rows } = await clone.pool.query<{ name: string }>('select current_database() as name');
			return { settings: settingsOf(rows[0]?.name ?? '', join(folder, 'source')), db: clone.db, folder };
		})
		.extend('target', async ({ folder }, { onCleanup }): Promise<Target> => {
			const after: (() => Promise<void>)[] = [];
			onCleanup(async () => {
				for (const undo of after) await undo();
			});
			return async (how = { migrated: true }) => {
				const { name, drop } = await freshDatabase(how);
				const { db, close } = connect(databaseUrl('app', name));
				after.push(close, drop);
				return { settings: settingsOf(name, join(folder, name)), db, folder };
			};
		});
}

const test = withTarget(testOn(blocWorld));
const small = withTarget(testOn());

const SECRET = 'mot-bi-mat-dai-hon-ba-muoi-hai-ky-tu';

function settingsOf(database: string, data: string): Settings {
	return readSettings({
		KHEO_DATA: data,
		KHEO_DATABASE_URL: databaseUrl('app', database),
		KHEO_MIGRATOR_URL: databaseUrl('migrator', database)
	});
}

async function taken(
	{ db, settings, folder }: Place,
	name = `${newId()}.tar`
): Promise<{ path: string; manifest: Manifest }> {
	const path = join(folder, name);
	const { manifest } = await exportArchive(db, settings, { path });
	return { path, manifest };
}

async function upload({ db, settings }: Place, text: string): Promise<string> {
	const stored = await store(settings.data, Buffer.from(text));
	const file = { ...stored, name: 'to-trinh.pdf', mediaType: 'application/pdf', createdBy: null };
	await db.transaction().execute((tx) => enter(tx, file));
	return stored.sha256;
}

/** One transaction writes to the first table of the archive and to one of the last. */
async function writePair(db: Db): Promise<void> {
	const id = newId();
	await db.transaction().execute(async (tx) => {
		await sql`insert into actions (home_id, id, noun, record_id, verb, actor_name)
			values (${id}, ${newId()}, 'unit', ${id}, 'pair', 'thử')`.execute(tx);
		await sql`insert into units (id) values (${id})`.execute(tx);
	});
}

async function pairs(db: Db): Promise<{ actions: number; units: number }> {
	const { rows } = await sql<{ actions: number; units: number }>`
		select count(*)::int as actions, count(u.id)::int as units
		from actions a left join units u on u.id = a.record_id where a.verb = 'pair'`.execute(db);
	return rows[0] ?? { actions: -1, units: -2 };
}

async function postAgain(db: Db): Promise<void> {
	await sql`
		insert into postings (home_id, id, measure, unit_id, on_date, cohort_on, quantity, facets, noun, case_id, action_id)
		select home_id, ${newId()}, measure, unit_id, on_date, cohort_on, 1, facets, noun, ${newId()}, ${newId()} from postings limit 1`.execute(
		db
	);
}

/** Nothing was done in it, or it has not even tables. */
async function isEmpty({ db }: Place): Promise<boolean> {
	const found = await sql<{ known: boolean }>`select to_regclass('public.actions') is not null as known`.execute(db);
	if (!found.rows[0]?.known) return true;
	const { rows } = await sql<{ count: number }>`
		select ((select count(*) from actions) + (select count(*) from units) + (select count(*) from postings))::int as count`.execute(
		db
	);
	return rows[0]?.count === 0;
}

function digests({ tables }: Manifest) {
	return tables.map(({ name, rows, sha256 }) => ({ name, rows, sha256 }));
}

test('an installation moves as it is at one moment while it is written to, and on from there', async ({
	source,
	target
}) => {
	const sha256 = await upload(source, 'nội dung');
	await source.db
		.transaction()
		.execute((tx) => post(tx, { to: 'do.an@example.vn', subject: 'Lời mời', body: 'Mời', linkSealed: null }));
	await sealAndAnchor(source.db, source.settings.data);
	await fold(source.db, COUNTED_BY_UNIT);
	let writing = true;
	const writer = (async () => {
		while (writing) await writePair(source.db);
	})();
	await writePair(source.db);
	const first = await taken(source);
	writing = false;
	await writer;

	const moved = await target();
	const loaded = await importArchive(moved.settings, { path: first.path });
	expect(loaded).toMatchObject({ lacking: [], letters: 1 });
	const { actions, units } = await pairs(moved.db);
	expect(units).toBe(actions);
	expect(actions).toBeGreaterThan(0);
	expect((await pairs(source.db)).actions).toBeGreaterThan(actions);
	expect(Buffer.from(await read(moved.settings.data, sha256)).toString()).toBe('nội dung');

	const second = await taken(moved);
	const back = await target();
	await importArchive(back.settings, { path: second.path });
	const third = await taken(back);
	expect(digests(second.manifest)).toEqual(digests(first.manifest));
	expect(digests(third.manifest)).toEqual(digests(first.manifest));
	expect(third.manifest.sequences).toEqual(first.manifest.sequences);
	expect(keptAnchor(back.settings.data)).toEqual(keptAnchor(source.settings.data));
	expect((await verifyAnchored(back.db, back.settings.data)).broken).toEqual([]);
	// Cells are not in it, and are folded from what is; a cluster has none to compare them with.
	await fold(back.db, COUNTED_BY_UNIT);
	const cells = await checkCells(back.db);
	expect(cells).toMatchObject({ waiting: 0, differences: [], bits: [] });
	if (CITUS_NODES.length === 0) expect(cells).toEqual(await checkCells(source.db));
	// What was loaded is in use: guards hold, numbers go on, and what is posted waits to be folded.
	await postAgain(back.db);
	expect((await checkCells(back.db)).waiting).toBe(1);
	await expect(sql`delete from postings`.execute(back.db)).rejects.toThrow('permission denied');
	await expect(importArchive(back.settings, { path: third.path })).rejects.toMatchObject({ code: 'archive.not_empty' });
});

describe('an archive is refused', () => {
	small('with any byte altered, wherever it lies, and cut off anywhere', async ({ source }) => {
		await upload(source, 'tệp');
		const { path } = await taken(source);
		const bytes = await readFile(path);
		const check = () => openArchive(path, checkArchive);
		await expect(check()).resolves.toBeTruthy();
		const step = Math.floor(bytes.length / 150) | 1;
		for (let at = 0; at < bytes.length; at += step) {
			const altered = Buffer.from(bytes);
			altered[at] = (altered[at] ?? 0) ^ 1;
			await writeFile(path, altered);
			await expect(check(), `byte ${at}`).rejects.toMatchObject({ code: expect.stringMatching(/^archive\./) });
		}
		await writeFile(path, bytes);
		for (let length = bytes.length - 1; length >= 0; length -= step * 3) {
			await truncate(path, length);
			await expect(check(), `cut at ${length}`).rejects.toMatchObject({
				code: expect.stringMatching(/^archive\.(truncated|not_ours|altered)$/)
			});
		}
	});

	small(
		'whose entries are missing, doubled, in another order or of a newer form, and says which',
		async ({ source }) => {
			await upload(source, 'tệp');
			const entries = await takeApart((await taken(source)).path);
			const path = join(source.folder, 'other.tar');
			const parts = entries.filter(({ name }) => name.startsWith('tables/'));
			const [one, two] = [parts[0], parts[1]];
			if (!one || !two) throw new Error('two tables have rows');
			const swapped = entries.map((entry) => (entry === one ? two : entry === two ? one : entry));
			const format = { name: ENTRY.format, bytes: Buffer.from('{"format":"kheo-archive","version":2}') };
			const cases = [
				{ code: 'archive.entry_missing', entry: one.name, entries: entries.filter((entry) => entry !== one) },
				{ code: 'archive.entry_unexpected', entry: two.name, entries: swapped },
				{
					code: 'archive.entry_unexpected',
					entry: one.name,
					entries: entries.flatMap((entry) => (entry === one ? [one, one] : [entry]))
				},
				{
					code: 'archive.entry_missing',
					entry: 'files/',
					entries: entries.filter(({ name }) => !name.startsWith('files/'))
				},
				{
					code: 'archive.entry_missing',
					entry: ENTRY.seal,
					entries: entries.filter(({ name }) => name !== ENTRY.seal)
				},
				{ code: 'archive.newer_format', entries: [format, ...entries.slice(1)] },
				{ code: 'archive.not_ours', entries: entries.slice(1) }
			];
			for (const { code, entry, entries: changed } of cases) {
				await putTogether(path, changed);
				await expect(openArchive(path, checkArchive), code).rejects.toMatchObject({
					code,
					params: entry ? { entry } : {}
				});
			}
		}
	);

	test('that was forged with right digests where the database knows better, and leaves nothing', async ({
		source,
		target
	}) => {
		await upload(source, 'tệp');
		const { path, manifest } = await taken(source);
		const place = await target();
		const entries = await takeApart(path);
		const attempt = async (changed: typeof entries, change?: (told: Manifest) => Manifest): Promise<unknown> => {
			await putTogether(path, sealAnew(changed, change));
			return importArchive(place.settings, { path }).then(
				() => 'loaded',
				(error: unknown) => error
			);
		};
		const first = (rows: string): string => rows.slice(0, rows.indexOf('\n') + 1);
		let told = '';
		const without = await rewriteRows(entries, 'units', (rows) => (told = rows.slice(first(rows).length)));
		expect(await attempt(without, (one) => tellRows(one, 'units', told))).toMatchObject({
			code: 'archive.row_refused',
			params: { detail: expect.stringContaining('violates foreign key constraint') }
		});
		const facets = await rewriteRows(entries, 'postings', (rows) => rows.replace(/": "[a-z_]+"/, '": "LẠ"'));
		expect(await attempt(facets)).toMatchObject({
			code: 'archive.row_refused',
			params: { what: 'postings_facets_check' }
		});
		const redated = await rewriteRows(entries, 'units', (rows) => rows.replace(/\t\d{4}-/, '\t1999-'));
		expect(await attempt(redated)).toMatchObject({ code: 'archive.digest_differs', params: { table: 'units' } });
		const fewer = entries.filter(({ name }) => !name.startsWith('tables/units/'));
		const lacking = { ...manifest, tables: manifest.tables.filter(({ name }) => name !== 'units') };
		expect(await attempt(fewer, () => lacking)).toMatchObject({ code: 'archive.tables_differ' });
		const newer = {
			...manifest,
			migrations: [...manifest.migrations, { name: '9999_later.sql', checksum: '0'.repeat(64) }]
		};
		expect(await attempt(entries, () => newer)).toMatchObject({
			code: 'archive.other_program',
			params: { name: '9999_later.sql' }
		});
		expect(await isEmpty(place)).toBe(true);
		expect(await readdir(join(place.settings.data, 'files'))).toEqual([]);
		expect(await attempt(entries)).toBe('loaded');
	});

	small(
		'where its keys are not, where the folder remembers another log, and where it is not the one that was meant',
		async ({ source, target }) => {
			await loadKeys(source.db, source.settings);
			await sealAndAnchor(source.db, source.settings.data);
			const { path } = await taken({ ...source, settings: { ...source.settings, secret: SECRET } });
			const place = await target();
			await expect(importArchive(place.settings, { path })).rejects.toMatchObject({
				code: 'archive.keys_missing',
				params: { keys: 'KHEO_MASTER_KEY 1:…' }
			});
			const masterKey = (await readFile(join(source.settings.data, 'keys/master'), 'utf8')).trim();
			const settings = { ...place.settings, masterKey };
			await expect(importArchive(settings, { path, digest: '0'.repeat(64) })).rejects.toMatchObject({
				code: 'archive.other_digest'
			});
			expect(await importArchive(settings, { path, dryRun: true })).toMatchObject({ lacking: [] });
			await mkdir(settings.data, { recursive: true });
			await writeFile(join(settings.data, 'audit-anchor'), `1:${'a'.repeat(64)}\n`);
			await expect(importArchive(settings, { path })).rejects.toMatchObject({ code: 'archive.anchor_differs' });
			expect(await isEmpty(place)).toBe(true);
			await rm(join(settings.data, 'audit-anchor'));
			await importArchive(place.settings, { path, withoutKeys: true });
			expect(await isEmpty(place)).toBe(false);
		}
	);
});

test('a loading that was killed leaves what nobody can use, and the next one begins anew', async ({
	source,
	target
}) => {
	const { path, manifest } = await taken(source);
	const place = await target();
	const { data, databaseUrl: url, migratorUrl } = place.settings;
	const killed = spawn(process.execPath, [join(projectFolder(), 'src/cli/kheo.ts'), 'import', 'archive', path], {
		env: { ...process.env, KHEO_DATA: data, KHEO_DATABASE_URL: url ?? '', KHEO_MIGRATOR_URL: migratorUrl ?? '' },
		stdio: 'ignore'
	});
	const ended = once(killed, 'exit');
	const { pool } = connect(url ?? '');
	try {
		await expect.poll(() => isUnfinished(pool), { interval: 5, timeout: 60_000 }).toBe(true);
		killed.kill('SIGKILL');
		expect((await ended)[1]).toBe('SIGKILL');
		await expect(refuseUnfinished(pool)).rejects.toMatchObject({ code: 'archive.unfinished' });
	} finally {
		await pool.end();
	}
	await expect(migrateDatabase(place.settings)).rejects.toMatchObject({ code: 'archive.unfinished' });
	await expect(writePair(place.db)).rejects.toThrow('row-level security');
	await importArchive(place.settings, { path });
	expect(digests((await taken(place)).manifest)).toEqual(digests(manifest));
	await writePair(place.db);
});

describe('an older archive', () => {
	small('is loaded at its own state into a database without anything, and brought up to date', async ({ target }) => {
		const older = await target({ migrated: false });
		const names = readMigrations().map(({ name }) => name);
		await migrate(older.settings.migratorUrl ?? '', { appUser: 'kheo_app', only: new Set(names.slice(0, -1)) });
		await writePair(older.db);
		const { path, manifest } = await taken(older);
		expect(manifest.migrations.map(({ name }) => name)).toEqual(names.slice(0, -1));
		const current = await target();
		await expect(importArchive(current.settings, { path })).rejects.toMatchObject({ code: 'archive.older' });
		const blank = await target({ migrated: false });
		await importArchive(blank.settings, { path });
		expect(await pairs(blank.db)).toEqual({ actions: 1, units: 1 });
		const { rows } = await sql<{ name: string }>`select name from schema_migrations order by name`.execute(blank.db);
		expect(rows.map(({ name }) => name)).toEqual(names);
	});
});

describe('no file is called done', () => {
	small('that is not: aborted, without an upload, or over another', async ({ source }) => {
		const sha256 = await upload(source, 'sẽ mất');
		const path = join(source.folder, 'kheo.tar');
		const signal = AbortSignal.abort();
		await expect(exportArchive(source.db, source.settings, { path, signal })).rejects.toMatchObject({
			code: 'archive.aborted'
		});
		await writeFile(join(source.settings.data, 'files', sha256), 'khác');
		await expect(exportArchive(source.db, source.settings, { path })).rejects.toMatchObject({
			code: 'archive.upload_lost',
			params: { count: 1, first: sha256 }
		});
		expect((await readdir(source.folder)).filter((name) => name.startsWith('kheo.tar'))).toEqual([]);
		const { manifest } = await exportArchive(source.db, source.settings, { path, withoutLost: true });
		expect(manifest.files).toMatchObject({ count: 0, missing: [sha256] });
		await expect(exportArchive(source.db, source.settings, { path })).rejects.toMatchObject({
			code: 'archive.file_exists'
		});
		await writeFile(`${path}.2.part`, '');
		await expect(exportArchive(source.db, source.settings, { path: `${path}.2` })).rejects.toMatchObject({
			code: 'archive.file_exists'
		});
	});
});
