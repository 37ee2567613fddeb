import { randomUUID } from 'node:crypto';
import { open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Entry, Fate } from './import.server.ts';

/**
 * What is told of the pages of an old site, however many: on disk, one after another, in a file that has lost its name and so
 * ends with the process, whatever ends it. Only counts stay in memory.
 */

export type Told = Awaited<ReturnType<typeof openTold>>;
export type Counts = Record<Fate, number> & { pages: number; missing: number };

const NONE: Counts = { pages: 0, missing: 0, published: 0, draft: 0, there: 0, refused: 0 };
const HELD_CHARACTERS_AT_MOST = 64 * 1024;

export async function openTold() {
	const path = join(tmpdir(), `kheo-old-site-${randomUUID()}`);
	const file = await open(path, 'ax+', 0o600);
	await unlink(path);
	let counts = NONE;
	let held = '';
	async function flush() {
		const text = held;
		held = '';
		await file.appendFile(text);
	}
	return {
		counts: () => counts,
		async add(entry: Entry): Promise<void> {
			const { pages, missing, [entry.fate]: same } = counts;
			counts = { ...counts, pages: pages + 1, missing: missing + entry.missing.length, [entry.fate]: same + 1 };
			held += `${lineOf(entry)}\n`;
			if (held.length > HELD_CHARACTERS_AT_MOST) await flush();
		},
		/** All in the order in which they were added. */
		async *entries(): AsyncGenerator<Entry> {
			await flush();
			for await (const line of file.readLines({ start: 0, autoClose: false, encoding: 'utf8' })) {
				const entry: Entry = JSON.parse(line);
				yield entry;
			}
		},
		async clear(): Promise<void> {
			[counts, held] = [NONE, ''];
			await file.truncate(0);
		},
		[Symbol.asyncDispose]: () => file.close()
	};
}

/** As JSON on one line: Node ends lines at these two signs as well. */
function lineOf(entry: Entry): string {
	return JSON.stringify(entry).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}
