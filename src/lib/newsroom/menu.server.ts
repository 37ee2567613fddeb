import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Actor } from '#lib/accounts/actor.ts';
import type { Db } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { readTarget, type LinkForm, type LinkGroupForm, type MenuEntryForm } from './site.schema.ts';
import { manage } from './site.server.ts';
import type { LinkState, Menu } from './site.ts';

/** Menus and the directory of links of a site. */

export type MenuEntry = { id: string; menu: Menu; labelVi: string; labelEn: string | null; target: string };

/** Puts these entries in the place of all that the site's menus had, in this order. */
export async function setMenus(
	db: Db,
	actor: Actor,
	given: { siteId: string; entries: readonly MenuEntryForm[] }
): Promise<void> {
	await manage(db, actor, { id: given.siteId, verb: 'edit_menu' }, async (tx) => {
		await tx.deleteFrom('menu_entries').where('site_id', '=', given.siteId).execute();
		const rows = given.entries.map(({ menu, labelVi, labelEn, target }, position) => {
			const read = readTarget(target);
			if (!read) throw problem('input.invalid');
			return {
				id: newId(),
				site_id: given.siteId,
				menu,
				position,
				label_vi: labelVi,
				label_en: labelEn,
				page: 'page' in read ? read.page : null,
				section_id: 'sectionId' in read ? read.sectionId : null,
				article_id: 'articleId' in read ? read.articleId : null,
				url: 'url' in read ? read.url : null
			};
		});
		await refuseForeign(tx, given.siteId, rows);
		if (rows.length > 0) await tx.insertInto('menu_entries').values(rows).execute();
		return { entries: rows.length };
	});
}

async function refuseForeign(
	db: Db,
	siteId: string,
	rows: readonly { section_id: string | null; article_id: string | null }[]
): Promise<void> {
	const sections = rows.flatMap(({ section_id }) => section_id ?? []);
	const articles = rows.flatMap(({ article_id }) => article_id ?? []);
	const { rows: found } = await sql<{ section: boolean; article: boolean }>`
		select exists (select from unnest(${sections}::uuid[]) as n (id) where not exists (
				select from site_sections c where c.id = n.id and c.site_id = ${siteId}::uuid)) as section,
			exists (select from unnest(${articles}::uuid[]) as n (id) where not exists (
				select from placements p where p.article_id = n.id and p.site_id = ${siteId}::uuid)) as article`.execute(db);
	if (found[0]?.section) throw problem('section.not_found');
	if (found[0]?.article) throw problem('article.not_found');
}

/** The menus of a site in their order. */
export async function listMenus(db: Db, siteId: string): Promise<MenuEntry[]> {
	const { rows } = await sql<MenuEntry>`
		select id, menu, label_vi as "labelVi", label_en as "labelEn",
			coalesce('page:' || page, 'section:' || section_id, 'article:' || article_id, url) as target
		from menu_entries where site_id = ${siteId}::uuid order by menu desc, position`.execute(db);
	return rows;
}

/** The articles that the menus of a site lead to, by what they are called. */
export async function listMenuArticles(db: Db, siteId: string): Promise<{ id: string; headline: string }[]> {
	const { rows } = await sql<{ id: string; headline: string }>`
		select distinct a.id, a.headline from menu_entries e join articles a on a.id = e.article_id
		where e.site_id = ${siteId}::uuid order by a.headline, a.id`.execute(db);
	return rows;
}

type Link = {
	id: string;
	label: string;
	url: string;
	state: LinkState;
	status: number | null;
	failedCount: number;
	checkedAt: Date | null;
};
export type LinkGroup = { id: string; nameVi: string; nameEn: string | null; position: number; links: Link[] };

/** Adds a group of links, or renames one. */
export async function editLinkGroup(
	db: Db,
	actor: Actor,
	given: { siteId: string; form: LinkGroupForm }
): Promise<void> {
	const { siteId, form } = given;
	await manage(db, actor, { id: siteId, verb: 'edit_links' }, async (tx) => {
		const row = { name_vi: form.nameVi, name_en: form.nameEn, position: form.position };
		if (!form.id) {
			await tx
				.insertInto('link_groups')
				.values({ id: newId(), site_id: siteId, ...row })
				.execute();
			return { group: form.nameVi };
		}
		const { numUpdatedRows } = await tx
			.updateTable('link_groups')
			.set(row)
			.where('id', '=', form.id)
			.where('site_id', '=', siteId)
			.executeTakeFirst();
		if (numUpdatedRows === 0n) throw problem('link.not_found');
		return { group: form.nameVi };
	});
}

/** Takes a group away with its links. */
export async function removeLinkGroup(db: Db, actor: Actor, given: { siteId: string; id: string }): Promise<void> {
	await manage(db, actor, { id: given.siteId, verb: 'edit_links' }, async (tx) => {
		const { rows } = await sql<{ name: string }>`
			delete from link_groups where id = ${given.id}::uuid and site_id = ${given.siteId}::uuid returning name_vi as name`.execute(
			tx
		);
		if (!rows[0]) throw problem('link.not_found');
		return { removed: rows[0].name };
	});
}

/** Adds a link at the end of a group. */
export async function addLink(db: Db, actor: Actor, given: { siteId: string; form: LinkForm }): Promise<void> {
	const { siteId, form } = given;
	await manage(db, actor, { id: siteId, verb: 'edit_links' }, async (tx) => {
		const { rows } = await sql`
			insert into links (id, group_id, label, url, position)
			select ${newId()}::uuid, g.id, ${form.label}, ${form.url},
				(select coalesce(max(position), 0) + 1 from links where group_id = g.id)
			from link_groups g where g.id = ${form.groupId}::uuid and g.site_id = ${siteId}::uuid returning id`.execute(tx);
		if (rows.length === 0) throw problem('link.not_found');
		return { url: form.url };
	});
}

export async function removeLink(db: Db, actor: Actor, given: { siteId: string; id: string }): Promise<void> {
	await manage(db, actor, { id: given.siteId, verb: 'edit_links' }, async (tx) => {
		const { rows } = await sql<{ url: string }>`
			delete from links l using link_groups g
			where l.id = ${given.id}::uuid and g.id = l.group_id and g.site_id = ${given.siteId}::uuid returning l.url`.execute(tx);
		if (!rows[0]) throw problem('link.not_found');
		return { removed: rows[0].url };
	});
}

/** The directory of a site in its order. */
export async function listLinks(db: Db, siteId: string): Promise<LinkGroup[]> {
	const { rows } = await sql<Omit<LinkGroup, 'links'>>`
		select id, name_vi as "nameVi", name_en as "nameEn", position from link_groups
		where site_id = ${siteId}::uuid order by position, name_vi, id`.execute(db);
	const { rows: links } = await sql<Link & { groupId: string }>`
		select l.id, l.group_id as "groupId", l.label, l.url, l.state, l.status, l.failed_count as "failedCount", l.checked_at as "checkedAt"
		from links l join link_groups g on g.id = l.group_id where g.site_id = ${siteId}::uuid order by l.position, l.id`.execute(
		db
	);
	return rows.map((group) => ({ ...group, links: links.filter(({ groupId }) => groupId === group.id) }));
}
