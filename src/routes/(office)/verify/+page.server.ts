import { fail } from '@sveltejs/kit';
import { signedIn } from '#lib/accounts/guard.ts';
import { m } from '#lib/paraglide/messages.js';
import { verify } from '#lib/reports/verification.server.ts';
import { attempt } from '#lib/server/form.ts';
import type { Actions } from './$types';

export const actions: Actions = {
	default: async ({ request, locals }) => {
		const actor = signedIn(locals);
		const file = (await request.formData()).get('file');
		if (!(file instanceof File) || file.size === 0) return fail(400, { problem: m.report_verify_missing_file() });
		const bytes = new Uint8Array(await file.arrayBuffer());
		const verification = await attempt(() => verify(locals.db, actor, bytes));
		return 'status' in verification ? verification : { verification, fileName: file.name };
	}
};
