import { createInflateRaw } from 'node:zlib';
import { Unreadable } from './unreadable.ts';

/** Most bytes that the wanted parts may unpack to, and most that may be left once blank cells are taken out. */
const UNPACKED_BYTES = 600_000_000;
const KEPT_BYTES = 64_000_000;
const ENTRIES = 10_000;

/** A part of the package: where its bytes lie, what it says of its size. */
export type Entry = { name: string; packed: Uint8Array; stored: boolean; size: number };

/**
 * The parts of a ZIP package, by its central directory alone. Throws `file_corrupted` when the directory lies about
 * places, `password_protected` when a part is encrypted.
 */
export function listEntries(bytes: Uint8Array): Entry[] {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	try {
		return readDirectory(bytes, view);
	} catch (error) {
		if (error instanceof RangeError) throw new Unreadable('import.file_corrupted');
		throw error;
	}
}

/**
 * Unpacks the wanted parts. Sizes are counted while unpacking, whatever the directory says, and blank cells of
 * sheets are dropped on the way, so that a million formatted blank rows cost no memory.
 */
export async function unpack(entries: readonly Entry[], wanted: (name: string) => boolean) {
	const chosen = entries.filter((entry) => wanted(entry.name));
	const declared = chosen.reduce((sum, entry) => sum + entry.size, 0);
	if (declared > UNPACKED_BYTES) throw new Unreadable('import.file_too_complex');
	const parts = new Map<string, Uint8Array>();
	let kept = 0;
	for (const entry of chosen) {
		if (parts.has(entry.name)) throw new Unreadable('import.file_corrupted');
		const part = await unpackEntry(entry, KEPT_BYTES - kept);
		kept += part.byteLength;
		parts.set(entry.name, part);
	}
	return parts;
}

function readDirectory(bytes: Uint8Array, view: DataView): Entry[] {
	const end = findDirectoryEnd(view);
	const count = view.getUint16(end + 10, true);
	if (count === 0xffff || count > ENTRIES) throw new Unreadable('import.file_too_complex');
	const entries: Entry[] = [];
	let at = view.getUint32(end + 16, true);
	for (let index = 0; index < count; index++) {
		if (view.getUint32(at, true) !== 0x02014b50) throw new Unreadable('import.file_corrupted');
		const flags = view.getUint16(at + 8, true);
		const method = view.getUint16(at + 10, true);
		if (flags & 1) throw new Unreadable('import.password_protected');
		if (method !== 0 && method !== 8) throw new Unreadable('import.file_corrupted');
		const nameLength = view.getUint16(at + 28, true);
		const name = Buffer.from(bytes.subarray(at + 46, at + 46 + nameLength)).toString('utf8');
		const local = view.getUint32(at + 42, true);
		if (view.getUint32(local, true) !== 0x04034b50) throw new Unreadable('import.file_corrupted');
		const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
		const packed = bytes.subarray(start, start + view.getUint32(at + 20, true));
		const size = view.getUint32(at + 24, true);
		entries.push({ name: name.replaceAll('\\', '/').replace(/^\//, ''), packed, stored: method === 0, size });
		at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
	}
	return entries;
}

function findDirectoryEnd(view: DataView): number {
	const last = view.byteLength - 22;
	for (let at = last; at >= Math.max(0, last - 65_535); at--) {
		if (view.getUint32(at, true) === 0x06054b50) return at;
	}
	throw new Unreadable('import.file_corrupted');
}

async function unpackEntry(entry: Entry, room: number): Promise<Uint8Array> {
	const isSheet = entry.name.startsWith('xl/worksheets/');
	const blanks = isSheet ? blankCellFilter() : null;
	const kept: Buffer[] = [];
	let size = 0;
	let keptSize = 0;
	const keep = (chunk: Buffer) => {
		keptSize += chunk.byteLength;
		if (keptSize > room) throw new Unreadable('import.file_too_complex');
		kept.push(chunk);
	};
	for await (const chunk of inflated(entry)) {
		size += chunk.byteLength;
		if (size > entry.size) throw new Unreadable('import.file_corrupted');
		keep(blanks ? blanks.push(chunk) : chunk);
	}
	if (size !== entry.size) throw new Unreadable('import.file_corrupted');
	if (blanks) keep(blanks.end());
	return Buffer.concat(kept);
}

async function* inflated(entry: Entry): AsyncGenerator<Buffer> {
	if (entry.stored) {
		yield Buffer.from(entry.packed);
		return;
	}
	const inflate = createInflateRaw({ chunkSize: 256 * 1024 });
	inflate.end(entry.packed);
	try {
		for await (const chunk of inflate) if (Buffer.isBuffer(chunk)) yield chunk;
	} catch (error) {
		throw new Unreadable('import.file_corrupted', { reason: error instanceof Error ? error.message : '' });
	}
}

const BLANK_CELL = /<(?:\w+:)?c (?=[^>]*\br=")[^>]*(?:\/>|><\/(?:\w+:)?c>)/g;
const BLANK_ROW = /<(?:\w+:)?row (?=[^>]*\br=")[^>]*(?:\/>|>\s*<\/(?:\w+:)?row>)/g;

/** Longest row that is waited for; a sheet without rows in so much text is no sheet. */
const ROW_BYTES = 16_000_000;

/** Takes blank cells and rows out of a sheet's XML as it streams by; Latin-1 keeps every byte as it is. */
function blankCellFilter() {
	let pending = '';
	const strip = (xml: string) => Buffer.from(xml.replace(BLANK_CELL, '').replace(BLANK_ROW, ''), 'latin1');
	return {
		push(chunk: Buffer): Buffer {
			pending += chunk.toString('latin1');
			const cut = Math.max(pending.lastIndexOf('<', pending.lastIndexOf('row ')), 0);
			const ready = strip(pending.slice(0, cut));
			pending = pending.slice(cut);
			if (pending.length > ROW_BYTES) throw new Unreadable('import.file_too_complex');
			return ready;
		},
		end: () => strip(pending)
	};
}
