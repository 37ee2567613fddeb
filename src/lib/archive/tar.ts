import type { FileHandle } from 'node:fs/promises';
import { problem } from '#lib/server/problem.ts';

const BLOCK = 512;
const PIECE_BYTES = 1024 ** 2;

/** What ends a tar file. */
export const TAR_END = Buffer.alloc(2 * BLOCK);

/** The head of a plain file in a tar (ustar): nothing in it but its name and its size, so that the same file has the same bytes. */
export function tarHead(name: string, size: number): Buffer {
	const head = Buffer.alloc(BLOCK);
	head.write(name, 0, 100);
	head.write('0000600\0' + '0000000\0'.repeat(2), 100, 'latin1');
	head.write(`${size.toString(8).padStart(11, '0')}\0${'0'.repeat(11)}\0`, 124, 'latin1');
	head.write('        0', 148, 'latin1');
	head.write('ustar\x0000', 257, 'latin1');
	const sum = head.reduce((total, byte) => total + byte, 0);
	head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
	return head;
}

/** Zeros behind so many bytes, up to the next block. */
export function tarPadding(size: number): Buffer {
	return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}

export type TarEntry = { name: string; size: number; pieces: () => AsyncGenerator<Buffer> };

/**
 * The entries of a tar as `tarHead` writes it; not a byte of its frame may be another. Throws `archive.truncated`,
 * `archive.altered` and, for a file that begins as none of ours does, `archive.not_ours`.
 */
export async function* readTar(file: FileHandle): AsyncGenerator<TarEntry> {
	let at = 0;
	let last = '';
	for (;;) {
		const head = await readAt(file, at, BLOCK, last);
		at += BLOCK;
		if (head.every((byte) => byte === 0)) break;
		const name = text(head, 0, 100);
		const size = Number.parseInt(text(head, 124, 12), 8);
		if (!Number.isSafeInteger(size) || !head.equals(tarHead(name, size)))
			throw last === '' ? problem('archive.not_ours') : problem('archive.altered', { entry: name || last });
		last = name;
		const begin = at;
		yield { name, size, pieces: () => pieces(file, { name, begin, size }) };
		const padding = tarPadding(size);
		if (!(await readAt(file, begin + size, padding.length, name)).equals(padding))
			throw problem('archive.altered', { entry: name });
		at = begin + size + padding.length;
	}
	if ((await readAt(file, at, BLOCK, last)).some((byte) => byte !== 0))
		throw problem('archive.altered', { entry: last });
	if ((await file.stat()).size !== at + BLOCK) throw problem('archive.altered', { entry: last });
}

async function* pieces(
	file: FileHandle,
	{ name, begin, size }: { name: string; begin: number; size: number }
): AsyncGenerator<Buffer> {
	for (let done = 0; done < size; done += PIECE_BYTES)
		yield readAt(file, begin + done, Math.min(PIECE_BYTES, size - done), name);
}

async function readAt(file: FileHandle, position: number, length: number, entry: string): Promise<Buffer> {
	const bytes = Buffer.allocUnsafe(length);
	for (let done = 0; done < length;) {
		const { bytesRead } = await file.read(bytes, done, length - done, position + done);
		if (bytesRead === 0) throw entry === '' ? problem('archive.not_ours') : problem('archive.truncated', { entry });
		done += bytesRead;
	}
	return bytes;
}

function text(head: Buffer, from: number, length: number): string {
	const field = head.subarray(from, from + length);
	const end = field.indexOf(0);
	// What is shown of a damaged head must not steer the terminal.
	return field.toString('latin1', 0, end < 0 ? length : end).replace(/[^\x20-\x7e]/g, '?');
}
