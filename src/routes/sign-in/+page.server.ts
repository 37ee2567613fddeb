import { fail, redirect } from '@sveltejs/kit';
import { APIError } from 'better-auth/api';
import { z } from 'zod';
import { getLocale } from '#lib/paraglide/runtime.js';
import { fields } from '#lib/server/form.ts';
import { fromDatabase, problem, problemText } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

const SignIn = z.strictObject({ email: z.string().trim().toLowerCase().max(254), password: z.string().max(200) });

export const load: PageServerLoad = ({ locals, url }) => {
	if (locals.session) redirect(303, inside(url));
};

export const actions: Actions = {
	default: async ({ request, locals, url }) => {
		const read = SignIn.safeParse(fields(await request.formData()));
		if (!read.success) return refused('');
		try {
			await locals.auth.api.signInEmail({ body: read.data, headers: request.headers });
		} catch (error) {
			const lost = fromDatabase(error) ?? (error instanceof Error ? fromDatabase(error.cause) : null);
			if (lost) return refused(read.data.email, lost);
			if (error instanceof APIError) return refused(read.data.email);
			throw error;
		}
		redirect(303, inside(url));
	}
};

/** The same words for an unknown address and a wrong password: nobody learns who has an account. */
function refused(email: string, refusal = problem('access.wrong_password')) {
	return fail(refusal.status, { email, message: problemText(refusal, getLocale()) });
}

/** Where the reader wanted to go; only inside this site. */
function inside(url: URL): string {
	const to = url.searchParams.get('to') ?? '/desk';
	return /^\/(?![/\\])/.test(to) ? to : '/desk';
}
