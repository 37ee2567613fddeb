import { isHttpError, isRedirect } from '@sveltejs/kit';
import { describe, expect } from 'vitest';
import { z } from 'zod';
import { site as installation } from '#lib/accounts/people.sample.ts';
import * as articles from '#lib/newsroom/article.server.ts';
import { bodySchema } from '#lib/newsroom/body.ts';
import { drafted, filing, newsroom, text, type Newsroom } from '#lib/newsroom/newsroom.sample.ts';
import * as publication from '#lib/newsroom/publication.server.ts';
import { Problem } from '#lib/server/problem.ts';
import type { Db } from '#lib/server/db.ts';

import { test } from '../../../tests/database.ts';
import * as layout from './[site]/+layout.server.ts';
import * as address from './[site]/[...address]/+page.server.ts';
import * as front from './[site]/+page.server.ts';
import * as archive from './[site]/luu-tru/+page.server.ts';
import * as search from './[site]/tim-kiem/+page.server.ts';
import * as news from './[site]/tin-tuc/+page.server.ts';
import * as section from './[site]/chuyen-muc/[section]/+page.server.ts';
import * as tagged from './[site]/the/[tag]/+page.server.ts';
import * as feed from './[site]/feed/[...file]/+server.ts';
import * as siteMap from './[site]/sitemap.xml/+server.ts';
import * as qr from './[site]/ma-qr/[...address]/+server.ts';
import * as newsMap from './[site]/news-sitemap.xml/+server.ts';

const SECRET = 'Việc chưa công bố';
const HOSTILE = `<script>alert(1)</script>"'><img src=x onerror=alert(2)>`;

/** What of an article's page is markup as it stands. */
const PageData = z.object({ html: z.string(), data: z.string() });

/** Calls a load or an endpoint as SvelteKit would, the layout's first; answers what a reader is given, as text. */
async function ask(db: Db, part: unknown, path: string, params: Record<string, string> = {}): Promise<string> {
	const data = await loaded(db, part, path, params);
	if (data instanceof Response) return data.text();
	return JSON.stringify(data, (_, value: unknown) => (value instanceof Map ? [...value] : value));
}

async function loaded(db: Db, part: unknown, path: string, params: Record<string, string>): Promise<unknown> {
	if (typeof part !== 'function') throw new Error(`${path} has no such part`);
	const event = {
		locals: { db, site: installation, session: null },
		params: { site: 'khoi', ...params },
		route: { id: '/(portal)/[site]' },
		url: new URL(`http://kheo.test/khoi${path}`),
		request: new Request(`http://kheo.test/khoi${path}`),
		cookies: { get: () => undefined },
		setHeaders: () => undefined
	};
	const parent = () => Reflect.apply(layout.load, undefined, [event]);
	try {
		return await Reflect.apply(part, undefined, [{ ...event, parent }]);
	} catch (error) {
		if (isHttpError(error)) return { ...error.body, status: error.status };
		if (isRedirect(error)) return { status: error.status, location: error.location };
		if (error instanceof Problem) return { status: error.status };
		throw error;
	}
}

/** Everything of the site that a reader, a feed reader or a search machine can ask for. */
async function everything(db: Db, slug: string): Promise<string> {
	const year = new Date().getFullYear();
	const asked = [
		ask(db, front.load, ''),
		ask(db, news.load, '/tin-tuc'),
		ask(db, archive.load, `/luu-tru?year=${year}`),
		ask(db, search.load, '/tim-kiem?q=chua+cong+bo'),
		ask(db, section.load, '/chuyen-muc/tin', { section: 'tin' }),
		ask(db, tagged.load, '/the/moi', { tag: 'moi' }),
		ask(db, address.load, `/${slug}`, { address: slug }),
		ask(db, feed.GET, '/feed/rss.xml', { file: 'rss.xml' }),
		ask(db, feed.GET, '/feed/atom.xml', { file: 'atom.xml' }),
		ask(db, feed.GET, '/feed/feed.json', { file: 'feed.json' }),
		ask(db, siteMap.GET, '/sitemap.xml'),
		ask(db, newsMap.GET, '/news-sitemap.xml')
	];
	return (await Promise.all(asked)).join('\n');
}

