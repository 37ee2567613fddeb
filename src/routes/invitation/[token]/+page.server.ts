import { fail } from '@sveltejs/kit';
import { PasswordForm } from '#lib/accounts/account.schema.ts';
import { doorOf, letIn } from '#lib/accounts/door.server.ts';
import { accept } from '#lib/accounts/invitation.server.ts';
import { find } from '#lib/accounts/link.server.ts';
import { weakness } from '#lib/accounts/password-rules.server.ts';
import { attempt, parse } from '#lib/server/form.ts';
import { problem } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, setHeaders }) => {
	setHeaders({ 'cache-control': 'private, no-store' });
	const link = await find(locals.db, 'invitation', params.token);
	if (!link) throw problem('access.link_used');
	return { name: link.user.name, email: link.user.email };
};

export const actions: Actions = {
	default: async (event) => {
		const { db } = event.locals;
		const { token } = event.params;
		const read = parse(await event.request.formData(), PasswordForm);
		if (!read.ok) return read.failure;
		const link = await find(db, 'invitation', token);
		if (!link) throw problem('access.link_used');
		const weak = await weakness(read.value.password, link.user);
		if (weak) return fail(400, { issues: { password: weak } });
		const entered = await attempt(() => accept(db, { token, password: read.value.password, door: doorOf(event) }));
		if ('kind' in entered) letIn(event, entered);
		return entered;
	}
};
