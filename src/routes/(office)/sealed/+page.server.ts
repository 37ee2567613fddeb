import { unitsWhere } from '#lib/accounts/actor.ts';
import { signedIn } from '#lib/accounts/guard.ts';
import { listHandled } from '#lib/sealed/handler.server.ts';
import { OpeningForm } from '#lib/sealed/sealed.schema.ts';
import { open } from '#lib/sealed/sealed.server.ts';
import { attempt, parse } from '#lib/server/form.ts';
import { problem } from '#lib/server/problem.ts';
import { readSettings } from '#lib/server/settings.ts';
import { formatDay } from '#lib/vietnamese/format.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { db, ...locals } }) => {
	const actor = signedIn(locals);
	if (unitsWhere(actor, 'sealed.handle').length === 0) throw problem('access.denied');
	const cases = await listHandled(db, actor);
	return {
		cases: cases.map((one) => ({
			...one,
			code: one.id.slice(-6).toUpperCase(),
			sealedOn: formatDay(one.sealedOn),
			until: one.until && formatDay(one.until)
		}))
	};
};

export const actions: Actions = {
	/** What was opened is in this one answer and nowhere else: no address leads to it, nothing keeps it. */
	open: async ({ locals: { db, ...locals }, request }) => {
		const actor = signedIn(locals);
		const read = parse(await request.formData(), OpeningForm);
		if (!read.ok) return read.failure;
		const { caseId } = read.value;
		const opened = await attempt(
			async () => ({ fields: await open(db, actor, readSettings(), read.value) }),
			read.value
		);
		return 'fields' in opened ? { opened: { caseId, fields: Object.entries(opened.fields) } } : opened;
	}
};
