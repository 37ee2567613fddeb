import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { signedIn } from '#lib/accounts/guard.ts';
import { managed } from '#lib/accounts/managed.server.ts';
import { issuePasswordLink } from '#lib/accounts/password-change.server.ts';
import { removeFactorsOf } from '#lib/accounts/second-factor.server.ts';
import { attempt, fields, parse } from '#lib/server/form.ts';
import { waysOf } from '../../../../ways.server.ts';
import { printed } from '../../slip.server.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const { db, site } = locals;
	const person = await managed(db, signedIn(locals), params.user);
	return {
		id: person.id,
		name: person.name,
		...(await waysOf(db, person)),
		sendsMail: site.sendsMail,
		done: url.searchParams.get('done')
	};
};

const LinkForm = z.strictObject({ delivery: z.enum(['mail', 'slip'], 'field_choose') });
const RemoveForm = z.strictObject({
	reason: z.string().trim().min(1, 'field_required').max(500, 'field_too_long')
});

export const actions: Actions = {
	link: async ({ locals, params, request }) => {
		const actor = signedIn(locals);
		const read = parse(await request.formData(), LinkForm);
		if (!read.ok) return read.failure;
		const wanted = { userId: params.user, ...read.value, site: locals.site };
		const made = await attempt(() => issuePasswordLink(locals.db, actor, wanted));
		if (!('userId' in made)) return made;
		return { slip: printed(made, 'password') ?? redirect(303, `/accounts/${params.user}/access?done=sent`) };
	},
	removeFactors: async ({ locals, params, request }) => {
		const actor = signedIn(locals);
		const data = await request.formData();
		const read = parse(data, RemoveForm);
		if (!read.ok) return read.failure;
		const given = { userId: params.user, reason: read.value.reason };
		const refused = await attempt(() => removeFactorsOf(locals.db, actor, given), fields(data));
		if (refused) return refused;
		redirect(303, `/accounts/${params.user}/access?done=removed`);
	}
};
