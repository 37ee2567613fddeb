import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { get, list } from '#lib/newsroom/list.server.ts';
import { drafted, newsroom, type Newsroom } from '#lib/newsroom/newsroom.sample.ts';
import { findMoved, publicArticle, publicList } from '#lib/newsroom/public.server.ts';
import { publishThrough, readdress } from '#lib/newsroom/publication.server.ts';
import { listSections } from '#lib/newsroom/site.server.ts';
import type { Db } from '#lib/server/db.ts';
import { test } from '../../../tests/database.ts';
import { importArticles, type Entry, type Outcome, type Wish } from './import.server.ts';
import { openTold } from './told.server.ts';

let folder = '';
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'kheo-import-'));
	await mkdir(join(folder, 'anh/2020/06'), { recursive: true });
	const picture = sharp({ create: { width: 8, height: 6, channels: 3, background: '#b3261e' } });
	await writeFile(join(folder, 'anh/2020/06/toan-canh.jpg'), await picture.jpeg().toBuffer());
	await writeFile(join(folder, 'anh/2020/06/hong.jpg'), 'không phải ảnh');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type Done = Outcome & { entries: Entry[] };
type Post = { id: number; title: string; body: string; more?: string; slug?: string; status?: string };

function post({ id, title, body, more = '', slug = `bai-viet-so-${id}`, status = 'publish' }: Post): string {
	return `<item><title>${title}</title><link>https://cu.example/2020/06/${slug}/</link><dc:creator>admin</dc:creator>
		<guid isPermaLink="false">https://cu.example/?p=${id}</guid><content:encoded><![CDATA[${body}]]></content:encoded>
		<wp:post_id>${id}</wp:post_id><wp:post_date>2020-06-26 09:00:00</wp:post_date><wp:post_date_gmt>2020-06-26 02:00:00</wp:post_date_gmt>
		<wp:status>${status}</wp:status><wp:post_type>post</wp:post_type>${more}</item>`;
}

const SHOWN =
	'<p>Đọc <a href="https://www.cu.example/2020/06/bai-viet-so-2/">bài kia</a>.</p><img src="https://cu.example/wp-content/uploads/2020/06/toan-canh-300x200.jpg" alt="Toàn cảnh hội nghị">';
const POSTS = [
	post({
		id: 1,
		title: 'Hội nghị giao ban',
		body: SHOWN,
		more: '<category domain="category">Tin dân vận</category><category domain="post_tag">Dân vận khéo</category>'
	}),
	post({ id: 2, title: 'Hội nghị có chỗ mất chữ', body: '<p>Ngày 26/6, tại thành phố , hội nghị họp.</p>' }),
	post({ id: 3, title: 'Nháp cũ', body: '<p>Chưa xong.</p>', status: 'draft' }),
	'<item><title>x</title><wp:post_id>9</wp:post_id><wp:post_type>nav_menu_item</wp:post_type></item>'
];

async function run(db: Db, items: readonly string[], given: Partial<Wish> = {}): Promise<Done> {
	const path = join(folder, 'cu.xml');
	await writeFile(
		path,
		`<?xml version="1.0" encoding="UTF-8"?><rss><channel><title>Cũ</title>${items.join('\n')}</channel></rss>`
	);
	const wish = {
		path,
		site: 'khoi',
		pictures: join(folder, 'anh'),
		sections: [],
		createSections: true,
		withoutSections: false,
		withoutPictures: false,
		draft: false,
		withHoles: false,
		eventDays: false,
		encoding: null,
		dryRun: false,
		data: folder,
		...given
	};
	await using told = await openTold();
	const outcome = await importArticles(db, world.machine, wish, { told });
	return { ...outcome, entries: await Array.fromAsync(told.entries()) };
}

let world: Newsroom;
const fates = ({ entries }: Done) => entries.map(({ fate }) => fate);

