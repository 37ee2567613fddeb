import { redirect } from '@sveltejs/kit';
import { signedIn } from '#lib/accounts/guard.ts';
import { begin, list, SheetTerms } from '#lib/import/reorganising.server.ts';
import { FILE_BYTES } from '#lib/import/workbook.server.ts';
import { attempt, fields, parse } from '#lib/server/form.ts';
import { readSettings } from '#lib/server/settings.ts';
import { word } from '#lib/ui/word.ts';
import { authorise } from '#lib/units/authority.server.ts';
import { chosenUnit } from '#lib/units/chosen.server.ts';
import { UNIT_KINDS } from '#lib/units/unit.ts';
import { formatInstant } from '#lib/vietnamese/format.ts';
import { z } from 'zod';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { db, ...locals }, url }) => {
	const actor = signedIn(locals);
	const unit = await chosenUnit(db, actor, url);
	await authorise(db, actor, 'unit.reorganise', unit.id);
	const sheets = await list(db, actor);
	return {
		unit: { code: unit.code, name: unit.name },
		sheets: sheets.map(({ id, fileName, unitName, state, createdAt, by }) => ({
			id,
			fileName,
			unitName,
			state: word('reorganise_state', state),
			at: formatInstant(createdAt),
			by
		})),
		kinds: UNIT_KINDS.map((kind) => ({ value: kind, label: word('unit_kind', kind) })),
		maxBytes: FILE_BYTES
	};
};

const Form = SheetTerms.extend({
	file: z.instanceof(File, { error: 'field_required' }).refine((file) => file.size > 0, 'field_required')
});

export const actions: Actions = {
	default: async ({ locals: { db, ...locals }, request, url }) => {
		const actor = signedIn(locals);
		const unit = await chosenUnit(db, actor, url);
		await authorise(db, actor, 'unit.reorganise', unit.id);
		const data = await request.formData();
		const read = parse(data, Form);
		if (!read.ok) return read.failure;
		const { file, ...terms } = read.value;
		const bytes = new Uint8Array(await file.arrayBuffer());
		const given = { unitId: unit.id, terms, file: { name: file.name, bytes }, data: readSettings().data };
		const begun = await attempt(() => begin(db, actor, given), fields(data));
		if ('status' in begun) return begun;
		redirect(303, `/units/reorganise/${begun.id}`);
	}
};
