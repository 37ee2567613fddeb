import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Db } from '#lib/server/db.ts';
import { log } from '#lib/server/log.ts';
import { hourOf, isReader, markOf, type Shown } from './view.ts';
import { openJournals, type Journals } from './view-journal.ts';
import { foldedBytes, foldViews, forgetHours, hourKeys } from './view.server.ts';

/** Counts who reads articles (docs/decisions/0029): seen in a process, noted in its journal, counted in the database. */

export type Counting = {
	/** An article was shown in answer to a request that comes from `address`. */
	seen: (shown: Shown, request: Pick<IncomingMessage, 'headers'>, address: string) => void;
	/** Counts what is noted up to now. */
	flush: () => Promise<void>;
	/** Counts the rest and ends. */
	stop: () => Promise<void>;
};

const FLUSHED_EVERY_MS = 5_000;
/** Clocks of machines that share a folder may differ by so much. */
const OVER_AFTER_MS = 600_000;
const HOUR_MS = 3_600_000;
/** What was counted in the hour is remembered to spare the journal; the database knows it anyway. */
const REMEMBERED = 500_000;

/** Begins to count. The key of the hour is there on return, unless the database is away. */
export async function countViews({
	db,
	data,
	now = Date.now
}: {
	db: Db;
	data: string;
	now?: () => number;
}): Promise<Counting> {
	const journals = openJournals(data);
	const keys = new Map<number, Buffer>();
	const known = { hour: 0, marks: new Set<string>() };
	let forgotten = 0;

	async function round(): Promise<void> {
		const hour = hourOf(now());
		// That of the next hour too: at its turn there is no time to ask for it.
		for (const [each, key] of await hourKeys(db, [hour, hour + 1], keys)) keys.set(each, key);
		await foldAll(db, journals, now());
		if (hour === forgotten) return;
		await forgetHours(db, hour);
		for (const each of keys.keys()) if (each < hour) keys.delete(each);
		forgotten = hour;
	}

	function seen(shown: Shown, { headers }: Pick<IncomingMessage, 'headers'>, address: string): void {
		if (!isReader(headers)) return;
		const hour = hourOf(now());
		if (known.hour !== hour || known.marks.size >= REMEMBERED) Object.assign(known, { hour, marks: new Set<string>() });
		// While the database is away each process recognises readers by itself.
		const key = keys.get(hour) ?? randomBytes(32);
		keys.set(hour, key);
		const mark = markOf(key, shown.articleId, { address, agent: headers['user-agent'] ?? '' });
		if (known.marks.has(mark)) return;
		try {
			journals.append({ ...shown, hour, mark });
			known.marks.add(mark);
		} catch (error) {
			// The page goes out all the same; the view is noted when it is asked for again.
			log('warn', 'views.unnoted', { error: String(error) });
		}
	}

	let running = Promise.resolve();
	const flush = () => {
		running = running.then(round).catch((error: unknown) => log('warn', 'views.uncounted', { error: String(error) }));
		return running;
	};
	await flush();
	const timer = setInterval(() => void flush(), FLUSHED_EVERY_MS);
	return {
		seen,
		flush,
		async stop() {
			clearInterval(timer);
			await flush();
			journals.close();
		}
	};
}

/** Journals of processes that were killed are counted by whoever comes next; one whose hour is over goes when it is counted. */
async function foldAll(db: Db, journals: Journals, now: number): Promise<void> {
	for (const { name, hour } of await journals.list()) {
		await foldJournal(db, journals, name);
		if (now > (hour + 1) * HOUR_MS + OVER_AFTER_MS) await journals.remove(name);
	}
}

async function foldJournal(db: Db, journals: Journals, journal: string): Promise<void> {
	for (;;) {
		const from = await foldedBytes(db, journal);
		const { views, to } = await journals.read(journal, from);
		if (to === from) return;
		await foldViews(db, { journal, from, to, views });
	}
}
