import { redirect } from '@sveltejs/kit';
import { countLate, proofsOf } from '#lib/reports/proofs.server.ts';
import { submit } from '#lib/reports/signing.server.ts';
import { attempt } from '#lib/server/form.ts';
import { proofTexts } from '../proof-texts.ts';
import { actOn, open } from '../report-page.server.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const { db, actor, report, shown } = await actOn(locals, params, 'submit');
	const proofs = await proofsOf(db, actor, { ...report, knownAt: new Date() });
	return { shown, proofs: proofTexts(proofs), late: countLate(proofs) };
};

export const actions: Actions = {
	default: async ({ locals, params }) => {
		const { db, actor, report } = await open(locals, params);
		const done = await attempt(() => submit(db, actor, report.id));
		if ('status' in done) return done;
		redirect(303, `/reports/${report.id}`);
	}
};
