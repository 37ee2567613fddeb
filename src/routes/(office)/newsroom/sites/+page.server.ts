import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { unitsWhere } from '#lib/accounts/actor.ts';
import { signedIn } from '#lib/accounts/guard.ts';
import { SiteForm } from '#lib/newsroom/site.schema.ts';
import { listSites, openSite } from '#lib/newsroom/site.server.ts';
import { attempt, fields, parse } from '#lib/server/form.ts';
import { chosenOrClosed } from '#lib/units/chosen.server.ts';
import { getByCode } from '#lib/units/unit.server.ts';
import { offerUnits } from '#lib/units/offer.server.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { db, ...locals }, url }) => {
	const actor = signedIn(locals);
	const unit = await chosenOrClosed(db, actor, url);
	const [sites, managed, offer] = await Promise.all([
		listSites(db, actor),
		listSites(db, actor, 'newsroom.manage'),
		offerUnits(db, actor, unit)
	]);
	const manages = new Set(managed.map(({ id }) => id));
	return {
		sites: sites.map(({ id, nameVi, slug, host, openedAt, parentId }) => {
			const parent = sites.find((site) => site.id === parentId)?.nameVi ?? null;
			return { id, nameVi, slug, host, isOpen: openedAt !== null, parent, isMine: manages.has(id) };
		}),
		units:
			actor.everything || unitsWhere(actor, 'newsroom.manage').length > 0
				? offer.units.map(({ code, name }) => ({ value: code, label: name }))
				: [],
		unitCode: unit.code
	};
};

const NewSite = z.strictObject({
	unit: z.string().min(1, 'field_required').max(80),
	slug: SiteForm.shape.slug,
	nameVi: SiteForm.shape.nameVi,
	parentId: SiteForm.shape.parentId
});

export const actions: Actions = {
	default: async ({ request, locals: { db, ...locals } }) => {
		const actor = signedIn(locals);
		const data = await request.formData();
		const read = parse(data, NewSite);
		if (!read.ok) return read.failure;
		const { unit, ...said } = read.value;
		const form = SiteForm.parse({ ...said, commentsOpen: true });
		const made = await attempt(
			async () => openSite(db, actor, { unitId: (await getByCode(db, actor, unit)).id, form }),
			fields(data)
		);
		if ('status' in made) return made;
		redirect(303, `/newsroom/sites/${made.id}`);
	}
};
