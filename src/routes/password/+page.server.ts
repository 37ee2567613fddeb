import { setTimeout } from 'node:timers/promises';
import { ForgottenForm } from '#lib/accounts/account.schema.ts';
import { requestPassword } from '#lib/accounts/password-change.server.ts';
import { attempt, fields, parse } from '#lib/server/form.ts';
import type { Actions, PageServerLoad } from './$types';

/** Longer than writing a letter takes: the time of the answer does not tell whether there was one to write. */
const ANSWER_MS = 400;

export const load: PageServerLoad = ({ locals }) => ({ sendsMail: locals.site.sendsMail });

export const actions: Actions = {
	default: async ({ request, locals: { db, site }, getClientAddress }) => {
		const data = await request.formData();
		const read = parse(data, ForgottenForm);
		if (!read.ok) return read.failure;
		const asked = { email: read.value.email, address: getClientAddress(), site };
		const [refused] = await Promise.all([
			attempt(() => requestPassword(db, asked), fields(data)),
			setTimeout(ANSWER_MS)
		]);
		return refused ?? { sent: true };
	}
};
