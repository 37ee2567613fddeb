import { fail, redirect } from '@sveltejs/kit';
import { PasswordChangeForm } from '#lib/accounts/account.schema.ts';
import { signedIn, signedInSession } from '#lib/accounts/guard.ts';
import { changePassword } from '#lib/accounts/password-change.server.ts';
import { weakness } from '#lib/accounts/password-rules.server.ts';
import { getLocale } from '#lib/paraglide/runtime.js';
import { attempt, parse } from '#lib/server/form.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals }) => {
	signedIn(locals);
	return { email: signedInSession(locals).user.email };
};

export const actions: Actions = {
	default: async ({ locals, request }) => {
		const actor = signedIn(locals);
		const { id: sessionId, user } = signedInSession(locals);
		const read = parse(await request.formData(), PasswordChangeForm);
		if (!read.ok) return read.failure;
		const weak = await weakness(read.value.password, user);
		if (weak) return fail(400, { issues: { password: weak } });
		const by = { site: locals.site, locale: getLocale() };
		const given = { current: read.value.current, next: read.value.password, sessionId, by };
		const refused = await attempt(() => changePassword(locals.db, actor, given));
		if (refused) return refused;
		redirect(303, '/account?done=password');
	}
};
