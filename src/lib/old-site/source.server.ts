import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join, relative } from 'node:path';
import { problem } from '#lib/server/problem.ts';
import { compareText } from '#lib/vietnamese/text.ts';
import { readText } from './encoding.ts';
import { readEntry } from './feed.ts';
import { readSavedPage } from './html-page.ts';
import type { Found } from './page.ts';
import { readParts } from './xml.ts';

/** What an old site left: one export or feed, one saved page, or a folder of any of these. */

const PAGES = /^\.(?:html?|xhtml|php|aspx?|txt|md)$/i;
const FEEDS = /^\.(?:xml|wxr|rss|atom)$/i;
const ENTRIES_AT_MOST = 200_000;

/** Everything in it, one by one and in the same order each time; nothing is kept in memory. */
export async function* readSource(path: string, encoding: string | null): AsyncGenerator<Found> {
	for (const file of await filesOf(path)) {
		const whole = file === '' ? path : join(path, file);
		const name = file === '' ? basename(path) : file;
		if (!PAGES.test(extname(whole))) {
			for await (const part of readParts(whole, encoding)) {
				const found = readEntry(part, name);
				if (found) yield found;
			}
			continue;
		}
		const { text, isGuessed } = await readText(whole, { file: name, encoding });
		yield { page: readSavedPage({ file: name.replaceAll('\\', '/'), text, isEncodingGuessed: isGuessed }) };
	}
}

/** The files of a folder that can be read, by name; '' where the path is one file itself. */
async function filesOf(path: string): Promise<string[]> {
	const found = await stat(path).catch((error: unknown) => {
		throw problem('old_site.unreadable', { file: path, reason: error instanceof Error ? error.message : '' }, error);
	});
	if (!found.isDirectory()) return [''];
	const files = (await filesUnder(path)).filter((file) => PAGES.test(extname(file)) || FEEDS.test(extname(file)));
	if (files.length === 0) throw problem('old_site.folder_empty', { folder: path });
	return files;
}

/** Every file below a folder, by its path there. Links are not followed: they may lead anywhere. */
export async function filesUnder(folder: string): Promise<string[]> {
	const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
		throw problem('old_site.unreadable', { file: folder, reason: error instanceof Error ? error.message : '' }, error);
	});
	if (entries.length > ENTRIES_AT_MOST) throw problem('old_site.folder_large', { folder, most: ENTRIES_AT_MOST });
	return entries
		.filter((entry) => entry.isFile())
		.map((entry) => relative(folder, join(entry.parentPath, entry.name)))
		.toSorted(compareText);
}
