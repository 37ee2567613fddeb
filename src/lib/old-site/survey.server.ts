import { sql } from 'kysely';
import { findTaken } from '#lib/newsroom/earlier.server.ts';
import { slugOf } from '#lib/newsroom/article.ts';
import { articleHref, isPagePart } from '#lib/newsroom/portal-address.ts';
import type { Site } from '#lib/newsroom/site.ts';
import type { Db } from '#lib/server/db.ts';
import { NO_HOST, hostOf, wishedSlug } from './address.ts';
import { fileKey, make, type Known } from './make.ts';
import type { Attachment, OldPage } from './page.ts';
import { readSource } from './source.server.ts';

/** The first look through an old site: what pages there are, which are here already, and at which address each will stand. */

export type Survey = {
	known: Known;
	/** By the place in the order of reading: the address here, and whether the page is here already. */
	pages: readonly { slug: string; isThere: boolean }[];
	/** Entries that are no pages, by what the file calls them. */
	others: ReadonlyMap<string, number>;
};

type Listed = { paths: string[]; wished: string };
const AT_ONCE = 2000;

export async function survey(db: Db, site: Site, from: { path: string; encoding: string | null }): Promise<Survey> {
	const listed: Listed[] = [];
	const [authors, attachments, others] = [
		new Map<string, string>(),
		new Map<string, Attachment>(),
		new Map<string, number>()
	];
	const hosts = new Set<string>([hostOf(NO_HOST) ?? '']);
	for await (const found of readSource(from.path, from.encoding)) {
		if ('page' in found) listed.push(listedOf(found.page, hosts));
		else if ('author' in found) authors.set(found.author.login, found.author.name);
		else if ('attachment' in found) {
			attachments.set(found.attachment.id, found.attachment);
			attachments.set(fileKey(found.attachment.address), found.attachment);
		} else others.set(found.other, (others.get(found.other) ?? 0) + 1);
	}
	const pages = await addressed(db, site, listed);
	const slugByPath = new Map<string, string>();
	for (const [index, { paths }] of listed.entries())
		for (const path of paths) {
			const slug = pages[index]?.slug;
			if (slug && !slugByPath.has(path)) slugByPath.set(path, slug);
		}
	const root = site.host === null ? `/${site.slug}` : `https://${site.host}`;
	const nowAt = (path: string) => {
		const slug = slugByPath.get(path);
		return slug === undefined ? null : articleHref(root, slug);
	};
	return { known: { authors, attachments, hosts, nowAt }, pages, others };
}

function listedOf(page: OldPage, hosts: Set<string>): Listed {
	const host = hostOf(page.base);
	if (host) hosts.add(host);
	const wished = page.paths.flatMap((path) => wishedSlug(path) ?? [])[0] ?? titleOf(page);
	return { paths: page.paths, wished: slugOf(wished) };
}

/** Of a saved text the title is its first line that is not the site's. */
function titleOf(page: OldPage): string {
	if (!page.isTitleInText) return page.title;
	return make(page, NOTHING_KNOWN, new Date(0)).headline;
}

const NOTHING_KNOWN: Known = { authors: new Map(), attachments: new Map(), hosts: new Set(), nowAt: () => null };

async function addressed(db: Db, site: Site, listed: readonly Listed[]): Promise<Survey['pages']> {
	const here = await slugsHere(db, site.id, listed);
	const taken = await takenSlugs(db, site.id);
	const owners = new Map<string, number>();
	for (const [index, { paths }] of listed.entries())
		for (const path of paths) if (!owners.has(path)) owners.set(path, index);
	return listed.map(({ paths, wished }, index) => {
		const known = paths.flatMap((path) => here.get(path) ?? [])[0];
		if (known !== undefined) return { slug: known, isThere: true };
		// Twice in what is imported: the first is taken.
		if (paths.some((path) => owners.get(path) !== index)) return { slug: '', isThere: true };
		const slug = free(wished || 'bai', (each) => taken.has(each) || (owners.get(`/${each}`) ?? index) !== index);
		taken.add(slug);
		return { slug, isThere: false };
	});
}

function free(stem: string, isTaken: (slug: string) => boolean): string {
	for (let number = 1; ; number += 1) {
		const slug = number === 1 ? stem : `${stem}-${number}`;
		if (!isPagePart(slug) && !isTaken(slug)) return slug;
	}
}

async function slugsHere(db: Db, siteId: string, listed: readonly Listed[]): Promise<Map<string, string>> {
	const here = new Map<string, string>();
	for (let from = 0; from < listed.length; from += AT_ONCE) {
		const paths = listed.slice(from, from + AT_ONCE).flatMap((each) => each.paths);
		for (const { path, slug } of await findTaken(db, siteId, paths)) here.set(path, slug ?? '');
	}
	return here;
}

/** Every address that an article of the site has or had. */
async function takenSlugs(db: Db, siteId: string): Promise<Set<string>> {
	const { rows } = await sql<{ slug: string }>`
		select slug from articles where site_id = ${siteId}::uuid and slug is not null
		union select substr(path, 2) from article_redirects where site_id = ${siteId}::uuid and path !~ '^/.*[/?]'`.execute(db);
	return new Set(rows.map(({ slug }) => slug));
}
