import { redirect } from '@sveltejs/kit';
import { signedIn } from '#lib/accounts/guard.ts';
import { createFromTemplate } from '#lib/reports/report.server.ts';
import { NewReportForm } from '#lib/reports/report.schema.ts';
import { listFor } from '#lib/reports/template.server.ts';
import { today } from '#lib/server/clock.ts';
import { attempt, fields, parse } from '#lib/server/form.ts';
import { authorise } from '#lib/units/authority.server.ts';
import { chosenUnit } from '#lib/units/chosen.server.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { db, ...locals }, url }) => {
	const actor = signedIn(locals);
	const unit = await chosenUnit(db, actor, url);
	await authorise(db, actor, 'report.write', unit.id);
	const templates = await listFor(db, unit.id);
	return {
		unit,
		templates: templates.map(({ code, name }) => ({ value: code, label: name })),
		template: url.searchParams.get('template') ?? templates[0]?.code ?? '',
		asOf: url.searchParams.get('asOf') ?? today()
	};
};

export const actions: Actions = {
	default: async ({ request, locals: { db, ...locals }, url }) => {
		const actor = signedIn(locals);
		const unit = await chosenUnit(db, actor, url);
		const data = await request.formData();
		const read = parse(data, NewReportForm);
		if (!read.ok) return read.failure;
		const { structureOn, ...wanted } = read.value;
		const structure = structureOn ?? wanted.structure;
		const made = await attempt(
			() => createFromTemplate(db, actor, { ...wanted, unitId: unit.id, structure }),
			fields(data)
		);
		if ('status' in made) return made;
		redirect(303, `/reports/${made.id}`);
	}
};
