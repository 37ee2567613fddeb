import { redirect } from '@sveltejs/kit';
import { differences, issue } from '#lib/reports/erratum.server.ts';
import { attempt } from '#lib/server/form.ts';
import { actOn, open } from '../report-page.server.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const { db, actor, report, shown } = await actOn(locals, params, 'correct');
	return { shown, entries: await differences(db, actor, { report }) };
};

export const actions: Actions = {
	default: async ({ locals, params }) => {
		const { db, actor, report } = await open(locals, params);
		const done = await attempt(() => issue(db, actor, report.id));
		if ('status' in done) return done;
		redirect(303, `/reports/${report.id}`);
	}
};
