import { askApart, oneByOne } from '#lib/server/apart.ts';
import type { Reading, ReadingOrder } from './workbook-reader.ts';
import { Unreadable } from './unreadable.ts';
import type { Workbook } from './workbook.ts';

/** Largest file taken in; the lists of a whole province have half a megabyte. */
export const FILE_BYTES = 25_000_000;
const READING_MS = 20_000;
const HEAP_MB = 384;

/** One file is read at a time, however many officers send one: memory stays bounded. */
const inLine = oneByOne();

/**
 * Reads .xlsx, .xlsm (macros dropped), .xls, .ods or text by its content. The parser works in a process of its own,
 * without rights to write, fork or connect, with a heap and a time limit: whatever a file holds, the server lives.
 * Throws `Unreadable`.
 */
export async function readWorkbook(bytes: Uint8Array, fileName: string): Promise<Workbook> {
	if (bytes.byteLength === 0) throw new Unreadable('import.file_empty');
	if (bytes.byteLength > FILE_BYTES) {
		throw new Unreadable('import.file_too_large', { size: megabytes(bytes.byteLength), limit: megabytes(FILE_BYTES) });
	}
	return inLine(() => readApart({ bytes, fileName }));
}

function megabytes(bytes: number): number {
	return Math.ceil(bytes / 1_000_000);
}

async function readApart(order: ReadingOrder): Promise<Workbook> {
	const told = await askApart<Reading>(order, {
		source: '#lib/import/workbook-reader.ts',
		heap_mb: HEAP_MB,
		most_ms: READING_MS
	});
	if ('lost' in told) {
		if (told.lost === 'late') throw new Unreadable('import.reading_timed_out', { seconds: READING_MS / 1000 });
		throw new Unreadable('import.file_too_complex');
	}
	if ('workbook' in told.answer) return told.answer.workbook;
	throw new Unreadable(told.answer.refusal.code, told.answer.refusal.params);
}
