import { redirect } from '@sveltejs/kit';
import { PasswordForm } from '#lib/accounts/account.schema.ts';
import { get } from '#lib/accounts/link.server.ts';
import { resetPassword } from '#lib/accounts/password-change.server.ts';
import { readChosen } from '#lib/accounts/password-form.server.ts';
import { attempt } from '#lib/server/form.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, setHeaders }) => {
	setHeaders({ 'cache-control': 'private, no-store' });
	const { name, email } = (await get(locals.db, 'password', params.token)).user;
	return { name, email };
};

export const actions: Actions = {
	default: async ({ request, locals: { db }, params: { token } }) => {
		const { user } = await get(db, 'password', token);
		const read = await readChosen(await request.formData(), PasswordForm, () => user);
		if (!read.ok) return read.failure;
		const refused = await attempt(() => resetPassword(db, { token, password: read.value.password }));
		if (refused) return refused;
		redirect(303, '/sign-in?done=password');
	}
};
