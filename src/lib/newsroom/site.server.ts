import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Actor, Permission } from '#lib/accounts/actor.ts';
import { command, type NewAction } from '#lib/actions/action.server.ts';
import { today } from '#lib/server/clock.ts';
import type { Db, Tx } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { tellStale } from '#lib/server/public-pages.ts';
import { authorise, visibleTo } from '#lib/units/authority.server.ts';
import { homeOf } from '#lib/units/unit.server.ts';
import { slugOf } from './article.ts';
import type { SectionForm, SiteForm } from './site.schema.ts';
import type { Section, Site } from './site.ts';

export const SITE_COLUMNS = sql<Site>`s.id, s.home_id as "homeId", s.unit_id as "unitId", s.parent_id as "parentId", s.slug, s.host,
	s.name_vi as "nameVi", s.name_en as "nameEn", s.owner_vi as "ownerVi", s.owner_en as "ownerEn", s.contact_vi as "contactVi",
	s.contact_en as "contactEn", s.palette, s.banner_id as "bannerId", s.comments_open as "commentsOpen", s.opened_at as "openedAt",
	s.closed_at as "closedAt"`;
const SECTION_COLUMNS = sql<Section>`c.id, c.site_id as "siteId", c.slug, c.name_vi as "nameVi", c.name_en as "nameEn", c.position,
	c.closed_at is not null as "isClosed"`;

/** Makes the site of a unit. Throws `site.slug_taken`, `site.host_taken`. */
export async function openSite(
	db: Db,
	actor: Actor,
	given: { unitId: string; form: SiteForm }
): Promise<{ id: string }> {
	return command(db, actor, async (tx) => {
		const { unitId, form } = given;
		await authorise(tx, actor, 'newsroom.manage', unitId);
		const site = { id: newId(), homeId: await homeOf(tx, unitId, today()), unitId };
		await refuseParent(tx, site.id, form.parentId);
		await tx
			.insertInto('sites')
			.values({
				id: site.id,
				home_id: site.homeId,
				unit_id: unitId,
				...columnsOf(form),
				opened_at: form.isOpen ? new Date() : null
			})
			.execute();
		// Somebody may have asked for it before it was there.
		await tellStale(tx, { siteIds: [site.id] });
		const details = { slug: form.slug, name: form.nameVi };
		return { result: { id: site.id }, actions: [siteAction(site, { verb: 'open_site', details })] };
	});
}

/** Changes what a site is called, looks like, stands under, and whether the public may read it. */
export async function editSite(db: Db, actor: Actor, given: { id: string; form: SiteForm }): Promise<void> {
	await manage(db, actor, { id: given.id, verb: 'edit_site' }, async (tx, site) => {
		const { form } = given;
		await refuseParent(tx, site.id, form.parentId);
		if (form.bannerId) await refuseForeignBanner(tx, site.id, form.bannerId);
		const openedAt = form.isOpen ? (site.openedAt ?? new Date()) : null;
		await tx
			.updateTable('sites')
			.set({ ...columnsOf(form), opened_at: openedAt, changed_at: new Date() })
			.where('id', '=', site.id)
			.execute();
		return { slug: form.slug, name: form.nameVi };
	});
}

function columnsOf(form: SiteForm) {
	return {
		slug: form.slug,
		host: form.host,
		parent_id: form.parentId,
		name_vi: form.nameVi,
		name_en: form.nameEn,
		owner_vi: form.ownerVi,
		owner_en: form.ownerEn,
		contact_vi: form.contactVi,
		contact_en: form.contactEn,
		palette: form.palette,
		banner_id: form.bannerId,
		comments_open: form.commentsOpen
	};
}

async function refuseParent(tx: Tx, id: string, parentId: string | null): Promise<void> {
	if (!parentId) return;
	const { rows } = await sql<{ id: string }>`
		with recursive up (id, parent_id) as (
			select id, parent_id from sites where id = ${parentId}::uuid
			union select s.id, s.parent_id from sites s join up on s.id = up.parent_id
		)
		select id from up`.execute(tx);
	if (rows.length === 0) throw problem('site.not_found');
	if (rows.some((row) => row.id === id)) throw problem('site.circle');
}

async function refuseForeignBanner(tx: Tx, siteId: string, pictureId: string): Promise<void> {
	const { rows } = await sql`
		select 1 from pictures where id = ${pictureId}::uuid and site_id = ${siteId}::uuid`.execute(tx);
	if (rows.length === 0) throw problem('picture.not_found', { id: pictureId });
}

