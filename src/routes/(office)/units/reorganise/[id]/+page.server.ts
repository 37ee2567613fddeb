import { redirect } from '@sveltejs/kit';
import { signedIn } from '#lib/accounts/guard.ts';
import { decide, get, stepOf } from '#lib/import/reorganising.server.ts';
import { Id } from '#lib/models/model.schema.ts';
import { attempt } from '#lib/server/form.ts';
import { problem } from '#lib/server/problem.ts';
import { word } from '#lib/ui/word.ts';
import { formatDay, formatInstant, formatNumber } from '#lib/vietnamese/format.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { db, ...locals }, params }) => {
	const sheet = await get(db, signedIn(locals), idOf(params.id));
	const { summary, terms } = sheet;
	const counts = summary?.counts ?? null;
	const step = stepOf(sheet);
	return {
		id: sheet.id,
		fileName: sheet.fileName,
		unit: { code: sheet.unitCode, name: sheet.unitName },
		state: sheet.state,
		stateName: word('reorganise_state', sheet.state),
		// How far an open transaction is cannot be seen from outside: no length is made up for it.
		bar: step === 'rehearse' || step === 'record' ? {} : { value: sheet.progress, max: 100 },
		step: word('reorganise_step', step ?? 'wait', {
			before: formatNumber(counts?.before ?? 0),
			after: formatNumber(counts?.after ?? 0)
		}),
		by: sheet.by ?? '…',
		at: formatInstant(sheet.createdAt),
		day: formatDay(terms.effectiveOn),
		decision: terms.decisionNumber,
		reason: terms.reason,
		counts: counts && {
			before: formatNumber(counts.before),
			after: formatNumber(counts.after),
			lines: (['established', 'merged', 'split', 'moved', 'renamed', 'kept', 'closed'] as const)
				.filter((what) => counts[what] > 0)
				.map((what) => ({ name: word('reorganise_count', what), value: formatNumber(counts[what]) }))
		},
		problem: summary?.problem ? word('problem', summary.problem.code, summary.problem.params) : null,
		refusedCount: formatNumber(summary?.refusedCount ?? 0),
		refused: (summary?.refused ?? []).map(({ sheet: name, row, column, code, params: inputs, value }, index) => ({
			key: String(index),
			where: row > 0 ? `${name} · ${column}${row}` : name,
			value,
			text: word('reorganise_refused', code, inputs)
		}))
	};
};

function idOf(text: string): string {
	const id = Id.safeParse(text);
	if (!id.success) throw problem('import.not_found');
	return id.data;
}

export const actions: Actions = {
	record: async ({ locals: { db, ...locals }, params }) => {
		const actor = signedIn(locals);
		const done = await attempt(() => decide(db, actor, { id: idOf(params.id), to: 'writing' }));
		if ('status' in done) return done;
		redirect(303, `/units/reorganise/${done.id}`);
	},
	discard: async ({ locals: { db, ...locals }, params }) => {
		const actor = signedIn(locals);
		const done = await attempt(() => decide(db, actor, { id: idOf(params.id), to: 'discarded' }));
		if ('status' in done) return done;
		redirect(303, '/units/reorganise');
	}
};
