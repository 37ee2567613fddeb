import { redirect } from '@sveltejs/kit';
import { signedIn } from '#lib/accounts/guard.ts';
import { get } from '#lib/models/list.server.ts';
import { edit } from '#lib/models/registration.server.ts';
import { attempt } from '#lib/server/form.ts';
import { recordId } from '../../record.ts';
import { readRegistration, type RegistrationRefused } from '../../registration-form.ts';
import { offerForm } from '../offer-form.server.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals, params }) =>
	offerForm(locals, params, { verb: 'edit', permission: 'model.write' });

export const actions: Actions = {
	default: async ({ request, locals: { db, ...locals }, params }) => {
		const actor = signedIn(locals);
		const id = recordId(params.id);
		const registration = await get(db, actor, id);
		const read = await readRegistration(request, { db, actor, held: registration });
		if (!read.ok) return read.failure;
		const { input, values } = read.value;
		const done: RegistrationRefused | { count: number } = await attempt(() => edit(db, actor, id, input), values);
		if ('status' in done) return done;
		redirect(303, `/models/${id}`);
	}
};
