import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect } from 'vitest';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { test as base } from '../../../tests/database.ts';
import { countViews } from './counting.server.ts';
import { drafted, newsroom, text } from './newsroom.sample.ts';
import { publishThrough, withdraw } from './publication.server.ts';
import { mostRead } from './view.server.ts';

const PHONE =
	'Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36';
const ADDRESS = '203.0.113.';
const HOUR_MS = 3_600_000;
const AT = Math.floor(Date.now() / HOUR_MS) * HOUR_MS + 60_000;

const test = base.extend('data', async ({}, { onCleanup }) => {
	const data = await mkdtemp(join(tmpdir(), 'kheo-views-'));
	onCleanup(() => rm(data, { recursive: true }));
	return data;
});

/** A process that counts, its clock, and an article that is read. */
async function counting(db: Db, data: string) {
	const world = await newsroom(db);
	const articleId = await drafted(db, world);
	await publishThrough(db, world.machine, { id: articleId, at: null });
	const shown = { siteId: world.site, articleId };
	const clock = { now: AT };
	const begin = () => countViews({ db, data, now: () => clock.now });
	return { world, shown, clock, begin };
}

const by = (headers: Record<string, string> = {}) => ({ headers: { 'user-agent': PHONE, ...headers } });

async function counted(db: Db, articleId: string): Promise<number> {
	const { rows } = await sql<{ count: number }>`
		select coalesce(sum(view_count), 0)::int as count from article_views where article_id = ${articleId}::uuid`.execute(db);
	return rows[0]?.count ?? 0;
}

test('robots, reloads and what is fetched ahead are not counted; other readers and the next hour are', async ({
	db,
	data
}) => {
	const { shown, clock, begin } = await counting(db, data);
	const one = await begin();
	one.seen(shown, by({ 'user-agent': 'curl/8.5.0' }), `${ADDRESS}1`);
	one.seen(shown, by({ 'sec-purpose': 'prefetch' }), `${ADDRESS}1`);
	await one.flush();
	expect(await counted(db, shown.articleId)).toBe(0);
	for (let reload = 0; reload < 3; reload += 1) one.seen(shown, by(), `${ADDRESS}1`);
	one.seen(shown, by(), `${ADDRESS}2`);
	await one.flush();
	expect(await counted(db, shown.articleId)).toBe(2);
	clock.now += HOUR_MS;
	one.seen(shown, by(), `${ADDRESS}1`);
	await one.stop();
	expect(await counted(db, shown.articleId)).toBe(3);
});

test('two processes count a reader once; what one that is killed saw is counted once by the next', async ({
	db,
	data
}) => {
	const { shown, begin } = await counting(db, data);
	const killed = await begin();
	killed.seen(shown, by(), `${ADDRESS}1`);
	killed.seen(shown, by(), `${ADDRESS}2`);
	const other = await begin();
	expect(await counted(db, shown.articleId)).toBe(2);
	other.seen(shown, by(), `${ADDRESS}2`);
	other.seen(shown, by(), `${ADDRESS}3`);
	await Promise.all([killed.flush(), other.flush()]);
	expect(await counted(db, shown.articleId)).toBe(3);
	await Promise.all([killed.stop(), other.stop()]);
	expect(await counted(db, shown.articleId)).toBe(3);
});

test('journals that are cut, altered or of texts that are not there count what is whole in them', async ({
	db,
	data
}) => {
	const { shown, begin } = await counting(db, data);
	const hour = AT / HOUR_MS;
	const line = (mark: string, articleId = shown.articleId) =>
		`${Math.floor(hour)} ${shown.siteId} ${articleId} ${mark}`;
	const lines = [line('0000000000000001'), '\0\0\0', line('0000000000000002', shown.siteId), line('0000000000000003')];
	const name = `${Math.floor(hour)}-00000000-0000-4000-8000-000000000000`;
	await begin().then(({ stop }) => stop());
	await writeFile(join(data, 'views', name), `${lines.join('\n')}\n${line('0000000000000004').slice(0, 40)}`);
	await begin().then(({ stop }) => stop());
	expect(await counted(db, shown.articleId)).toBe(2);
});

test('no address is kept anywhere, nor the key when its hour is over', async ({ db, data }) => {
	const { shown, clock, begin } = await counting(db, data);
	const one = await begin();
	one.seen(shown, by(), `${ADDRESS}1`);
	await one.flush();
	const folder = join(data, 'views');
	const journals = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')));
	const tables = await Promise.all(
		['article_views', 'view_journals', 'view_keys', 'view_marks'].map((name) =>
			sql`select t::text from ${sql.table(name)} t`.execute(db)
		)
	);
	const kept = journals.join() + JSON.stringify(tables.map(({ rows }) => rows));
	expect(journals.join()).toContain(shown.articleId);
	for (const secret of [ADDRESS, PHONE, 'Android']) expect(kept).not.toContain(secret);
	clock.now += HOUR_MS;
	await one.flush();
	const { rows } = await sql<{ hour: number }>`select hour from view_keys order by hour`.execute(db);
	expect(rows.map(({ hour }) => hour)).toEqual([1, 2].map((ahead) => Math.floor(AT / HOUR_MS) + ahead));
	clock.now += 25 * HOUR_MS;
	await one.stop();
	expect((await sql`select from view_marks`.execute(db)).rows).toEqual([]);
	expect(await readdir(folder)).toEqual([]);
	expect(await counted(db, shown.articleId)).toBe(1);
});

test('what was read most is told of a site, newest days apart, and nothing that is public no more', async ({
	db,
	data
}) => {
	const { world, shown, begin } = await counting(db, data);
	const gone = await drafted(db, world, text({ headline: 'Bài sẽ gỡ' }));
	await publishThrough(db, world.machine, { id: gone, at: null });
	const one = await begin();
	one.seen(shown, by(), `${ADDRESS}1`);
	for (const end of [1, 2, 3]) one.seen({ ...shown, articleId: gone }, by(), `${ADDRESS}${end}`);
	await one.stop();
	await sql`
		insert into article_views (article_id, site_id, on_date, view_count)
		values (${shown.articleId}::uuid, ${world.site}::uuid, ${today()}::date - 10, 40),
			(${shown.articleId}::uuid, ${world.site}::uuid, ${today()}::date - 31, 500)`.execute(db);
	const told = async (siteId: string) =>
		(await mostRead(db, siteId)).map(({ period, id, viewCount }) => `${period} ${id} ${viewCount}`);
	expect(await told(world.site)).toEqual([
		`week ${gone} 3`,
		`week ${shown.articleId} 1`,
		`month ${shown.articleId} 41`,
		`month ${gone} 3`
	]);
	expect(await told(world.subsite)).toEqual([]);
	await withdraw(db, world.machine, { id: gone, reason: 'Sai địa danh' });
	expect(await told(world.site)).toEqual([`week ${shown.articleId} 1`, `month ${shown.articleId} 41`]);
});
