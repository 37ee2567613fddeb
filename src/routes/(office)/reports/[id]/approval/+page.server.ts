import { redirect } from '@sveltejs/kit';
import { approve } from '#lib/reports/signing.server.ts';
import { attempt } from '#lib/server/form.ts';
import { actOn, open } from '../report-page.server.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const { shown } = await actOn(locals, params, 'approve');
	return { shown };
};

export const actions: Actions = {
	default: async ({ locals, params }) => {
		const { db, actor, report } = await open(locals, params);
		const refused = await attempt(() => approve(db, actor, report.id));
		if (refused) return refused;
		redirect(303, `/reports/${report.id}`);
	}
};
