import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { signedIn } from '#lib/accounts/guard.ts';
import { getLocale } from '#lib/paraglide/runtime.js';
import * as consents from '#lib/privacy/consent.server.ts';
import { summary } from '#lib/privacy/own-data.server.ts';
import { REQUEST_KINDS, RequestForm } from '#lib/privacy/request.schema.ts';
import { ask, isClosed, listOwn } from '#lib/privacy/request.server.ts';
import { attempt, parse } from '#lib/server/form.ts';
import { word } from '#lib/ui/word.ts';
import { formatDay, formatInstant } from '#lib/vietnamese/format.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { db, ...locals }, url }) => {
	const actor = signedIn(locals);
	const [held, requests, asked] = await Promise.all([
		summary(db, actor),
		listOwn(db, actor),
		consents.listOwn(db, actor, getLocale())
	]);
	return {
		held: held.map(({ section, count }) => ({ section, name: word('privacy_section', section), count })),
		requests: requests.map((request) => ({
			...request,
			kind: word('privacy_request', request.kind),
			askedAt: formatInstant(request.askedAt),
			answerDueOn: formatDay(request.answerDueOn),
			actDueOn: formatDay(request.actDueOn),
			closed: isClosed(request),
			steps: request.steps.map(({ step, note }) => ({ step: word('privacy_step', step), note }))
		})),
		consents: asked,
		kinds: REQUEST_KINDS.map((kind) => ({
			value: kind,
			label: word('privacy_request', kind),
			hint: word('privacy_request_hint', kind)
		})),
		asked: url.searchParams.has('asked')
	};
};

const ConsentForm = z.strictObject({ purpose: z.string().max(60), version: z.coerce.number().int() });

export const actions: Actions = {
	ask: async ({ locals: { db, ...locals }, request }) => {
		const actor = signedIn(locals);
		const read = parse(await request.formData(), RequestForm);
		if (!read.ok) return read.failure;
		const made = await attempt(() => ask(db, actor, read.value), read.value);
		if ('id' in made) redirect(303, '/account/data?asked');
		return made;
	},
	consent: async ({ locals: { db, ...locals }, request }) => {
		const actor = signedIn(locals);
		const read = parse(await request.formData(), ConsentForm);
		if (!read.ok) return read.failure;
		const done = await attempt(() => consents.give(db, actor, read.value));
		if ('given' in done) redirect(303, '/account/data');
		return done;
	},
	withdraw: async ({ locals: { db, ...locals }, request }) => {
		const actor = signedIn(locals);
		const read = parse(await request.formData(), ConsentForm);
		if (!read.ok) return read.failure;
		const done = await attempt(() => consents.withdraw(db, actor, read.value.purpose));
		if ('given' in done) redirect(303, '/account/data');
		return done;
	}
};
