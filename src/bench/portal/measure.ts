import { sql } from 'kysely';
import { setTimeout } from 'node:timers/promises';
import { openDatabase, type Db } from '#lib/server/db.ts';
import { readSettings } from '#lib/server/settings.ts';
import { start, startBeside, type Serving } from '../serving.ts';
import type { Measured } from '../table.ts';
import { serveFile } from './file.ts';
import { askAll, rateAnew, rateOf } from './readers.ts';
import { weigh } from './weight.ts';

/** The public site as its readers have it: the demonstration's, served by the built server. */

/** Readers come from many addresses, which the bench says for them as a proxy would. */
const PROXIED = { KHEO_TRUSTED_PROXIES: '127.0.0.1' };
const VIEWS = 100_000;
/** How the server ends after each part of the views but the last: as a failure of the machine would end it, or told to. */
const ENDINGS = ['kill', 'stop', 'kill', null] as const;
const COUNTED_WITHIN_MS = 20_000;
/** Of so many readers one reloads the page. */
const RELOADS = 20;

type Pages = { articleId: string; home: string; article: string };

export async function measurePortal(data: string): Promise<Measured[]> {
	const serving = await start(data, [], PROXIED);
	const pages = await findPages(data);
	const rates = await measureRates(serving, pages);
	const { page_kb, script_kb } = await weigh(serving.address, pages.article);
	const second = await startBeside(data, PROXIED);
	const anew = await measureAnew([serving, second], pages);
	await second.stop();
	await serving.stop();
	return [
		...rates,
		...anew,
		{ what: 'an article: its HTML, CSS and fonts', value: page_kb, unit: 'kB', target: 120, yardstick: null },
		{ what: 'an article: its script', value: script_kb, unit: 'kB', target: 20, yardstick: null },
		await measureViews(data, pages)
	];
}

/** The newest article of the demonstration's site with a picture, and its front page. */
async function findPages(data: string): Promise<Pages> {
	return withDatabase(data, async (db) => {
		const { rows } = await sql<{ id: string; site: string; slug: string }>`
			select a.id, s.slug as site, a.slug from public_articles a join sites s on s.id = a.site_id
			where a.cover_id is not null and a.way = 'home' order by a.shown_at desc, a.id limit 1`.execute(db);
		const [found] = rows;
		if (!found) throw new Error('the demonstration has no article');
		return { articleId: found.id, home: `/${found.site}`, article: `/${found.site}/${found.slug}` };
	});
}

async function withDatabase<T>(data: string, work: (db: Db) => Promise<T>): Promise<T> {
	const opened = await openDatabase(readSettings({ KHEO_DATA: data }));
	try {
		return await work(opened.db);
	} finally {
		await opened.close();
	}
}

/** Pages that are kept beside the same bytes from a file. */
async function measureRates(serving: Serving, pages: Pages): Promise<Measured[]> {
	const measured: Measured[] = [];
	for (const [what, path] of named(pages)) {
		const url = serving.address + path;
		const file = await serveFile(url);
		const [asFile, kept] = [await rateOf(file.address), await rateOf(url)];
		await file.stop();
		const beside = `of ${Math.round(asFile)}/s as a file from the same Node (${Math.round(kept)}/s)`;
		measured.push({
			what: `${what}, kept`,
			value: kept / asFile,
			unit: '×',
			target: 0.5,
			isLeast: true,
			yardstick: { what: beside, value: 1 }
		});
	}
	return measured;
}

function named({ home, article }: Pages): readonly (readonly [what: string, path: string])[] {
	return [
		['the front page', home],
		['an article', article]
	];
}

/** Pages that are made anew for each who asks, by one process and by two that share the database, one to a core. */
async function measureAnew(processes: readonly Serving[], pages: Pages): Promise<Measured[]> {
	const measured: Measured[] = [];
	for (const [what, path] of named(pages)) {
		const urls = processes.map(({ address }) => address + path);
		const one = await rateAnew(urls.slice(0, 1));
		measured.push({
			what: `${what}, made anew for each by ${urls.length} processes, a second`,
			value: await rateAnew(urls),
			unit: '',
			target: 300,
			isLeast: true,
			yardstick: { what: 'by one process', value: one }
		});
	}
	return measured;
}

/** Readers of an article, each from an address of its own, some of whom reload it; the server is ended in between. */
async function measureViews(data: string, { articleId, article }: Pages): Promise<Measured> {
	const before = await withDatabase(data, (db) => viewsOf(db, articleId));
	const part = VIEWS / ENDINGS.length;
	let counted = 0;
	for (const [at, ending] of ENDINGS.entries()) {
		const serving = await start(data, [], PROXIED);
		const readers = Array.from({ length: part }, (_, reader) => addressOf(at * part + reader));
		await askAll(
			serving.address + article,
			readers.flatMap((address, reader) => (reader % RELOADS === 0 ? [address, address] : [address]))
		);
		if (ending === null) counted = await withDatabase(data, (db) => viewsAfter(db, articleId, before + VIEWS));
		await (ending === 'kill' ? serving.kill() : serving.stop());
	}
	const wrong = Math.abs(counted - before - VIEWS);
	return { what: `${VIEWS} views over 3 restarts: counted wrong`, value: wrong, unit: '', target: 0, yardstick: null };
}

function addressOf(reader: number): string {
	return `10.${reader >> 16}.${(reader >> 8) & 255}.${reader & 255}`;
}

/** How many views are counted, once they are as many as there were, or do not become more. */
async function viewsAfter(db: Db, articleId: string, expected: number): Promise<number> {
	const until = performance.now() + COUNTED_WITHIN_MS;
	for (;;) {
		const views = await viewsOf(db, articleId);
		if (views >= expected || performance.now() > until) return views;
		await setTimeout(100);
	}
}

async function viewsOf(db: Db, articleId: string): Promise<number> {
	const { rows } = await sql<{ views: number }>`
		select coalesce(sum(view_count), 0)::int as views from article_views where article_id = ${articleId}::uuid`.execute(db);
	return rows[0]?.views ?? 0;
}
