import { escapeHtml } from './render.ts';

/** What programs read of a site: RSS 2.0, Atom, JSON Feed, site maps. Strings, everything escaped. Pure. */

export type FeedItem = {
	id: string;
	url: string;
	title: string;
	summary: string;
	author: string;
	section: string | null;
	publishedAt: Date;
	changedAt: Date;
	picture: { url: string; type: string } | null;
};
export type FeedOf = {
	title: string;
	description: string;
	locale: string;
	home: string;
	self: string;
	changedAt: Date;
	items: readonly FeedItem[];
};

const DECLARED = '<?xml version="1.0" encoding="utf-8"?>\n';
/** Signs that XML has no way of writing. */
const UNWRITABLE = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

function xml(text: string): string {
	return escapeHtml(text.toWellFormed().replace(UNWRITABLE, ''));
}

const element = (name: string, text: string) => `<${name}>${xml(text)}</${name}>`;

export function rss({ title, description, locale, home, self, changedAt, items }: FeedOf): string {
	const lines = items.map((item) =>
		[
			'<item>',
			element('title', item.title),
			element('link', item.url),
			`<guid isPermaLink="false">urn:uuid:${item.id}</guid>`,
			element('description', item.summary),
			...(item.author ? [element('dc:creator', item.author)] : []),
			...(item.section ? [element('category', item.section)] : []),
			element('pubDate', item.publishedAt.toUTCString()),
			// A length has to be named, and nobody reads it.
			...(item.picture ? [`<enclosure url="${xml(item.picture.url)}" type="${item.picture.type}" length="0"/>`] : []),
			'</item>'
		].join('')
	);
	return `${DECLARED}<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>${element('title', title)}${element('link', home)}${element('description', description || title)}${element('language', locale)}${element('lastBuildDate', changedAt.toUTCString())}<atom:link href="${xml(self)}" rel="self" type="application/rss+xml"/>
${lines.join('\n')}
</channel></rss>
`;
}

export function atom({ title, description, locale, home, self, changedAt, items }: FeedOf): string {
	const lines = items.map((item) =>
		[
			'<entry>',
			element('id', `urn:uuid:${item.id}`),
			element('title', item.title),
			`<link rel="alternate" type="text/html" href="${xml(item.url)}"/>`,
			element('published', item.publishedAt.toISOString()),
			element('updated', item.changedAt.toISOString()),
			`<author>${element('name', item.author || title)}</author>`,
			...(item.section ? [`<category term="${xml(item.section)}"/>`] : []),
			`<summary type="text">${xml(item.summary)}</summary>`,
			'</entry>'
		].join('')
	);
	return `${DECLARED}<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${locale}">${element('title', title)}${description ? element('subtitle', description) : ''}${element('id', home)}${element('updated', changedAt.toISOString())}<link rel="self" type="application/atom+xml" href="${xml(self)}"/><link rel="alternate" type="text/html" href="${xml(home)}"/>
${lines.join('\n')}
</feed>
`;
}

export function jsonFeed({ title, description, locale, home, self, items }: FeedOf): string {
	return JSON.stringify({
		version: 'https://jsonfeed.org/version/1.1',
		title,
		...(description && { description }),
		language: locale,
		home_page_url: home,
		feed_url: self,
		items: items.map((item) => ({
			id: `urn:uuid:${item.id}`,
			url: item.url,
			title: item.title,
			// A feed must have a text for each; an article may have no lead.
			content_text: item.summary || item.title,
			date_published: item.publishedAt.toISOString(),
			date_modified: item.changedAt.toISOString(),
			...(item.author && { authors: [{ name: item.author }] }),
			...(item.section && { tags: [item.section] }),
			...(item.picture && { image: item.picture.url })
		}))
	});
}

export type MapEntry = { url: string; changedAt: Date | null };

/** A site map: at most 50.000 addresses, by its own rules. */
export function siteMap(entries: readonly MapEntry[]): string {
	const lines = entries.map(
		({ url, changedAt }) =>
			`<url>${element('loc', url)}${changedAt ? element('lastmod', changedAt.toISOString()) : ''}</url>`
	);
	return `${DECLARED}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${lines.join('\n')}\n</urlset>\n`;
}

/** The map of maps. */
export function siteMaps(urls: readonly string[]): string {
	const lines = urls.map((url) => `<sitemap>${element('loc', url)}</sitemap>`);
	return `${DECLARED}<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${lines.join('\n')}\n</sitemapindex>\n`;
}

/** News of the last days, as searching machines want them told. */
export function newsMap(
	site: { name: string; locale: string },
	items: readonly Pick<FeedItem, 'url' | 'title' | 'publishedAt'>[]
): string {
	const publication = `<news:publication>${element('news:name', site.name)}${element('news:language', site.locale)}</news:publication>`;
	const lines = items.map(
		({ url, title, publishedAt }) =>
			`<url>${element('loc', url)}<news:news>${publication}${element('news:publication_date', publishedAt.toISOString())}${element('news:title', title)}</news:news></url>`
	);
	return `${DECLARED}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">\n${lines.join('\n')}\n</urlset>\n`;
}
