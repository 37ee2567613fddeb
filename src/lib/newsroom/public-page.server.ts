import type { RequestEvent } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { getLocale } from '#lib/paraglide/runtime.js';
import { today } from '#lib/server/clock.ts';
import { formatDay, formatInstant, formatNumber } from '#lib/vietnamese/format.ts';
import { readFrame, type Frame } from './frame.server.ts';
import { makeMemory } from './memory.ts';
import { pictureAddress } from './picture.ts';
import { articleHref, sectionHref } from './portal-address.ts';
import type { Cover, ListedPublic, PublicPicture } from './public.server.ts';
import { renderPicture } from './render.ts';
import { mostRead, PERIODS, type MostRead, type Period } from './view.server.ts';
import { inLanguage } from './site.ts';

/** What pages, feeds and maps of a site have in common. */

/** The frame of the site that an address names. Pages with a layout have it from there. */
export function frameOf({
	locals,
	params,
	url
}: Pick<RequestEvent, 'locals' | 'url'> & { params: { site: string } }): Promise<Frame> {
	return readFrame(locals.db, { slug: params.site, url, origin: locals.site.origin, fresh: locals.fresh });
}

/**
 * May be kept by us until something of the site changes; readers' browsers ask each time, for what is withdrawn must be gone.
 * `tags`: what it shows; `keep_s`: for how long at most.
 */
export function keptHeaders({ siteId, keep_s }: Pick<Frame, 'siteId' | 'keep_s'>): Record<string, string> {
	return {
		'cache-control': 'public, no-cache',
		'surrogate-key': siteId,
		'surrogate-control': `max-age=${keep_s}`
	};
}

/** Counts in a page are as old as this at most. */
export const COUNTS_KEPT_S = 300;

/** What was read most on a site, as pages show it: empty periods are left out. */
export type MostReadLists = {
	period: Period;
	lines: { id: string; href: string; headline: string; views: string }[];
}[];

const remembered = makeMemory<MostRead[]>(COUNTS_KEPT_S);

export async function mostReadOn(
	{ siteId, base }: Frame,
	{ db, fresh }: Pick<App.Locals, 'db' | 'fresh'>
): Promise<MostReadLists> {
	const rows = await remembered(fresh, siteId, () => mostRead(db, siteId));
	return PERIODS.flatMap((period) => {
		const lines = rows
			.filter((row) => row.period === period)
			.map(({ id, slug, headline, viewCount }) => ({
				id,
				href: articleHref(base, slug),
				headline,
				views: viewsText(viewCount)
			}));
		return lines.length > 0 ? [{ period, lines }] : [];
	});
}

/** "829 lượt đọc"; of what nobody was counted to have read yet, nothing. */
export function viewsText(count: number): string {
	return count > 0 ? m.portal_views({ count: formatNumber(count) }) : '';
}

/** A line of a short list as it is shown. */
type ShortLine = {
	id: string;
	href: string;
	headline: string;
	day: string;
	at: string;
	section: { name: string; href: string } | null;
};
/** A line of a list with its picture. */
export type Line = ShortLine & { lead: string; picture: string };

/** How wide a list shows a picture. */
const LIST_SIZES = '(max-width: 40rem) 96px, 200px';

export function shortLineOf(row: ListedPublic, base: string): ShortLine {
	return {
		id: row.id,
		href: articleHref(base, row.slug),
		headline: row.headline,
		day: dayText(row.shownAt),
		at: row.shownAt.toISOString(),
		section: row.sectionSlug
			? { name: inLanguage(getLocale(), row.sectionVi ?? '', row.sectionEn), href: sectionHref(base, row.sectionSlug) }
			: null
	};
}

export function lineOf(
	row: ListedPublic,
	base: string,
	picture: { sizes: string; isLazy: boolean } = { sizes: LIST_SIZES, isLazy: true }
): Line {
	return { ...shortLineOf(row, base), lead: row.lead, picture: row.cover ? coverHtml(row.cover, picture) : '' };
}

const SHARE_WIDTH = 1600;

/** A picture as programs elsewhere fetch it that show a link to a page of the site: its whole address and size. */
export function sharedPicture(
	{ id, width, height, isDrawn }: PublicPicture,
	{ root }: Pick<Frame, 'root'>
): { url: string; width: number; height: number } {
	const drawn = isDrawn && width >= SHARE_WIDTH ? SHARE_WIDTH : 0;
	const url = new URL(pictureAddress(id, drawn, 'jpeg'), root).href;
	return { url, width: drawn || width, height: drawn === 0 ? height : Math.round((height * drawn) / width) };
}

/** A picture at the head of something, as markup. */
export function coverHtml(cover: Cover, { sizes, isLazy }: { sizes: string; isLazy: boolean }): string {
	return renderPicture(cover, { alt: cover.alt, sizes, isLazy }, pictureAddress);
}

/** The legal day of an instant in words: "ngày 15/6/2024". */
export function dayText(at: Date): string {
	return m.portal_day({ day: formatDay(today(at)) });
}

/** The same with the hour. */
export function instantText(at: Date): string {
	const [hour = '', day = ''] = formatInstant(at).split(' ngày ');
	return m.portal_instant({ hour, day });
}

/** The page of a list that an address asks for, from 1. */
export function pageOf(url: URL): number {
	const page = Number(url.searchParams.get('page') ?? 1);
	return Number.isInteger(page) && page >= 1 && page <= 100_000 ? page : 1;
}
