import { redirect } from '@sveltejs/kit';
import { PasswordChangeForm } from '#lib/accounts/account.schema.ts';
import { signedIn, signedInSession } from '#lib/accounts/guard.ts';
import { changePassword } from '#lib/accounts/password-change.server.ts';
import { readChosen } from '#lib/accounts/password-form.server.ts';
import { attempt } from '#lib/server/form.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals }) => {
	signedIn(locals);
	return { email: signedInSession(locals).user.email };
};

export const actions: Actions = {
	default: async ({ locals, request }) => {
		const actor = signedIn(locals);
		const { id: sessionId, user } = signedInSession(locals);
		const read = await readChosen(await request.formData(), PasswordChangeForm, () => user);
		if (!read.ok) return read.failure;
		const given = { current: read.value.current, next: read.value.password, sessionId };
		const refused = await attempt(() => changePassword(locals.db, actor, given));
		if (refused) return refused;
		redirect(303, '/account?done=password');
	}
};
