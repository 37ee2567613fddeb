import { redirect } from '@sveltejs/kit';
import { signedIn } from '#lib/accounts/guard.ts';
import { figureChoices } from '#lib/reports/choice.server.ts';
import { gathered } from '#lib/reports/narrative.server.ts';
import { CLAUSES, PLACEHOLDERS } from '#lib/reports/period.ts';
import { TemplateForm, typedLetterhead } from '#lib/reports/report.schema.ts';
import { edit, listFor } from '#lib/reports/template.server.ts';
import { attempt, fields, parse } from '#lib/server/form.ts';
import { problem } from '#lib/server/problem.ts';
import { authorise } from '#lib/units/authority.server.ts';
import { chosenUnit } from '#lib/units/chosen.server.ts';
import type { Db } from '#lib/server/db.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { db, ...locals }, params, url }) => {
	const actor = signedIn(locals);
	const unit = await chosenUnit(db, actor, url);
	await authorise(db, actor, 'template.write', unit.id);
	const { code, version, name, family, letterhead, body } = await templateOf(db, unit.id, params.code);
	return {
		unit,
		template: { code, version, name, family, letterhead, body },
		placeholders: PLACEHOLDERS.map((each) => `{${each}}`),
		clauses: CLAUSES.map((each) => `{nếu ${each}} … {hết}`),
		choices: await figureChoices(db, unit.id),
		// No period, hence no texts: only the titles of the sections, for their slots.
		narratives: await gathered(db, { unitId: unit.id, code, beginsOn: '0001-01-01' })
	};
};

async function templateOf(db: Db, unitId: string, code: string) {
	const found = (await listFor(db, unitId)).find((template) => template.code === code);
	if (!found) throw problem('template.not_found', { code });
	return found;
}

export const actions: Actions = {
	default: async ({ request, locals: { db, ...locals }, params, url }) => {
		const actor = signedIn(locals);
		const unit = await chosenUnit(db, actor, url);
		const data = await request.formData();
		const read = parse(data, TemplateForm);
		if (!read.ok) return read.failure;
		const { letterhead, ...typed } = read.value;
		const done = await attempt(async () => {
			const kept = (await templateOf(db, unit.id, params.code)).letterhead;
			return edit(db, actor, {
				unitId: unit.id,
				code: params.code,
				...typed,
				letterhead: typedLetterhead(letterhead, kept)
			});
		}, fields(data));
		if ('status' in done) return done;
		redirect(303, `/reports/templates?unit=${encodeURIComponent(unit.code)}`);
	}
};
