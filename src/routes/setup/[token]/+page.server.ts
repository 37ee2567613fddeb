import { fail, redirect } from '@sveltejs/kit';
import { isSetupToken } from '#lib/accounts/account.server.ts';
import { SetupForm } from '#lib/accounts/account.schema.ts';
import { weakness } from '#lib/accounts/password-rules.server.ts';
import { setUp } from '#lib/accounts/setup.server.ts';
import { attempt, fields, parse } from '#lib/server/form.ts';
import { problem } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	if (!(await isSetupToken(locals.db, params.token))) throw problem('access.setup_link_used');
};

export const actions: Actions = {
	default: async ({ request, locals, params }) => {
		const data = await request.formData();
		const form = parse(data, SetupForm);
		if (!form.ok) return form.failure;
		const weak = await weakness(form.value.password, form.value);
		if (weak) return fail(400, { issues: { password: weak }, values: fields(data) });
		const refused = await attempt(() => setUp(locals.db, params.token, form.value), fields(data));
		if (refused) return refused;
		redirect(303, '/sign-in');
	}
};
