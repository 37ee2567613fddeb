import { fail, redirect } from '@sveltejs/kit';
import { signedIn } from '#lib/accounts/guard.ts';
import { begin, list } from '#lib/import/import.server.ts';
import { BeginForm } from '#lib/import/import.schema.ts';
import { FILE_BYTES } from '#lib/import/workbook.server.ts';
import { listWritable } from '#lib/models/choice.server.ts';
import { today } from '#lib/server/clock.ts';
import { attempt, parse } from '#lib/server/form.ts';
import { Problem } from '#lib/server/problem.ts';
import { readSettings } from '#lib/server/settings.ts';
import { may } from '#lib/units/authority.server.ts';
import { chosenUnit } from '#lib/units/chosen.server.ts';
import { getByCode } from '#lib/units/unit.server.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { db, ...locals }, url }) => {
	const actor = signedIn(locals);
	const unit = await chosenUnit(db, actor, url);
	const [units, imports, mayImport, mayCreateUnits] = await Promise.all([
		listWritable(db, actor),
		list(db, actor, unit.id),
		may(db, actor, 'model.import', unit.id),
		may(db, actor, 'unit.establish_listed', unit.id)
	]);
	const year = Number(url.searchParams.get('year')) || Number(today().slice(0, 4));
	return { unit, units, imports, mayImport, mayCreateUnits, year, maxBytes: FILE_BYTES };
};

export const actions: Actions = {
	default: async ({ request, locals: { db, ...locals } }) => {
		const actor = signedIn(locals);
		const read = parse(await request.formData(), BeginForm);
		if (!read.ok) return read.failure;
		const { unit: code, file, ...wanted } = read.value;
		let earlier: string | undefined;
		const begun = await attempt<{ id: string }>(
			async () => {
				const unit = await getByCode(db, actor, code);
				const bytes = new Uint8Array(await file.arrayBuffer());
				const dropped = { ...wanted, unitId: unit.id, file: { name: file.name, bytes }, data: readSettings().data };
				return begin(db, actor, dropped).catch((error: unknown) => {
					if (error instanceof Problem && error.code === 'import.sent_before') earlier = String(error.params['id']);
					throw error;
				});
			},
			{ unit: code, ...wanted }
		);
		if ('status' in begun) return fail(begun.status, { ...begun.data, earlier });
		redirect(303, `/models/import/${begun.id}`);
	}
};
