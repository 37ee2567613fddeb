import { fail } from '@sveltejs/kit';
import { figureChoices } from '#lib/reports/choice.server.ts';
import { hrefsOf, paperOf } from '#lib/reports/paper.server.ts';
import { edit, listReturns } from '#lib/reports/report.server.ts';
import { EditForm, typedLetterhead } from '#lib/reports/report.schema.ts';
import { attempt, parse } from '#lib/server/form.ts';
import { actOn, open } from '../report-page.server.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const { db, actor, report, shown } = await actOn(locals, params, 'edit');
	const [paper, choices, returns] = await Promise.all([
		paperOf(db, actor, report),
		figureChoices(db, report.unitId),
		listReturns(db, report)
	]);
	return {
		shown,
		report: { family: report.family, letterhead: report.letterhead, body: report.body, version: report.version },
		paper: {
			figures: paper.figures.map(({ frozen }) => frozen),
			narratives: paper.narratives,
			footnote: paper.footnote
		},
		hrefs: hrefsOf(paper.figures),
		choices,
		returns: returns.filter(({ isResolved }) => !isResolved)
	};
};

export const actions: Actions = {
	default: async ({ request, locals, params }) => {
		const { db, actor, report } = await open(locals, params);
		const data = await request.formData();
		const typed = data.get('body');
		const typedBody = typeof typed === 'string' ? typed : '';
		const read = parse(data, EditForm);
		if (!read.ok) return read.failure;
		const { version, body, letterhead } = read.value;
		const saved = await attempt(() =>
			edit(db, actor, {
				id: report.id,
				version,
				body,
				letterhead: letterhead && typedLetterhead(letterhead, report.letterhead)
			})
		);
		if (!('status' in saved)) return { saved: saved.version };
		// The text goes back to the page that sent it, with the version it would now replace.
		const isOutdated = saved.status === 409 && version !== report.version;
		return fail(saved.status, {
			...saved.data,
			values: { body: typedBody },
			...(isOutdated ? { theirs: report.version } : {})
		});
	}
};
