import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { parseFeed } from 'feedsmith';
import { z } from 'zod';
import { SITE } from '../e2e/prepared.ts';
import { pathOf, run, tool, type Check } from './tools.ts';

/** Feeds, maps of the site and what pages tell machines, as programs of others read them. */

const FEEDS = ['rss.xml', 'atom.xml', 'feed.json'] as const;
const Entry = z.object({
	title: z.union([z.string(), z.object({ value: z.string() })]),
	link: z.string().optional(),
	url: z.string().optional(),
	links: z.array(z.object({ href: z.string() })).optional()
});
const Parsed = z.object({ items: z.array(Entry).optional(), entries: z.array(Entry).optional() });
const OtherFeed = z.object({
	title: z.string().min(1),
	items: z.array(z.object({ title: z.string(), link: z.url(), isoDate: z.iso.datetime(), guid: z.string().optional() }))
});
type Line = { title: string; url: string };

/** Feeds of a site and of a section: two readers of different authors, who have to read the same. */
export async function checkFeeds(address: string): Promise<Check[]> {
	const { default: Parser } = z.object({ default: z.unknown() }).parse(await tool('rss-parser'));
	if (typeof Parser !== 'function') throw new Error('rss-parser is not as it was');
	const other: unknown = Reflect.construct(Parser, []);
	const checks: Check[] = [];
	for (const section of ['', 'dan-van-kheo/']) {
		const read: Line[][] = [];
		for (const feed of FEEDS) {
			const path = `${SITE}/feed/${section}${feed}`;
			const text = await (await fetch(address + path)).text();
			const lines = linesOf(parseFeed(text).feed);
			read.push(lines);
			checks.push({ name: `feedsmith ${path}`, faults: faultsOf(lines, address) });
			if (feed === 'feed.json') continue;
			const said = OtherFeed.safeParse(await parseWith(other, text));
			const same =
				said.success && said.data.items.every(({ title, link }, at) => isSame({ title, url: link }, lines[at]));
			checks.push({
				name: `rss-parser ${path}`,
				faults: said.success ? (same ? [] : ['reads other articles']) : [said.error.message]
			});
		}
		const [first = [], ...others] = read;
		const differ = others.filter(
			(lines) => lines.length !== first.length || !lines.every((one, at) => isSame(one, first[at]))
		);
		checks.push({ name: `feeds ${SITE}/feed/${section} tell the same`, faults: differ.map(() => 'they differ') });
	}
	return checks;
}

async function parseWith(parser: unknown, text: string): Promise<unknown> {
	const { parseString } = z
		.object({ parseString: z.unknown() })
		.parse({ parseString: Reflect.get(Object(parser), 'parseString') });
	if (typeof parseString !== 'function') throw new Error('rss-parser is not as it was');
	return Reflect.apply(parseString, parser, [text]);
}

function linesOf(feed: unknown): Line[] {
	const { items, entries } = Parsed.parse(feed);
	return (items ?? entries ?? []).map(({ title, link, url, links }) => ({
		title: typeof title === 'string' ? title : title.value,
		url: link ?? url ?? links?.[0]?.href ?? ''
	}));
}

function isSame(one: Line, other: Line | undefined): boolean {
	return one.title === other?.title && one.url === other.url;
}

function faultsOf(lines: readonly Line[], address: string): string[] {
	const odd = lines.filter(({ title, url }) => title === '' || !url.startsWith(`${address}${SITE}/`));
	return lines.length === 0 ? ['no article'] : odd.map(({ title, url }) => `${title} ${url}`);
}

/** The maps of a site: xmllint with the schema that sitemap.js brings, and that program's own reader. */
export async function checkMaps(address: string, folder: string): Promise<Check[]> {
	const { parseSitemap } = z.object({ parseSitemap: z.unknown() }).parse(await tool('sitemap'));
	if (typeof parseSitemap !== 'function') throw new Error('sitemap is not as it was');
	const checks: Check[] = [];
	for (const name of ['sitemap.xml', 'news-sitemap.xml']) {
		const file = join(folder, name);
		const text = await (await fetch(`${address}${SITE}/${name}`)).text();
		await writeFile(file, text);
		const schema = name === 'sitemap.xml' ? ['--schema', pathOf('sitemap/schema/sitemap.xsd')] : [];
		const { code, complained } = await run('xmllint', ['--noout', '--nonet', ...schema, file]);
		checks.push({ name: `xmllint ${name}`, faults: code === 0 ? [] : complained.trim().split('\n') });
		const told: unknown = await Reflect.apply(parseSitemap, undefined, [Readable.from([text])]);
		const items = z
			.array(z.object({ url: z.url(), news: z.object({ title: z.string().min(1) }).optional() }))
			.parse(told);
		const news = items.filter((item) => name === 'sitemap.xml' || item.news);
		checks.push({
			name: `sitemap.js ${name}`,
			faults: news.length > 0 && news.length === items.length ? [] : ['no article']
		});
	}
	return checks;
}

const Thing = z.looseObject({ '@context': z.literal('https://schema.org'), '@type': z.string() });
const Article = Thing.extend({
	headline: z.string().min(1).max(110),
	datePublished: z.iso.datetime(),
	dateModified: z.iso.datetime(),
	mainEntityOfPage: z.url(),
	author: z.looseObject({ '@type': z.enum(['Person', 'Organization']), name: z.string().min(1) }),
	publisher: z.looseObject({ name: z.string().min(1), url: z.url() }),
	image: z
		.array(z.looseObject({ url: z.url(), width: z.number().positive(), height: z.number().positive() }))
		.optional()
});

/** What pages say of themselves after schema.org; of articles also what search machines ask for. */
export async function checkData(address: string, paths: readonly string[]): Promise<Check[]> {
	return Promise.all(
		paths.map(async (path) => {
			const html = await (await fetch(address + path)).text();
			const blocks = [...html.matchAll(/<script type="application\/ld\+json"[^>]*>(.*?)<\/script>/gs)].map(
				([, text = '']) => text
			);
			const faults = blocks.flatMap((text) => {
				const thing = Thing.safeParse(JSON.parse(text));
				if (!thing.success) return [thing.error.message];
				if (thing.data['@type'] !== 'NewsArticle') return [];
				const article = Article.safeParse(thing.data);
				return article.success ? [] : [article.error.message];
			});
			return { name: `schema.org ${path}`, faults: blocks.length === 0 ? ['nothing is told'] : faults };
		})
	);
}
