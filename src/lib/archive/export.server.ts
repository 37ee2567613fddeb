import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { zstdCompress } from 'node:zlib';
import pg from 'pg';
import { v7 as newId } from 'uuid';
import { operator } from '#lib/accounts/actor.ts';
import { command } from '#lib/actions/action.server.ts';
import { anchorText, keptAnchor } from '#lib/actions/anchor.server.ts';
import { copyOut, type Rows } from '#lib/server/copy.ts';
import type { Db } from '#lib/server/db.ts';
import { isDistributed, whileNobodyWrites } from '#lib/server/distribute.ts';
import * as files from '#lib/server/files.ts';
import { withMigrator } from '#lib/server/migrate.ts';
import { fromDatabase, problem } from '#lib/server/problem.ts';
import { projectFolder, type Settings } from '#lib/server/settings.ts';
import { keysOf } from './keys.server.ts';
import { ENTRY, FORMAT, partEntry, type Manifest } from './manifest.ts';
import { digestRows, listMigrations, listSequences, listTables, readAlike, readRows } from './tables.server.ts';
import { writeArchive, type Writer } from './writer.server.ts';

/** What is being written or loaded, and how many rows of it so far. */
export type Progress = { of: string; rows: number };
export type Wanted = {
	path: string;
	/** Goes on where an uploaded file is lost, and says so in the manifest. */
	withoutLost?: boolean;
	onProgress?: (progress: Progress) => void;
	signal?: AbortSignal;
};
export type Exported = { manifest: Manifest; digest: string };

/** The installation has no record of its own: its actions are filed under this id. */
const INSTALLATION_ID = '00000000-0000-7000-8000-000000000003';
/** Rows are packed in pieces of about so many bytes: large enough to pack well, small enough to hold several in memory. */
const PART_BYTES = 4 * 1024 ** 2;
const pack = promisify(zstdCompress);

/**
 * Writes a whole installation into one archive, of one moment, whatever is written meanwhile. The log keeps that it was
 * taken, and its digest. Throws `archive.file_exists`, `archive.upload_lost`, `archive.aborted`.
 */
export async function exportArchive(db: Db, settings: Settings, wanted: Wanted): Promise<Exported> {
	return writeArchive(wanted.path, async (writer) => {
		// Read before the snapshot is taken: what it anchors is then in the snapshot.
		const anchor = keptAnchor(settings.data);
		const exported = await withMigrator(settings, ({ url }) =>
			onOneMoment(url, async (client, takenAt) => {
				await writer.add(ENTRY.format, Buffer.from(`${JSON.stringify({ format: 'kheo-archive', version: FORMAT })}\n`));
				const kept = await writeFiles(client, writer, { data: settings.data, ...wanted });
				if (anchor) await writer.add(ENTRY.anchor, Buffer.from(`${anchorText(anchor)}\n`));
				const tables = await writeTables(client, writer, wanted);
				const manifest: Manifest = {
					format: 'kheo-archive',
					version: FORMAT,
					product: productVersion(),
					postgres: await serverVersion(client),
					takenAt,
					migrations: await listMigrations(client),
					tables,
					sequences: await listSequences(client),
					files: kept,
					keys: await keysOf(client, settings),
					entries: [...writer.entries]
				};
				return { manifest, digest: await writer.seal(manifest) };
			})
		);
		await record(db, exported);
		return exported;
	});
}

async function record(db: Db, { manifest, digest }: Exported): Promise<void> {
	const details = { digest, takenAt: manifest.takenAt };
	await command(db, operator('Dòng lệnh'), async () => ({
		result: null,
		actions: [
			{
				id: newId(),
				homeId: INSTALLATION_ID,
				noun: 'installation',
				recordId: INSTALLATION_ID,
				verb: 'export',
				unitId: null,
				details
			}
		]
	}));
}

/** Every statement of `work` sees what was committed when it began. */
async function onOneMoment<T>(url: string, work: (client: pg.Client, takenAt: string) => Promise<T>): Promise<T> {
	const client = new pg.Client({ connectionString: url, application_name: 'kheo export' });
	// A lost connection fails the statement that waits for it; an 'error' that nobody hears would end the process.
	client.on('error', () => undefined);
	try {
		await client.connect();
		await readAlike(client);
		const begun = (await isDistributed(client))
			? await whileNobodyWrites(url, () => begin(client, 'actions'))
			: await begin(client);
		return await work(client, begun.toISOString());
	} catch (error) {
		throw fromDatabase(error) ?? error;
	} finally {
		await client.end();
	}
}

