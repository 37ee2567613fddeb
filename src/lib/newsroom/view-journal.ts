import { randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Shown } from './view.ts';

/**
 * Views between being seen and being counted: lines at the end of a file in `<data>/views`, written before the page is answered,
 * so that a process that is killed loses none. Each process writes one file an hour, and anybody may count it.
 */

export type View = Shown & { hour: number; mark: string };

const LINE = /^(\d{1,9}) ([0-9a-f-]{36}) ([0-9a-f-]{36}) ([0-9a-f]{16})$/;
const NAME = /^(\d{1,9})-[0-9a-f-]{36}$/;
/** Read at once; some ten thousand views. */
const PIECE_BYTES = 1024 ** 2;

export type Journals = ReturnType<typeof openJournals>;

export function openJournals(data: string) {
	const folder = join(data, 'views');
	const own = { hour: -1, file: -1 };
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	const close = () => {
		if (own.file >= 0) closeSync(own.file);
		own.file = -1;
	};
	return {
		/** Notes a view; on return the system has it, whatever becomes of the process. */
		append({ hour, siteId, articleId, mark }: View): void {
			if (own.hour !== hour || own.file < 0) {
				close();
				own.file = openSync(join(folder, `${hour}-${randomUUID()}`), 'a', 0o600);
				own.hour = hour;
			}
			writeSync(own.file, `${hour} ${siteId} ${articleId} ${mark}\n`);
		},
		close,
		/** The journals of all processes, the oldest first. */
		async list(): Promise<{ name: string; hour: number }[]> {
			const names = (await readdir(folder)).filter((name) => NAME.test(name)).sort();
			return names.map((name) => ({ name, hour: Number.parseInt(name, 10) }));
		},
		read: (name: string, from: number) => readFrom(join(folder, name), from),
		remove: (name: string) => rm(join(folder, name), { force: true })
	};
}

/** Whole lines from a byte on, and up to where they go. What is no view, as after a loss of power, is passed over. */
async function readFrom(path: string, from: number): Promise<{ views: View[]; to: number }> {
	const file = await open(path, 'r').catch(nullIfGone);
	// Another process counted it to its end.
	if (!file) return { views: [], to: from };
	try {
		const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(PIECE_BYTES), position: from });
		const end = buffer.subarray(0, bytesRead).lastIndexOf('\n') + 1;
		const lines = buffer.toString('latin1', 0, end).split('\n');
		const views = lines.flatMap((line) => {
			const [, hour, siteId = '', articleId = '', mark = ''] = LINE.exec(line) ?? [];
			return hour === undefined ? [] : [{ hour: Number(hour), siteId, articleId, mark }];
		});
		return { views, to: from + end };
	} finally {
		await file.close();
	}
}

function nullIfGone(error: unknown): null {
	if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
	throw error;
}
