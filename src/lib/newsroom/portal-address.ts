import type { Page } from './site.ts';

/** Where the pages of a public site are. Parts of addresses are words that readers can read aloud to each other. Pure. */

export const PAGE_PATHS: Readonly<Record<Page, string>> = {
	home: '',
	news: 'tin-tuc',
	archive: 'luu-tru',
	search: 'tim-kiem',
	register: 'mo-hinh',
	figures: 'so-lieu',
	documents: 'van-ban',
	consultations: 'gop-y',
	petitions: 'kien-nghi',
	reception: 'lich-tiep-dan',
	contests: 'hoi-thi',
	map: 'ban-do',
	blood: 'hien-mau',
	market: 'nong-san',
	links: 'lien-ket'
};

const SECTION = 'chuyen-muc';
const TAG = 'the';
const FEED = 'feed';
const COMMENTS = 'binh-luan';
const QR = 'ma-qr';
/** Below a comment: where its sender takes it back. */
export const WITHDRAWAL = 'rut';

/** First parts that no article of a site may have as its own. */
const PAGE_PARTS: ReadonlySet<string> = new Set([...Object.values(PAGE_PATHS), SECTION, TAG, FEED, COMMENTS, QR]);

/** Is this the address of a page that every site has? */
export function isPagePart(slug: string): boolean {
	return PAGE_PARTS.has(slug);
}

/** The address of the front page: `base` is what stands before the addresses of a site, '' where it has its own host. */
export function homeHref(base: string): string {
	return base === '' ? '/' : base;
}

export function pageHref(base: string, page: Page): string {
	return page === 'home' ? homeHref(base) : `${base}/${PAGE_PATHS[page]}`;
}

export function sectionHref(base: string, slug: string): string {
	return `${base}/${SECTION}/${slug}`;
}

export function tagHref(base: string, tag: string): string {
	return `${base}/${TAG}/${encodeURIComponent(tag)}`;
}

export function articleHref(base: string, slug: string): string {
	return `${base}/${slug}`;
}

/** The QR code of a page of the site, as a picture. `path`: the page's, below the site's root. */
export function qrHref(base: string, path: string): string {
	return `${base}/${QR}${path}`;
}

/** The comments on an article, and where one is sent. */
export function commentsHref(base: string, slug: string): string {
	return `${base}/${COMMENTS}/${slug}`;
}

/** `day` is the beginning of a day: '2024', '2024-06' or '2024-06-15'. */
export function archiveHref(base: string, day: string): string {
	const [year = '', month, date] = day.split('-').map((part) => String(Number(part)));
	const asked = new URLSearchParams({ year, ...(month && { month }), ...(date && { day: date }) });
	return `${pageHref(base, 'archive')}?${asked}`;
}

export const FEEDS = ['rss.xml', 'atom.xml', 'feed.json'] as const;
export type Feed = (typeof FEEDS)[number];

/** The feed of a site, or of one of its sections. */
export function feedHref(base: string, feed: Feed, section?: string | null): string {
	return `${base}/${FEED}/${section ? `${section}/` : ''}${feed}`;
}

/** The same address with another page of its list; the first page has none. */
export function paged(url: URL, base: string, { path, page }: { path: string; page: number }): string {
	const asked = new URLSearchParams(url.searchParams);
	asked.delete('page');
	asked.delete('print');
	if (page > 1) asked.set('page', String(page));
	const query = asked.toString();
	return `${base}${path}${query && `?${query}`}`;
}
