import { createHash } from 'node:crypto';
import { open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fromDisk, problem } from '#lib/server/problem.ts';
import { ENTRY, fileEntry, sealOf, type Entry, type Manifest } from './manifest.ts';
import { TAR_END, tarHead, tarPadding } from './tar.ts';

/** An archive that is being written; `entries` is what the manifest will say of it. */
export type Writer = {
	entries: readonly Entry[];
	add: (name: string, bytes: Uint8Array) => Promise<void>;
	/** An uploaded file: its name is its digest, so the manifest need not list it. */
	addFile: (sha256: string, bytes: Uint8Array) => Promise<void>;
	/** Writes the manifest and what seals it; answers the digest of the manifest, which is that of the archive. */
	seal: (manifest: Manifest) => Promise<string>;
};

/**
 * Writes a file beside its name, as `<path>.part`, and gives it its name when `write` is through and everything is on the
 * disk; when it throws nothing is left. Throws `archive.file_exists`, `data.disk_full`, `data.unwritable`.
 */
export async function writeArchive<T>(path: string, write: (writer: Writer) => Promise<T>): Promise<T> {
	const aside = `${path}.part`;
	await refuseExisting(path);
	const file = await createAside(aside);
	try {
		const result = await write(writerOf(file)).finally(() => file.sync().finally(() => file.close()));
		await refuseExisting(path);
		await rename(aside, path);
		await syncFolder(dirname(path));
		return result;
	} catch (error) {
		await rm(aside, { force: true });
		throw fromDisk(error, dirname(path)) ?? error;
	}
}

function writerOf(file: FileHandle): Writer {
	const entries: Entry[] = [];
	const write = async (name: string, bytes: Uint8Array): Promise<void> => {
		await file.appendFile(Buffer.concat([tarHead(name, bytes.length), bytes, tarPadding(bytes.length)]));
	};
	const add = async (name: string, bytes: Uint8Array): Promise<void> => {
		entries.push({ name, size: bytes.length, sha256: digest(bytes) });
		await write(name, bytes);
	};
	return {
		entries,
		add,
		addFile: (sha256, bytes) => write(fileEntry(sha256), bytes),
		seal: async (manifest) => {
			const text = Buffer.from(`${JSON.stringify(manifest, null, '\t')}\n`);
			const sealed = digest(text);
			await write(ENTRY.manifest, text);
			await write(ENTRY.seal, Buffer.from(sealOf(sealed)));
			await file.appendFile(TAR_END);
			return sealed;
		}
	};
}

function digest(bytes: Uint8Array): string {
	return createHash('sha256').update(bytes).digest('hex');
}

async function refuseExisting(path: string): Promise<void> {
	const found = await stat(path).catch((error: unknown) => {
		if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
		throw error;
	});
	if (found) throw problem('archive.file_exists', { file: path });
}

async function createAside(aside: string): Promise<FileHandle> {
	try {
		return await open(aside, 'wx', 0o600);
	} catch (error) {
		if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
			throw problem('archive.file_exists', { file: aside });
		throw fromDisk(error, dirname(aside)) ?? error;
	}
}

/** The new name too must outlive a loss of power. */
async function syncFolder(folder: string): Promise<void> {
	const handle = await open(folder, 'r');
	await handle.sync().finally(() => handle.close());
}
