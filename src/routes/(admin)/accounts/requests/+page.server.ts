import { redirect } from '@sveltejs/kit';
import { unitsWhere } from '#lib/accounts/actor.ts';
import { signedIn } from '#lib/accounts/guard.ts';
import { StepForm } from '#lib/privacy/request.schema.ts';
import { answer, carryOut, isClosed, listFor, refuse } from '#lib/privacy/request.server.ts';
import { today } from '#lib/server/clock.ts';
import { attempt, parse } from '#lib/server/form.ts';
import { problem } from '#lib/server/problem.ts';
import { word } from '#lib/ui/word.ts';
import { formatDay, formatInstant } from '#lib/vietnamese/format.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = async ({ locals: { db, ...locals }, url }) => {
	const actor = signedIn(locals);
	if (unitsWhere(actor, 'account.manage').length === 0) throw problem('access.denied');
	const requests = await listFor(db, actor);
	return {
		requests: requests.map((request) => {
			const answered = request.steps.length > 0;
			const dueOn = answered ? request.actDueOn : request.answerDueOn;
			return {
				...request,
				kindName: word('privacy_request', request.kind),
				askedAt: formatInstant(request.askedAt),
				answerDueOn: formatDay(request.answerDueOn),
				actDueOn: formatDay(request.actDueOn),
				answered,
				closed: isClosed(request),
				own: request.userId === actor.id,
				late: dueOn < today(),
				steps: request.steps.map(({ step, note }) => ({ step: word('privacy_step', step), note }))
			};
		}),
		done: url.searchParams.has('done')
	};
};

const take =
	(step: typeof answer) =>
	async ({ locals: { db, ...locals }, request }: RequestEvent) => {
		const actor = signedIn(locals);
		const read = parse(await request.formData(), StepForm);
		if (!read.ok) return read.failure;
		const taken = await attempt(() => step(db, actor, read.value), read.value);
		if ('id' in taken) redirect(303, '/accounts/requests?done');
		return taken;
	};

export const actions: Actions = { answer: take(answer), carryOut: take(carryOut), refuse: take(refuse) };