describe('an old site', () => {
	test('is looked through without writing anything', async ({ db }) => {
		world = await newsroom(db);
		const looked = await run(db, POSTS, { dryRun: true });
		expect(looked).toMatchObject({
			committed: false,
			hindrances: [],
			others: [['nav_menu_item', 1]],
			unfiled: [['Tin dân vận', 1]]
		});
		expect(fates(looked)).toEqual(['published', 'draft', 'draft']);
		expect((await list(db, world.leader, { unitId: world.top })).rows).toEqual([]);
	});

	test('is refused while it is not said where categories and pictures are', async ({ db }) => {
		world = await newsroom(db);
		const none = await run(db, POSTS, { createSections: false, pictures: null });
		expect(none).toMatchObject({ committed: false, hindrances: ['pictures_missing', 'sections_missing'] });
		await expect(run(db, POSTS, { sections: ['Tin dân vận=khong-co'] })).rejects.toThrow('old_site.section_unknown');
		await expect(run(db, POSTS, { site: 'la' })).rejects.toThrow('old_site.site_unknown');
		await expect(run(db, [`${POSTS[0]}<item>`])).rejects.toThrow('old_site.cut_off');
		expect((await list(db, world.leader, { unitId: world.top })).rows).toEqual([]);
	});

	test('keeps its days and addresses, and leads from text to text', async ({ db }) => {
		world = await newsroom(db);
		expect(fates(await run(db, POSTS))).toEqual(['published', 'draft', 'draft']);
		const { rows } = await publicList(db, { siteId: world.site }, { page: 1 });
		expect(rows).toMatchObject([{ headline: 'Hội nghị giao ban', slug: 'bai-viet-so-1' }]);
		expect(rows[0]?.shownAt.toISOString()).toBe('2020-06-26T02:00:00.000Z');
		for (const path of ['/2020/06/bai-viet-so-1', '/?p=1'])
			expect(await findMoved(db, world.site, path)).toBe('bai-viet-so-1');
		const read = await publicArticle(db, { siteId: world.site, slug: 'bai-viet-so-1' });
		const article = read && 'article' in read ? read.article : null;
		expect(article).toMatchObject({
			tags: ['Dân vận khéo'],
			byline: { name: '' },
			cover: { alt: 'Toàn cảnh hội nghị' }
		});
		expect(JSON.stringify(article?.body)).toContain('"href":"/khoi/bai-viet-so-2"');
		expect((await listSections(db, world.site)).map(({ nameVi }) => nameVi)).toEqual(['Tin dân vận']);
	});

	test('leaves as drafts what somebody has to look at, and says why; published later they have their old day', async ({
		db
	}) => {
		world = await newsroom(db);
		await run(db, POSTS);
		expect(await findMoved(db, world.site, '/?p=2')).toBeNull();
		const { rows } = await list(db, world.leader, { unitId: world.top, state: 'draft' });
		const lost = rows.find(({ headline }) => headline.includes('mất chữ'));
		const article = await get(db, world.leader, lost?.id ?? '');
		expect(article.history.map(({ reason }) => reason).join('')).toContain('tại thành phố ␣,');
		await publishThrough(db, world.machine, { id: article.id, at: null });
		expect((await get(db, world.leader, article.id)).publishedAt?.toISOString()).toBe('2020-06-26T02:00:00.000Z');
		expect(await findMoved(db, world.site, '/?p=2')).toBe('bai-viet-so-2');
		await readdress(db, world.machine, { id: article.id, slug: 'dia-chi-moi' });
		expect(await findMoved(db, world.site, '/?p=2')).toBe('dia-chi-moi');
	});

	test('may be imported again, and goes on where it stopped', async ({ db }) => {
		world = await newsroom(db);
		expect(fates(await run(db, POSTS.slice(0, 1)))).toEqual(['published']);
		expect(fates(await run(db, POSTS))).toEqual(['there', 'draft', 'draft']);
		expect(fates(await run(db, POSTS))).toEqual(['there', 'there', 'there']);
		expect((await list(db, world.leader, { unitId: world.top })).rows).toHaveLength(3);
	});

	test('gives way where an address is taken, and to what comes twice in it', async ({ db }) => {
		world = await newsroom(db);
		await publishThrough(db, world.machine, { id: await drafted(db, world, {}, { slug: 'bai-viet-so-1' }), at: null });
		const twice = await run(db, [
			POSTS[0] ?? '',
			POSTS[0] ?? '',
			post({ id: 4, title: 'Tin tức', body: '<p>x</p>', slug: 'tin-tuc' })
		]);
		expect(twice.entries.map(({ fate, slug }) => [fate, slug])).toEqual([
			['published', 'bai-viet-so-1-2'],
			['there', ''],
			['published', 'tin-tuc-2']
		]);
	});

	test('with a damaged picture or one without words is a draft; with holes, published where that is wished', async ({
		db
	}) => {
		world = await newsroom(db);
		const image = (name: string, alt: string) =>
			`<p>Chữ.</p><img src="https://cu.example/2020/06/${name}" alt="${alt}">`;
		const items = [
			post({ id: 5, title: 'Ảnh hỏng', body: image('hong.jpg', 'Ảnh hội nghị') }),
			post({ id: 6, title: 'Ảnh không lời', body: image('toan-canh.jpg', '') }),
			POSTS[1] ?? ''
		];
		const done = await run(db, items, { withHoles: true });
		expect(done.entries.map(({ fate, reasons }) => [fate, ...reasons])).toEqual([
			['draft', 'picture_refused'],
			['draft', 'alt_missing'],
			['published']
		]);
		const silent = (await list(db, world.leader, { unitId: world.top })).rows.find(
			({ headline }) => headline === 'Ảnh không lời'
		);
		await expect(publishThrough(db, world.machine, { id: silent?.id ?? '', at: null })).rejects.toThrow(
			'article.alt_missing'
		);
	});
});
