import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { expect } from 'vitest';
import { discussed, proof, reader, said } from '#lib/comments/comments.sample.ts';
import { sendComment } from '#lib/comments/receive.server.ts';
import { importArticles } from '#lib/old-site/import.server.ts';
import { openTold } from '#lib/old-site/told.server.ts';
import type { Db, Opened } from '#lib/server/db.ts';
import { databaseUrl, test } from '../../../tests/database.ts';
import { get } from './list.server.ts';
import { drafted, newsroom } from './newsroom.sample.ts';
import { publishThrough } from './publication.server.ts';

/**
 * What is being written when the process is killed or its connection breaks leaves nothing behind, and is done once when it is
 * done again. The writer is held at a table by somebody else's lock, and its connection is ended there.
 */
async function cutOffAt(table: string, { db, pool }: Opened, run: () => Promise<unknown>): Promise<void> {
	const { pathname } = new URL(pool.options.connectionString ?? '');
	const other = new pg.Client({ connectionString: databaseUrl('migrator', pathname.slice(1)) });
	await other.connect();
	await other.query(`begin; lock table ${table} in share mode`);
	const ended = expect(run()).rejects.toThrow();
	await expect
		.poll(
			async () => {
				const { rows } = await sql`
					select pg_terminate_backend(pid) from pg_stat_activity
					where datname = current_database() and wait_event_type = 'Lock'`.execute(db);
				return rows.length;
			},
			{ interval: 10 }
		)
		.toBe(1);
	await ended;
	await other.end();
}

const countOf = async (db: Db, table: string) =>
	(await sql<{ count: number }>`select count(*)::int as count from ${sql.table(table)}`.execute(db)).rows[0]?.count;

test('a comment is there once or not at all', async ({ clone }) => {
	await discussed(clone.db);
	const door = reader();
	const form = said(proof(door));
	await cutOffAt('comments', clone, () => sendComment(clone.db, door, form));
	expect(await countOf(clone.db, 'comments')).toBe(0);
	const sent = await sendComment(clone.db, door, form);
	expect(await sendComment(clone.db, door, form)).toEqual(sent);
	expect(await countOf(clone.db, 'comments')).toBe(1);
});

test('an article is public with its log, or as it was', async ({ clone }) => {
	const world = await newsroom(clone.db);
	const id = await drafted(clone.db, world);
	const publish = () => publishThrough(clone.db, world.editor, { id, at: null });
	const before = await countOf(clone.db, 'actions');
	await cutOffAt('placements', clone, publish);
	expect(await get(clone.db, world.editor, id)).toMatchObject({ state: 'draft', slug: null, publicVersion: null });
	expect(await countOf(clone.db, 'actions')).toBe(before);
	await publish();
	await expect(publish()).rejects.toThrow();
	const { state, history } = await get(clone.db, world.editor, id);
	expect(state).toBe('published');
	expect(history.map(({ verb }) => verb)).toEqual(['create', 'edit', 'approve', 'publish']);
});

test('an old site that is taken over halfway goes on, and makes nothing twice', async ({ clone, onTestFinished }) => {
	const world = await newsroom(clone.db);
	const data = await mkdtemp(join(tmpdir(), 'kheo-cut-off-'));
	onTestFinished(() => rm(data, { recursive: true, force: true }));
	const items = ['một', 'hai', 'ba'].map(
		(title, at) => `<item><title>Bài ${title}</title><link>https://cu.example/bai-${at}/</link>
			<pubDate>Fri, 26 Jun 2020 02:00:00 GMT</pubDate><description>Hội nghị họp bàn việc của bản.</description></item>`
	);
	const take = async (some: readonly string[]) => {
		await using told = await openTold();
		const path = join(data, 'cu.xml');
		await writeFile(path, `<rss><channel><title>Cũ</title>${some.join('')}</channel></rss>`);
		const asked = { draft: false, withHoles: false, eventDays: false, encoding: null, dryRun: false, data };
		const left = { pictures: null, sections: [], createSections: false, withoutSections: true, withoutPictures: true };
		const { counts } = await importArticles(
			clone.db,
			world.machine,
			{ path, site: 'khoi', ...asked, ...left },
			{ told }
		);
		return counts;
	};
	await take(items.slice(0, 1));
	const made = {
		articles: 1,
		placements: 1,
		article_versions: 1,
		article_redirects: await countOf(clone.db, 'article_redirects')
	};
	await cutOffAt('article_redirects', clone, () => take(items));
	for (const [table, count] of Object.entries(made))
		expect([table, await countOf(clone.db, table)]).toEqual([table, count]);
	expect(await take(items)).toMatchObject({ there: 1, published: 2 });
	expect(await take(items)).toMatchObject({ there: 3, published: 0 });
	expect(await countOf(clone.db, 'articles')).toBe(3);
});
