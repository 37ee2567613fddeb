import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { destination, doorOf, letIn } from '#lib/accounts/door.server.ts';
import { signIn } from '#lib/accounts/sign-in.server.ts';
import { getLocale } from '#lib/paraglide/runtime.js';
import { attempt, fields } from '#lib/server/form.ts';
import { problem, problemText } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

const SignIn = z.strictObject({ email: z.string().trim().toLowerCase().max(254), password: z.string().max(256) });

export const load: PageServerLoad = ({ locals, url }) => {
	if (locals.session) redirect(303, destination(url));
	return {
		provider: locals.site.identityProvider?.name ?? null,
		done: url.searchParams.get('done'),
		refused: refusalOf(url.searchParams.get('refused'))
	};
};

export const actions: Actions = {
	default: async (event) => {
		const read = SignIn.safeParse(fields(await event.request.formData()));
		const run = async () => {
			if (!read.success) throw problem('access.wrong_password');
			return signIn(event.locals.db, read.data, doorOf(event));
		};
		const outcome = await attempt(run, { email: read.data?.email ?? '' });
		if ('kind' in outcome) letIn(event, outcome);
		return outcome;
	}
};

/** Ways in that lead through other addresses come back with the code of their refusal. */
function refusalOf(asked: string | null): string | null {
	const code = WAYS_BACK.find((one) => one === asked);
	return code ? problemText(problem(code), getLocale()) : null;
}

const WAYS_BACK = [
	'access.passkey_refused',
	'access.provider_refused',
	'access.provider_unknown_person',
	'access.provider_unavailable'
] as const;
