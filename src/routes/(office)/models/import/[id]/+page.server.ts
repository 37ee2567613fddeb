import { redirect } from '@sveltejs/kit';
import { signedIn } from '#lib/accounts/guard.ts';
import { figureNamed } from '#lib/catalogue.ts';
import { ask } from '#lib/figures/ask.server.ts';
import { figureText } from '#lib/figures/format-figure.ts';
import { accept } from '#lib/import/acceptance.server.ts';
import { correctColumns, discard, get, readAgain } from '#lib/import/import.server.ts';
import { AcceptForm, readColumnChoices } from '#lib/import/import.schema.ts';
import type { Import } from '#lib/import/import.ts';
import { Id } from '#lib/models/model.schema.ts';
import { today } from '#lib/server/clock.ts';
import { attempt, parse } from '#lib/server/form.ts';
import { problem } from '#lib/server/problem.ts';
import { sheetGroups } from './columns.server.ts';
import { rowsShown, shownOf } from './rows.server.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { db, ...locals }, params, url }) => {
	const actor = signedIn(locals);
	const list = await get(db, actor, idOf(params.id));
	const { summary: _, ...rest } = list;
	const shown = shownOf(list, url);
	return {
		list: rest,
		summary: list.state === 'reading' ? null : list.summary,
		shown,
		rows:
			list.state === 'ready'
				? await rowsShown(db, list, { shown, after: Number(url.searchParams.get('after')) || 0 })
				: null,
		sheets: list.summary ? sheetGroups(list.summary) : [],
		registered:
			list.state === 'done' ? await registered(list, (figure, question) => ask(db, actor, figure, question)) : null
	};
};

type Asking = (figure: Parameters<typeof ask>[2], question: Parameters<typeof ask>[3]) => ReturnType<typeof ask>;

/** The door to what the office has registered in the list's year, this list included. */
async function registered({ unitId, unitCode, year }: Import, asking: Asking) {
	const figure = figureNamed('models.registered');
	const endOfYear = `${year}-12-31`;
	const asOf = endOfYear < today() ? endOfYear : today();
	const answer = await asking(figure, { unitId, from: `${year}-01-01`, asOf });
	return {
		text: figureText(figure, answer),
		address: { figure: figure.name, unit: unitCode, from: `${year}-01-01`, asOf }
	};
}

function idOf(text: string): string {
	const id = Id.safeParse(text);
	if (!id.success) throw problem('import.not_found');
	return id.data;
}

export const actions: Actions = {
	accept: async ({ request, params, locals: { db, ...locals } }) => {
		const actor = signedIn(locals);
		const read = parse(await request.formData(), AcceptForm);
		if (!read.ok) return read.failure;
		const written = await attempt(() => accept(db, actor, { id: idOf(params.id), ...read.value }), read.value);
		if ('status' in written) return written;
		redirect(303, `/models/import/${written.id}`);
	},
	columns: async ({ request, params, locals: { db, ...locals } }) => {
		const actor = signedIn(locals);
		const choices = readColumnChoices(await request.formData());
		const begun = await attempt(async () => {
			if (!choices) throw problem('input.invalid');
			return correctColumns(db, actor, { id: idOf(params.id), choices });
		});
		if ('status' in begun) return begun;
		redirect(303, `/models/import/${begun.id}`);
	},
	again: async ({ params, locals: { db, ...locals } }) => {
		const actor = signedIn(locals);
		const begun = await attempt(() => readAgain(db, actor, idOf(params.id)));
		if ('status' in begun) return begun;
		redirect(303, `/models/import/${begun.id}`);
	},
	discard: async ({ params, locals: { db, ...locals } }) => {
		const actor = signedIn(locals);
		const gone = await attempt(() => discard(db, actor, idOf(params.id)));
		if ('status' in gone) return gone;
		redirect(303, '/models/import');
	}
};
