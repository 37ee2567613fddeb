import { atom, jsonFeed, rss, type FeedItem, type FeedOf } from '#lib/newsroom/feed.ts';
import { pictureAddress } from '#lib/newsroom/picture.ts';
import { articleHref, feedHref, FEEDS, sectionHref, type Feed } from '#lib/newsroom/portal-address.ts';
import { publicList, type ListedPublic } from '#lib/newsroom/public.server.ts';
import { frameOf, keptHeaders } from '#lib/newsroom/public-page.server.ts';
import { problem } from '#lib/server/problem.ts';
import type { RequestHandler } from './$types';

const ITEMS = 30;

const WRITTEN: Readonly<Record<Feed, { type: string; write: (feed: FeedOf) => string }>> = {
	'rss.xml': { type: 'application/rss+xml', write: rss },
	'atom.xml': { type: 'application/atom+xml', write: atom },
	'feed.json': { type: 'application/feed+json', write: jsonFeed }
};

/** The newest articles of a site, or of one of its sections, for reading programs. */
export const GET: RequestHandler = async (event) => {
	const frame = await frameOf(event);
	const parts = event.params.file.split('/');
	const feed = FEEDS.find((each) => each === parts.at(-1));
	const section = parts.length === 2 ? frame.sections.find(({ slug }) => slug === parts[0]) : undefined;
	if (!feed || parts.length > 2 || (parts.length === 2 && !section)) throw problem('input.not_found');
	const filter = { siteId: frame.siteId, sectionId: section?.id ?? null };
	const { rows } = await publicList(event.locals.db, filter, { limit: ITEMS });
	const { type, write } = WRITTEN[feed];
	const text = write({
		title: section ? `${section.name} – ${frame.name}` : frame.name,
		description: frame.owner,
		locale: 'vi',
		home: section ? frame.root + sectionHref('', section.slug) : frame.root,
		self: frame.root + feedHref('', feed, section?.slug),
		changedAt: rows[0]?.shownAt ?? new Date(0),
		items: rows.map((row) => itemOf(row, frame.root))
	});
	return new Response(text, { headers: { 'content-type': `${type}; charset=utf-8`, ...keptHeaders(frame) } });
};

function itemOf(row: ListedPublic, root: string): FeedItem {
	return {
		id: row.id,
		url: root + articleHref('', row.slug),
		title: row.headline,
		summary: row.lead,
		author: row.bylineName,
		section: row.sectionVi,
		publishedAt: row.shownAt,
		changedAt: row.shownAt,
		picture: row.cover && { url: new URL(pictureAddress(row.cover.id, 0, 'jpeg'), root).href, type: 'image/jpeg' }
	};
}