const SLUG = 'viec-chua-cong-bo';

async function approved(db: Db, world: Newsroom): Promise<string> {
	const id = await drafted(db, world, { headline: SECRET, lead: SECRET }, { tags: ['Mới'], slug: SLUG });
	await publication.finishEditing(db, world.editor, id);
	await publication.approve(db, world.leader, id);
	return id;
}

describe('what the public may not read', () => {
	test('a draft, an approved and a scheduled text are nowhere; published it is; withdrawn only its note', async ({
		db
	}) => {
		const world = await newsroom(db);
		const id = await approved(db, world);
		expect(await everything(db, SLUG)).not.toContain(SECRET);
		await publication.publish(db, world.editor, { id, at: new Date(Date.now() + 3_600_000) });
		expect(await everything(db, SLUG)).not.toContain(SECRET);
		await publication.publish(db, world.editor, { id, at: null });
		expect((await everything(db, SLUG)).split(SECRET).length).toBeGreaterThan(10);
		await publication.withdraw(db, world.editor, { id, reason: 'Sai địa danh' });
		const after = await everything(db, SLUG);
		expect(after).not.toContain(SECRET);
		expect(after).toContain('"status":410');
		expect(after).toContain('Sai địa danh');
	});

	test('an old address leads to the new one, one that never was is not found', async ({ db }) => {
		const world = await newsroom(db);
		const id = await approved(db, world);
		await publication.publish(db, world.editor, { id, at: null });
		await publication.readdress(db, world.editor, { id, slug: 'viec-da-cong-bo' });
		expect(await ask(db, address.load, `/${SLUG}`, { address: SLUG })).toContain('"location":"/khoi/viec-da-cong-bo"');
		expect(await ask(db, address.load, '/khong-co', { address: 'khong-co' })).toBe('{"status":404}');
	});

	test('hostile words of a text are words on its page, in its data and in its feeds', async ({ db }) => {
		const world = await newsroom(db);
		const body = bodySchema.parse({
			type: 'doc',
			content: [{ type: 'paragraph', content: [{ type: 'text', text: `${HOSTILE}</script>` }] }]
		});
		const { id } = await articles.create(db, world.editor, {
			siteId: world.site,
			text: text({ headline: HOSTILE, lead: HOSTILE, body }),
			filing: filing({ slug: 'doc-hai', tags: ['a"><b>'] })
		});
		await publication.publishThrough(db, world.machine, { id, at: null });
		const { html, data } = PageData.parse(await loaded(db, address.load, '/doc-hai', { address: 'doc-hai' }));
		expect(html).not.toMatch(/<script|<img/);
		expect(html).toContain('&lt;script&gt;alert(1)');
		expect(data.match(/<\/?script/g)).toEqual(['<script', '</script']);
		for (const file of ['rss.xml', 'atom.xml'])
			expect(await ask(db, feed.GET, `/feed/${file}`, { file })).not.toMatch(/<script|<img/);
	});
});

test('the QR code of a page is drawn of any address of an open site, and of no other', async ({ db }) => {
	await newsroom(db);
	const drawn = await ask(db, qr.GET, '/ma-qr/mo-hinh', { address: 'mo-hinh' });
	expect(drawn).toMatch(/^<svg [^>]+>.+<\/svg>$/);
	expect(await ask(db, qr.GET, '/ma-qr/tin-tuc', { address: 'tin-tuc' })).not.toBe(drawn);
	const refused: Record<string, string>[] = [{ address: 'x'.repeat(501) }, { address: 'mo-hinh', site: 'khong-co' }];
	for (const params of refused) expect(await ask(db, qr.GET, '/ma-qr/', params)).toBe('{"status":404}');
});
