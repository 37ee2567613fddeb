import { fork } from 'node:child_process';
import { createRequire } from 'node:module';
import type { Reading, ReadingOrder } from './workbook-reader.ts';
import { Unreadable } from './unreadable.ts';
import type { Workbook } from './workbook.ts';

/** Largest file taken in; the lists of a whole province have half a megabyte. */
export const FILE_BYTES = 25_000_000;
const READING_MS = 20_000;
const HEAP_MB = 384;

/**
 * Found through the package's own `imports`, so that the bundled server and plain Node start the same source file.
 */
const READER = createRequire(import.meta.url).resolve('#lib/import/workbook-reader.ts');

/** One file is read at a time, however many officers send one: memory stays bounded. */
let turn: Promise<unknown> = Promise.resolve();

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
	const reading = turn.then(() => readApart({ bytes, fileName }));
	turn = reading.catch(() => undefined);
	return reading;
}

function megabytes(bytes: number): number {
	return Math.ceil(bytes / 1_000_000);
}

function readApart(order: ReadingOrder): Promise<Workbook> {
	const { promise, resolve, reject } = Promise.withResolvers<Workbook>();
	const reader = fork(READER, {
		execArgv: [`--max-old-space-size=${HEAP_MB}`, '--permission', '--allow-fs-read=*'],
		env: {},
		serialization: 'advanced',
		stdio: ['ignore', 'ignore', 'pipe', 'ipc']
	});
	let complaint = '';
	reader.stderr?.on('data', (text) => (complaint = `${complaint}${text}`.slice(-2000)));
	const clock = setTimeout(() => {
		reject(new Unreadable('import.reading_timed_out', { seconds: READING_MS / 1000 }));
		reader.kill('SIGKILL');
	}, READING_MS);
	reader.on('message', (reading: Reading) => {
		if ('workbook' in reading) resolve(reading.workbook);
		else reject(new Unreadable(reading.refusal.code, reading.refusal.params));
	});
	reader.on('error', reject);
	reader.on('exit', (status, signal) => {
		clearTimeout(clock);
		const isOutOfMemory = signal !== null || /heap|memory|allocation/i.test(complaint);
		reject(
			isOutOfMemory
				? new Unreadable('import.file_too_complex')
				: new Error(`Reading ended with ${status}: ${complaint}`)
		);
	});
	reader.send(order, (error) => {
		if (error) reject(error);
	});
	return promise;
}
