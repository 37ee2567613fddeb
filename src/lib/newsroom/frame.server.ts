import { sql } from 'kysely';
import { getLocale } from '#lib/paraglide/runtime.js';
import { m } from '#lib/paraglide/messages.js';
import type { Db } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { listMenus, type MenuEntry } from './menu.server.ts';
import { makeMemory, type Fresh } from './memory.ts';
import { articleHref, pageHref, sectionHref } from './portal-address.ts';
import { findPublicSite } from './public.server.ts';
import { readTarget } from './site.schema.ts';
import { listSections } from './site.server.ts';
import { inLanguage, PAGES_THERE, type Page, type Palette, type Section, type Site } from './site.ts';

/** A way from a page: `isAway` where it leaves the site. */
type Way = { label: string; href: string; isAway: boolean };

/** What stands around every page of a site, in the reader's language. */
export type Frame = {
	siteId: string;
	unitId: string;
	name: string;
	owner: string;
	contact: string[];
	palette: Palette;
	/** Before the addresses of the site: '' where it has its own host, else its slug. */
	base: string;
	/** The same with scheme and host. */
	root: string;
	sections: { id: string; slug: string; name: string; href: string }[];
	head: Way[];
	foot: Way[];
	/** Seconds for which pages of the site may be kept. */
	keep_s: number;
};

/** Pages are kept no longer than this without being asked for anew, should nobody have told that they are old. */
const KEEP_S = 3600;

/** What the database says of a site; its language and its addresses are the reader's. */
type Parts = {
	site: Site;
	sections: readonly Section[];
	entries: readonly MenuEntry[];
	/** Addresses of articles that menus lead to, by their ids. */
	slugs: ReadonlyMap<string, string>;
};

const REMEMBERED_S = 60;
const remembered = makeMemory<Parts | null>(REMEMBERED_S);

/** The frame of an open site. Throws `input.not_found`: there is no such site, or it is not open. */
export async function readFrame(
	db: Db,
	{ slug, url, origin, fresh }: { slug: string; url: URL; origin: string; fresh: Fresh }
): Promise<Frame> {
	const parts = await remembered(fresh, slug, () => readParts(db, slug));
	if (!parts || (parts.site.closedAt && parts.site.closedAt <= new Date())) throw problem('input.not_found');
	const { site, sections } = parts;
	const open = sections.filter(({ isClosed }) => !isClosed);
	const base = site.host !== null && url.hostname === site.host ? '' : `/${site.slug}`;
	const ways = waysOf(parts, base);
	const locale = getLocale();
	const named = open.map((each) => ({
		id: each.id,
		slug: each.slug,
		name: inLanguage(locale, each.nameVi, each.nameEn),
		href: sectionHref(base, each.slug)
	}));
	const head = ways.filter(({ menu }) => menu === 'head').map(({ way }) => way);
	return {
		siteId: site.id,
		unitId: site.unitId,
		name: inLanguage(locale, site.nameVi, site.nameEn),
		owner: inLanguage(locale, site.ownerVi ?? '', site.ownerEn),
		contact: inLanguage(locale, site.contactVi ?? '', site.contactEn)
			.split('\n')
			.filter(Boolean),
		palette: site.palette,
		base,
		root: rootOf(site, origin),
		sections: named,
		head: head.length > 0 ? head : usualWays(base, named),
		foot: ways.filter(({ menu }) => menu === 'foot').map(({ way }) => way),
		keep_s: keepFor(site)
	};
}

async function readParts(db: Db, slug: string): Promise<Parts | null> {
	const site = await findPublicSite(db, { slug });
	if (!site) return null;
	const [sections, entries] = await Promise.all([listSections(db, site.id), listMenus(db, site.id)]);
	return { site, sections, entries, slugs: await articleSlugs(db, site.id, entries) };
}

/** Scheme and host of a site with what stands before its addresses: its own host where it has one. */
export function rootOf(site: Pick<Site, 'host' | 'slug'>, origin: string): string {
	return site.host === null ? `${origin}/${site.slug}` : `${new URL(origin).protocol}//${site.host}`;
}

function keepFor({ closedAt }: Site): number {
	if (!closedAt) return KEEP_S;
	return Math.max(0, Math.min(KEEP_S, Math.floor((closedAt.getTime() - Date.now()) / 1000)));
}

function usualWays(base: string, sections: Frame['sections']): Way[] {
	const page = (name: Page, label: string) => ({ label, href: pageHref(base, name), isAway: false });
	return [
		page('home', m.portal_page_home()),
		page('news', m.portal_page_news()),
		...sections.map(({ name, href }) => ({ label: name, href, isAway: false })),
		page('register', m.portal_page_register()),
		page('figures', m.portal_page_figures()),
		page('archive', m.portal_page_archive())
	];
}

/** Entries with their addresses. What leads to a part that is not there, or to a text that is not public, is left out. */
function waysOf({ entries, sections, slugs }: Parts, base: string): { menu: MenuEntry['menu']; way: Way }[] {
	const locale = getLocale();
	return entries.flatMap((entry) => {
		const target = readTarget(entry.target);
		if (!target) return [];
		const href = hrefOf(target, { base, sections, slugs });
		if (!href) return [];
		const label = inLanguage(locale, entry.labelVi, entry.labelEn);
		return [{ menu: entry.menu, way: { label, href, isAway: /^https?:/i.test(href) } }];
	});
}

function hrefOf(
	target: NonNullable<ReturnType<typeof readTarget>>,
	{ base, sections, slugs }: { base: string; sections: readonly Section[]; slugs: ReadonlyMap<string, string> }
): string | null {
	if ('page' in target) {
		const page = PAGES_THERE.find((each) => each === target.page);
		return page ? pageHref(base, page) : null;
	}
	if ('sectionId' in target) {
		const section = sections.find(({ id }) => id === target.sectionId);
		return section ? sectionHref(base, section.slug) : null;
	}
	if ('articleId' in target) {
		const slug = slugs.get(target.articleId);
		return slug ? articleHref(base, slug) : null;
	}
	return target.url;
}

async function articleSlugs(
	db: Db,
	siteId: string,
	entries: readonly MenuEntry[]
): Promise<ReadonlyMap<string, string>> {
	const ids = entries.flatMap(({ target }) => /^article:(.+)$/.exec(target)?.[1] ?? []);
	if (ids.length === 0) return new Map();
	const { rows } = await sql<{ id: string; slug: string }>`
		select id, slug from public_articles where site_id = ${siteId}::uuid and id = any(${ids}::uuid[])`.execute(db);
	return new Map(rows.map(({ id, slug }) => [id, slug]));
}
