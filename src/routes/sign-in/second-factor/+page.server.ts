import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { destination, doorOf, letIn, readCookie } from '#lib/accounts/door.server.ts';
import { look } from '#lib/accounts/pending.server.ts';
import { factorsOf } from '#lib/accounts/second-factor.server.ts';
import { signInWithCode } from '#lib/accounts/sign-in.server.ts';
import { attempt, parse } from '#lib/server/form.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	const { db } = event.locals;
	const begun = await look(db, 'second_factor', readCookie(event, 'step') ?? '');
	if (!begun?.userId) redirect(303, `/sign-in?${new URLSearchParams({ to: destination(event.url) })}`);
	const factors = await factorsOf(db, begun.userId);
	return { hasTotp: factors.totpSince !== null, hasPasskey: factors.passkeys.length > 0 };
};

const CodeForm = z.strictObject({ code: z.string().trim().min(1, 'field_required').max(40, 'field_code_wrong') });

export const actions: Actions = {
	default: async (event) => {
		const read = parse(await event.request.formData(), CodeForm);
		if (!read.ok) return read.failure;
		const step = readCookie(event, 'step') ?? '';
		const outcome = await attempt(() =>
			signInWithCode(event.locals.db, { pending: step, code: read.value.code }, doorOf(event))
		);
		if ('kind' in outcome) letIn(event, outcome);
		return outcome;
	}
};
