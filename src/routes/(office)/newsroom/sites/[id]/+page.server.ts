import { redirect, type ActionFailure } from '@sveltejs/kit';
import { z } from 'zod';
import type { Actor } from '#lib/accounts/actor.ts';
import { signedIn } from '#lib/accounts/guard.ts';
import { Id } from '#lib/newsroom/article.schema.ts';
import * as menus from '#lib/newsroom/menu.server.ts';
import { addPicture, listPictures } from '#lib/newsroom/picture.server.ts';
import {
	LinkForm,
	LinkGroupForm,
	MenuEntryForm,
	PictureForm,
	SectionForm,
	SiteForm
} from '#lib/newsroom/site.schema.ts';
import { askLinkCheck } from '#lib/newsroom/link-check.server.ts';
import { editSection, editSite, getSite, listSections, listSites } from '#lib/newsroom/site.server.ts';
import { PAGES_THERE } from '#lib/newsroom/site.ts';
import type { Db } from '#lib/server/db.ts';
import { attempt, fields, parse, type Refusal } from '#lib/server/form.ts';
import { readSettings } from '#lib/server/settings.ts';
import { authorise } from '#lib/units/authority.server.ts';
import { recordId } from '../../record.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = async ({ locals: { db, ...locals }, params, url }) => {
	const actor = signedIn(locals);
	const site = await getSite(db, actor, recordId(params.id));
	await authorise(db, actor, 'newsroom.manage', site.unitId);
	const [sections, entries, articles, groups, pictures, sites] = await Promise.all([
		listSections(db, site.id),
		menus.listMenus(db, site.id),
		menus.listMenuArticles(db, site.id),
		menus.listLinks(db, site.id),
		listPictures(db, site.id, 60),
		listSites(db, actor)
	]);
	return {
		site,
		sections,
		entries,
		articles,
		groups,
		pages: PAGES_THERE,
		pictures: pictures.map(({ id, alt }) => ({ value: id, label: alt })),
		parents: sites.filter(({ id }) => id !== site.id).map(({ id, nameVi }) => ({ value: id, label: nameVi })),
		isDone: url.searchParams.has('done')
	};
};

type Run<T> = (db: Db, actor: Actor, given: { siteId: string; form: T }) => Promise<unknown>;

/** A form of this page: read, done, and back to the page. */
function acting<S extends z.ZodType>(schema: S, run: Run<z.output<S>>) {
	return async ({ request, locals: { db, ...locals }, params, url }: RequestEvent): Promise<ActionFailure<Refusal>> => {
		const actor = signedIn(locals);
		const data = await request.formData();
		const read = parse(data, schema);
		if (!read.ok) return read.failure;
		const given = { siteId: recordId(params.id), form: read.value };
		const done = await attempt(() => run(db, actor, given).then(() => null), fields(data));
		if (done) return done;
		redirect(303, `${url.pathname}?done`);
	};
}

const One = z.strictObject({ id: Id });
const Column = z.array(z.string().max(2000)).max(60, 'field_too_long').default([]);

/**
 * The rows of the menus as columns of fields; a row without words is left out, and one that is marked to be removed. A
 * target is chosen, or where none is, typed as an address.
 */
const MenuForm = z
	.strictObject({
		menu: Column,
		labelVi: Column,
		labelEn: Column,
		target: Column,
		address: Column,
		/** Numbers of rows. */
		remove: Column
	})
	.transform(({ menu, labelVi, labelEn, target, address, remove }, context) => {
		const rows = labelVi.flatMap((label, at) => {
			if (label.trim() === '' || remove.includes(String(at))) return [];
			const to = target[at] || (address[at] ?? '').trim();
			return [{ menu: menu[at], labelVi: label, labelEn: labelEn[at] ?? '', target: to }];
		});
		const read = z.array(MenuEntryForm).safeParse(rows);
		if (read.success) return read.data;
		const [issue] = read.error.issues;
		context.addIssue({ code: 'custom', path: ['target'], message: issue?.message ?? 'field_target_invalid' });
		return z.NEVER;
	});

const Banner = PictureForm.pick({ alt: true, credit: true }).extend({
	file: z.instanceof(File, { error: 'field_required' })
});

export const actions: Actions = {
	site: acting(SiteForm, (db, actor, { siteId, form }) => editSite(db, actor, { id: siteId, form })),
	section: acting(SectionForm, editSection),
	menus: acting(MenuForm, (db, actor, { siteId, form }) => menus.setMenus(db, actor, { siteId, entries: form })),
	group: acting(LinkGroupForm, menus.editLinkGroup),
	removeGroup: acting(One, (db, actor, { siteId, form: { id } }) => menus.removeLinkGroup(db, actor, { siteId, id })),
	link: acting(LinkForm, menus.addLink),
	removeLink: acting(One, (db, actor, { siteId, form: { id } }) => menus.removeLink(db, actor, { siteId, id })),
	check: acting(z.strictObject({}), (db, actor, { siteId }) => askLinkCheck(db, actor, siteId)),
	banner: acting(Banner, async (db, actor, { siteId, form: { file, ...said } }) => {
		const upload = { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
		const form = PictureForm.parse({ ...said, credit: said.credit ?? '' });
		return addPicture(db, actor, { siteId, upload, form, data: readSettings().data });
	})
};
