import { createHash } from 'node:crypto';
import { open, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import { wholeEntry } from './check.server.ts';
import { ENTRY, Manifest, sealOf } from './manifest.ts';
import { readTar, TAR_END, tarHead, tarPadding } from './tar.ts';

/** An archive taken apart, for tests that put it together again in another way. */
export type Opened = { name: string; bytes: Buffer }[];

export async function takeApart(path: string): Promise<Opened> {
	const file = await open(path, 'r');
	try {
		const entries: Opened = [];
		for await (const entry of readTar(file)) entries.push({ name: entry.name, bytes: await wholeEntry(entry) });
		return entries;
	} finally {
		await file.close();
	}
}

export async function putTogether(path: string, entries: Opened): Promise<string> {
	const framed = entries.flatMap(({ name, bytes }) => [tarHead(name, bytes.length), bytes, tarPadding(bytes.length)]);
	await writeFile(path, Buffer.concat([...framed, TAR_END]));
	return path;
}

/** As a forger would: what was changed is entered in the manifest, and that sealed anew. */
export function sealAnew(entries: Opened, change: (manifest: Manifest) => Manifest = (manifest) => manifest): Opened {
	const told = entries.find(({ name }) => name === ENTRY.manifest);
	const manifest = change(Manifest.parse(JSON.parse(told?.bytes.toString() ?? '')));
	const others = entries.filter(({ name }) => name !== ENTRY.manifest && name !== ENTRY.seal);
	const listed = others
		.filter(({ name }) => !name.startsWith('files/'))
		.map(({ name, bytes }) => ({ name, size: bytes.length, sha256: sha256(bytes) }));
	const text = Buffer.from(JSON.stringify({ ...manifest, entries: listed }));
	return [
		...others,
		{ name: ENTRY.manifest, bytes: text },
		{ name: ENTRY.seal, bytes: Buffer.from(sealOf(sha256(text))) }
	];
}

/** Changes the rows in the first piece of a table, as text. */
export async function rewriteRows(entries: Opened, table: string, change: (rows: string) => string): Promise<Opened> {
	return Promise.all(
		entries.map(async ({ name, bytes }) => {
			if (!name.startsWith(`tables/${table}/000001`)) return { name, bytes };
			const rows = change((await promisify(zstdDecompress)(bytes)).toString());
			return { name, bytes: await promisify(zstdCompress)(Buffer.from(rows)) };
		})
	);
}

/** What the manifest says of a table, when these are its rows. */
export function tellRows(manifest: Manifest, table: string, rows: string): Manifest {
	const bytes = Buffer.from(rows);
	const digested = { rows: rows.split('\n').length - 1, bytes: bytes.length, sha256: sha256(bytes) };
	return {
		...manifest,
		tables: manifest.tables.map((one) => (one.name === table ? { ...one, ...digested } : one))
	};
}

function sha256(bytes: Buffer): string {
	return createHash('sha256').update(bytes).digest('hex');
}
