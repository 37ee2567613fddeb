import { PasswordForm } from '#lib/accounts/account.schema.ts';
import { doorOf, letIn } from '#lib/accounts/door.server.ts';
import { accept } from '#lib/accounts/invitation.server.ts';
import { get } from '#lib/accounts/link.server.ts';
import { readChosen } from '#lib/accounts/password-form.server.ts';
import { attempt } from '#lib/server/form.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, setHeaders }) => {
	setHeaders({ 'cache-control': 'private, no-store' });
	const { name, email } = (await get(locals.db, 'invitation', params.token)).user;
	return { name, email };
};

export const actions: Actions = {
	default: async (event) => {
		const { db } = event.locals;
		const { token } = event.params;
		const { user } = await get(db, 'invitation', token);
		const read = await readChosen(await event.request.formData(), PasswordForm, () => user);
		if (!read.ok) return read.failure;
		const entered = await attempt(() => accept(db, { token, password: read.value.password, door: doorOf(event) }));
		if ('kind' in entered) letIn(event, entered);
		return entered;
	}
};