/** Begins to read and answers when; `spread`: a table of every node, for which each takes its snapshot. */
async function begin(client: pg.Client, spread?: string): Promise<Date> {
	await client.query('begin isolation level repeatable read read only');
	const { rows } = await client.query<{ at: Date }>('select clock_timestamp() as at');
	if (spread) await client.query(`select count(*) from (select home_id from ${spread} limit 1) one`);
	return rows[0]?.at ?? new Date();
}

async function writeTables(
	client: pg.Client,
	writer: Writer,
	{ onProgress, signal }: Wanted
): Promise<Manifest['tables']> {
	const written: Manifest['tables'] = [];
	for (const table of await listTables(client)) {
		let parts = 0;
		let waiting: Buffer[] = [];
		const flush = async (): Promise<void> => {
			const bytes = Buffer.concat(waiting);
			waiting = [];
			if (bytes.length === 0) return;
			parts += 1;
			await writer.add(partEntry(table.name, parts), await pack(bytes));
		};
		const digested = await digestRows(readRows(client, table), async (piece, rows) => {
			refuseAborted(signal);
			waiting.push(piece.bytes);
			onProgress?.({ of: table.name, rows });
			if (sizeOf(waiting) >= PART_BYTES) await flush();
		});
		await flush();
		written.push({ name: table.name, columns: [...table.columns], ...digested, parts });
	}
	return written;
}

/** The uploads that the snapshot knows of, by their digests; what no row names is left out. */
async function writeFiles(
	client: pg.Client,
	writer: Writer,
	{ data, withoutLost, onProgress, signal }: Wanted & { data: string }
): Promise<Manifest['files']> {
	const hash = createHash('sha256');
	const missing: string[] = [];
	const kept = { count: 0, bytes: 0 };
	const named = copyOut(client, 'copy (select distinct sha256 collate "C" from files order by 1) to stdout');
	for await (const sha256 of linesOf(named)) {
		refuseAborted(signal);
		const bytes = await wholeFile(data, sha256);
		if (!bytes) {
			missing.push(sha256);
			continue;
		}
		if (missing.length > 0 && !withoutLost) continue;
		await writer.addFile(sha256, bytes);
		hash.update(`${sha256}\n`);
		kept.count += 1;
		kept.bytes += bytes.length;
		onProgress?.({ of: 'files', rows: kept.count });
	}
	const [first] = missing;
	if (first && !withoutLost) throw problem('archive.upload_lost', { count: missing.length, first });
	return { ...kept, sha256: hash.digest('hex'), missing };
}

/** Null where the file is gone or no more what it was. */
async function wholeFile(data: string, sha256: string): Promise<Uint8Array | null> {
	try {
		const bytes = await files.read(data, sha256);
		return createHash('sha256').update(bytes).digest('hex') === sha256 ? bytes : null;
	} catch (error) {
		if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
		throw error;
	}
}

async function* linesOf(pieces: AsyncIterable<Rows>): AsyncGenerator<string> {
	for await (const { bytes } of pieces) yield* bytes.toString().split('\n').slice(0, -1);
}

function sizeOf(pieces: readonly Buffer[]): number {
	return pieces.reduce((total, piece) => total + piece.length, 0);
}

/** Refuses with `archive.aborted` once the operator has. */
export function refuseAborted(signal: AbortSignal | undefined): void {
	if (signal?.aborted) throw problem('archive.aborted');
}

async function serverVersion(client: pg.Client): Promise<string> {
	const { rows } = await client.query<{ version: string }>("select current_setting('server_version') as version");
	return rows[0]?.version ?? '';
}

function productVersion(): string {
	const told: unknown = JSON.parse(readFileSync(join(projectFolder(), 'package.json'), 'utf8'));
	const version: unknown = typeof told === 'object' && told ? Reflect.get(told, 'version') : null;
	return typeof version === 'string' ? version : '';
}
