import { fail, redirect } from '@sveltejs/kit';
import { PasswordForm } from '#lib/accounts/account.schema.ts';
import { find } from '#lib/accounts/link.server.ts';
import { resetPassword } from '#lib/accounts/password-change.server.ts';
import { weakness } from '#lib/accounts/password-rules.server.ts';
import { getLocale } from '#lib/paraglide/runtime.js';
import { attempt, parse } from '#lib/server/form.ts';
import { problem } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, setHeaders }) => {
	setHeaders({ 'cache-control': 'private, no-store' });
	const link = await find(locals.db, 'password', params.token);
	if (!link) throw problem('access.link_used');
	return { name: link.user.name, email: link.user.email };
};

export const actions: Actions = {
	default: async ({ request, locals: { db, site }, params: { token } }) => {
		const read = parse(await request.formData(), PasswordForm);
		if (!read.ok) return read.failure;
		const link = await find(db, 'password', token);
		if (!link) throw problem('access.link_used');
		const weak = await weakness(read.value.password, link.user);
		if (weak) return fail(400, { issues: { password: weak } });
		const by = { site, locale: getLocale() };
		const refused = await attempt(() => resetPassword(db, { token, password: read.value.password, by }));
		if (refused) return refused;
		redirect(303, '/sign-in?done=password');
	}
};
