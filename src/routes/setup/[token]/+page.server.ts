import { redirect } from '@sveltejs/kit';
import { isSetupToken } from '#lib/accounts/account.server.ts';
import { SetupForm } from '#lib/accounts/account.schema.ts';
import { readChosen } from '#lib/accounts/password-form.server.ts';
import { setUp } from '#lib/accounts/setup.server.ts';
import { attempt, fields } from '#lib/server/form.ts';
import { problem } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	if (!(await isSetupToken(locals.db, params.token))) throw problem('access.setup_link_used');
};

export const actions: Actions = {
	default: async ({ request, locals, params }) => {
		const data = await request.formData();
		const form = await readChosen(data, SetupForm, (person) => person);
		if (!form.ok) return form.failure;
		const refused = await attempt(() => setUp(locals.db, params.token, form.value), fields(data));
		if (refused) return refused;
		redirect(303, '/sign-in');
	}
};
