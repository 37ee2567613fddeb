import { parseFeed } from 'feedsmith';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { atom, jsonFeed, rss, type FeedOf } from './feed.ts';

const URL = 'https://danvan.example/viec-kho?a=1&b=2';
const TITLE = 'Việc khó & “dễ” <b>, ]]> 5 < 6\u0007';
const FEED: FeedOf = {
	title: 'Dân vận & Khối',
	description: '',
	locale: 'vi',
	home: 'https://danvan.example/',
	self: 'https://danvan.example/feed',
	changedAt: new Date('2026-11-22T03:00:00Z'),
	items: [
		{
			id: '01900000-0000-7000-8000-000000000001',
			url: URL,
			title: TITLE,
			summary: '<script>alert(1)</script> & lời dẫn',
			author: 'Hà Thị Mây',
			section: 'Dân vận khéo',
			publishedAt: new Date('2026-11-21T08:30:00Z'),
			changedAt: new Date('2026-11-22T03:00:00Z'),
			picture: { url: 'https://danvan.example/pictures/1/960.jpeg', type: 'image/jpeg' }
		}
	]
};

/** What the three kinds call by other names. */
const Read = z.object({
	title: z.union([z.string(), z.object({ value: z.string() })]),
	items: z.array(z.record(z.string(), z.unknown())).optional(),
	entries: z.array(z.record(z.string(), z.unknown())).optional()
});

test.for([
	['rss', rss(FEED)],
	['atom', atom(FEED)],
	['json', jsonFeed(FEED)]
] as const)('a reader of feeds reads every word of the %s feed as it was meant', ([format, text]) => {
	const read = parseFeed(text);
	expect(read.format).toBe(format);
	const { items, entries, title } = Read.parse(read.feed);
	expect(typeof title === 'string' ? title : title.value).toBe(FEED.title);
	const [only, ...others] = items ?? entries ?? [];
	expect(others).toEqual([]);
	const said = JSON.stringify(only);
	const [told] = FEED.items;
	// XML cannot write a bell.
	const headline = format === 'json' ? TITLE : TITLE.replace('\u0007', '');
	for (const words of [headline, URL, told?.summary, told?.author, told?.section, told?.id])
		expect(said).toContain(JSON.stringify(words ?? 'nothing').slice(1, -1));
	expect(/2026-11-21T08:30|21 Nov 2026 08:30/.test(said)).toBe(true);
});
