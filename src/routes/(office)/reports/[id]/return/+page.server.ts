import { redirect } from '@sveltejs/kit';
import { lineOf, listParagraphs } from '#lib/reports/document.ts';
import { paperOf } from '#lib/reports/paper.server.ts';
import { ReturnForm } from '#lib/reports/report.schema.ts';
import { giveBack } from '#lib/reports/signing.server.ts';
import { attempt, fields, parse } from '#lib/server/form.ts';
import { actOn, open } from '../report-page.server.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const { db, actor, report, shown } = await actOn(locals, params, 'return');
	const { figures } = await paperOf(db, actor, report);
	const known = new Map(figures.map(({ frozen }) => [frozen.slot, frozen]));
	const paragraphs = listParagraphs(report.body)
		.map((paragraph) => ({
			id: paragraph.attrs.id,
			text: lineOf(paragraph, known),
			isHeading: paragraph.type === 'heading'
		}))
		.filter(({ text }) => text.trim() !== '');
	return { shown, paragraphs };
};

export const actions: Actions = {
	default: async ({ request, locals, params }) => {
		const { db, actor, report } = await open(locals, params);
		const data = await request.formData();
		const read = parse(data, ReturnForm);
		if (!read.ok) return read.failure;
		const done = await attempt(() => giveBack(db, actor, { id: report.id, ...read.value }), fields(data));
		if ('status' in done) return done;
		redirect(303, `/reports/${report.id}`);
	}
};
