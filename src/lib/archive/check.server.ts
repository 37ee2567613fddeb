import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { problem } from '#lib/server/problem.ts';
import { ENTRY, fileEntry, FORMAT, Format, Manifest, partEntry, sealOf, type Entry } from './manifest.ts';
import { readTar, type TarEntry } from './tar.ts';

/** An archive without a flaw; `digest` is that of its manifest, by which it is known. */
export type Checked = { manifest: Manifest; digest: string };

/** No manifest of ours, and no upload, is larger. */
const MOST_BYTES = 256 * 1024 ** 2;

/** Opens an archive for reading. Throws `archive.unreadable`. */
export async function openArchive<T>(path: string, work: (file: FileHandle) => Promise<T>): Promise<T> {
	const file = await open(path, 'r').catch((error: unknown) => {
		throw problem('archive.unreadable', { file: path, detail: error instanceof Error ? error.message : '' }, error);
	});
	return work(file).finally(() => file.close());
}

/**
 * Reads an archive from end to end before anything is done with it: every byte is accounted for by the manifest, which its
 * last entry seals. Throws `archive.not_ours`, `archive.newer_format`, `archive.truncated`, `archive.altered`,
 * `archive.entry_missing`, `archive.entry_unexpected`, each with the entry.
 */
export async function checkArchive(file: FileHandle): Promise<Checked> {
	const uploads = listUploads();
	const seen: Entry[] = [];
	let manifest: Buffer = Buffer.alloc(0);
	for await (const entry of readTar(file)) {
		const { sha256, content } = await digestOf(entry, Object.values<string>(ENTRY).includes(entry.name));
		if (seen.length === 0) refuseOther(entry.name, content);
		if (entry.name.startsWith('files/')) {
			if (seen.length !== 1) throw problem('archive.entry_unexpected', { entry: entry.name });
			uploads.add(entry, sha256);
			continue;
		}
		if (entry.name === ENTRY.manifest) manifest = content;
		if (entry.name === ENTRY.seal && content.toString() !== sealOf(digest(manifest)))
			throw problem('archive.altered', { entry: ENTRY.manifest });
		seen.push({ name: entry.name, size: entry.size, sha256 });
	}
	const told = readManifest(manifest);
	compareEntries(told, seen);
	uploads.compare(told);
	return { manifest: told, digest: digest(manifest) };
}

/** The bytes of an entry in one piece. */
export async function wholeEntry({ name, size, pieces }: TarEntry): Promise<Buffer> {
	if (size > MOST_BYTES) throw problem('archive.altered', { entry: name });
	return Buffer.concat(await Array.fromAsync(pieces()));
}

async function digestOf(entry: TarEntry, isKept: boolean): Promise<{ sha256: string; content: Buffer }> {
	if (isKept) {
		const content = await wholeEntry(entry);
		return { sha256: digest(content), content };
	}
	const hash = createHash('sha256');
	for await (const piece of entry.pieces()) hash.update(piece);
	return { sha256: hash.digest('hex'), content: Buffer.alloc(0) };
}

function refuseOther(name: string, content: Buffer): void {
	const format = Format.safeParse(name === ENTRY.format ? parsed(content, name) : null);
	if (!format.success) throw problem('archive.not_ours');
	if (format.data.version > FORMAT) throw problem('archive.newer_format', { version: format.data.version });
}

/** The uploads of an archive, each once and in the order of their digests. */
function listUploads() {
	const hash = createHash('sha256');
	let last = '';
	let count = 0;
	let bytes = 0;
	return {
		add: ({ name, size }: TarEntry, sha256: string): void => {
			if (name !== fileEntry(sha256)) throw problem('archive.altered', { entry: name });
			if (name <= last) throw problem('archive.entry_unexpected', { entry: name });
			last = name;
			hash.update(`${sha256}\n`);
			count += 1;
			bytes += size;
		},
		compare: ({ files }: Manifest): void => {
			if (files.count !== count || files.bytes !== bytes || files.sha256 !== hash.digest('hex'))
				throw problem(files.count > count ? 'archive.entry_missing' : 'archive.entry_unexpected', { entry: 'files/' });
		}
	};
}

function readManifest(text: Buffer): Manifest {
	if (text.length === 0) throw problem('archive.entry_missing', { entry: ENTRY.manifest });
	const read = Manifest.safeParse(parsed(text, ENTRY.manifest));
	if (!read.success) throw problem('archive.altered', { entry: ENTRY.manifest }, read.error);
	return read.data;
}

/** What is there against what the manifest says is there, and that against what it says of its tables. */
function compareEntries(manifest: Manifest, seen: readonly Entry[]): void {
	const parts = manifest.tables.flatMap(({ name, parts: count }) =>
		Array.from({ length: count }, (_, part) => partEntry(name, part + 1))
	);
	const listed = manifest.entries.map(({ name }) => name);
	const anchor = listed.includes(ENTRY.anchor) ? [ENTRY.anchor] : [];
	const promised = [ENTRY.format, ...anchor, ...parts];
	const unlike = promised.find((name, at) => name !== listed[at]);
	if (unlike !== undefined || listed.length !== promised.length)
		throw problem('archive.altered', { entry: ENTRY.manifest });
	const wanted = [...promised, ENTRY.manifest, ENTRY.seal];
	for (const [at, name] of wanted.entries()) {
		const found = seen[at];
		if (found?.name !== name) {
			const isLater = seen.some((one) => one.name === name);
			throw found && (isLater || !wanted.includes(found.name))
				? problem('archive.entry_unexpected', { entry: found.name })
				: problem('archive.entry_missing', { entry: name });
		}
		const told = manifest.entries[at];
		if (told && (told.size !== found.size || told.sha256 !== found.sha256))
			throw problem('archive.altered', { entry: name });
	}
	const extra = seen[wanted.length];
	if (extra) throw problem('archive.entry_unexpected', { entry: extra.name });
}

function parsed(text: Buffer, entry: string): unknown {
	try {
		const told: unknown = JSON.parse(text.toString());
		return told;
	} catch (error) {
		throw problem('archive.altered', { entry }, error);
	}
}

function digest(bytes: Uint8Array): string {
	return createHash('sha256').update(bytes).digest('hex');
}
