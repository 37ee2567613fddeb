import { redirect } from '@sveltejs/kit';
import { numberLine } from '#lib/reports/letterhead.ts';
import { paperOf } from '#lib/reports/paper.server.ts';
import { SignForm } from '#lib/reports/report.schema.ts';
import { nextNumber, sign } from '#lib/reports/signing.server.ts';
import { today } from '#lib/server/clock.ts';
import { attempt, fields, parse } from '#lib/server/form.ts';
import { actOn, open } from '../report-page.server.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const { db, actor, report, shown } = await actOn(locals, params, 'sign');
	const { figures } = await paperOf(db, actor, report);
	const signedOn = today();
	const number = await nextNumber(db, { unitId: report.unitId, typeCode: report.letterhead.typeCode, signedOn });
	return {
		shown,
		signedOn,
		number: numberLine(report.family, { ...report.letterhead, number }).replace(/^Số:? /, ''),
		signerName: report.letterhead.signature.name ?? actor.name,
		figures: figures.map(({ frozen }) => ({ slot: frozen.slot, label: frozen.label, text: frozen.text }))
	};
};

export const actions: Actions = {
	default: async ({ request, locals, params }) => {
		const { db, actor, report } = await open(locals, params);
		const data = await request.formData();
		const read = parse(data, SignForm);
		if (!read.ok) return read.failure;
		const { number, signedOn, signerName } = read.value;
		const done = await attempt(() => sign(db, actor, { id: report.id, ...number, signedOn, signerName }), fields(data));
		if ('status' in done) return done;
		redirect(303, `/reports/${report.id}`);
	}
};