/** Adds a section, or changes one; closing keeps its articles and its address. Answers its id. */
export async function editSection(
	db: Db,
	actor: Actor,
	given: { siteId: string; form: SectionForm }
): Promise<{ id: string }> {
	const { siteId, form } = given;
	const id = form.id ?? newId();
	await manage(db, actor, { id: siteId, verb: 'edit_section' }, async (tx) => {
		const row = {
			slug: form.slug || slugOf(form.nameVi),
			name_vi: form.nameVi,
			name_en: form.nameEn,
			position: form.position,
			closed_at: form.isClosed ? new Date() : null
		};
		if (form.id) {
			const { numUpdatedRows } = await tx
				.updateTable('site_sections')
				.set(row)
				.where('id', '=', id)
				.where('site_id', '=', siteId)
				.executeTakeFirst();
			if (numUpdatedRows === 0n) throw problem('section.not_found');
		} else
			await tx
				.insertInto('site_sections')
				.values({ id, site_id: siteId, ...row })
				.execute();
		return { section: form.nameVi };
	});
	return { id };
}

/** The one way in which what hangs on a site is changed: locked, the right checked, one action written, pages told. */
export async function manage(
	db: Db,
	actor: Actor,
	{ id, verb }: { id: string; verb: string },
	run: (tx: Tx, site: Site) => Promise<Record<string, unknown>>
): Promise<void> {
	await command(db, actor, async (tx) => {
		const site = await holdSite(tx, id);
		await authorise(tx, actor, 'newsroom.manage', site.unitId);
		const details = await run(tx, site);
		await tellStale(tx, { siteIds: [id] });
		return { result: null, actions: [siteAction(site, { verb, details })] };
	});
}

function siteAction(
	site: Pick<Site, 'id' | 'homeId' | 'unitId'>,
	action: Pick<NewAction, 'verb' | 'details'>
): NewAction {
	return { ...action, id: newId(), homeId: site.homeId, noun: 'site', recordId: site.id, unitId: site.unitId };
}

/** The site, locked until the transaction ends. Throws `site.not_found`. */
export async function holdSite(tx: Tx, id: string): Promise<Site> {
	const { rows } =
		await sql<Site>`select ${SITE_COLUMNS} from sites s where s.id = ${id}::uuid for no key update`.execute(tx);
	if (!rows[0]) throw problem('site.not_found');
	return rows[0];
}

/** One site; refuses one the actor may not see. */
export async function getSite(db: Db, actor: Actor, id: string): Promise<Site> {
	const { rows } = await sql<Site>`
		select ${SITE_COLUMNS} from sites s
		where s.id = ${id}::uuid and ${visibleTo(actor, 'newsroom.read', { unit: 's.unit_id' })}`.execute(db);
	if (!rows[0]) throw problem('site.not_found');
	return rows[0];
}

/** The site of an address, open or not; null: none. For the command line, which asks nobody's right to see it. */
export async function findSiteNamed(db: Db, slug: string): Promise<Site | null> {
	const { rows } = await sql<Site>`select ${SITE_COLUMNS} from sites s where s.slug = ${slug}`.execute(db);
	return rows[0] ?? null;
}

/** The sites on whose units the actor may do this, by name. */
export async function listSites(db: Db, actor: Actor, permission: Permission = 'newsroom.read'): Promise<Site[]> {
	const { rows } = await sql<Site>`
		select ${SITE_COLUMNS} from sites s where ${visibleTo(actor, permission, { unit: 's.unit_id' })}
		order by s.parent_id is not null, s.name_vi, s.id limit 500`.execute(db);
	return rows;
}

/** Sites above and below one, nearest first: where its articles may be proposed or pushed. */
export async function relatives(db: Db, id: string): Promise<{ above: Site[]; below: Site[] }> {
	const walk = (step: ReturnType<typeof sql>) => sql<Site>`
		with recursive kin (id, depth) as (
			select ${id}::uuid, 0 union select s.id, kin.depth + 1 from sites s join kin on ${step} where kin.depth < 20
		)
		select ${SITE_COLUMNS} from kin join sites s on s.id = kin.id where kin.depth > 0 order by kin.depth, s.name_vi limit 500`;
	const above = await walk(sql`s.id = (select parent_id from sites where id = kin.id)`).execute(db);
	const below = await walk(sql`s.parent_id = kin.id`).execute(db);
	return { above: above.rows, below: below.rows };
}

/** The sections of a site in their order, closed ones last. */
export async function listSections(db: Db, siteId: string): Promise<Section[]> {
	const { rows } = await sql<Section>`
		select ${SECTION_COLUMNS} from site_sections c where c.site_id = ${siteId}::uuid
		order by c.closed_at is not null, c.position, c.name_vi`.execute(db);
	return rows;
}

export async function findSection(db: Db, id: string): Promise<Section | null> {
	const { rows } = await sql<Section>`select ${SECTION_COLUMNS} from site_sections c where c.id = ${id}::uuid`.execute(
		db
	);
	return rows[0] ?? null;
}
