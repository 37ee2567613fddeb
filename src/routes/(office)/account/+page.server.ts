import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { signedIn, signedInSession } from '#lib/accounts/guard.ts';
import { deviceOf } from '#lib/accounts/device.ts';
import { isLinked } from '#lib/accounts/oidc.server.ts';
import { asksForSecondFactor } from '#lib/accounts/second-factor.server.ts';
import * as sessions from '#lib/accounts/session.server.ts';
import { attempt, parse } from '#lib/server/form.ts';
import { formatInstant } from '#lib/vietnamese/format.ts';
import { waysOf } from '../../ways.server.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const { db, site } = locals;
	const actor = signedIn(locals);
	const session = signedInSession(locals);
	const [ways, open] = await Promise.all([waysOf(db, session.user), sessions.listOwn(db, actor)]);
	const provider = site.identityProvider;
	return {
		...ways,
		provider: provider && { name: provider.name, isLinked: await isLinked(db, session.user.id, provider) },
		isRequired: asksForSecondFactor(actor),
		sessions: open.map(({ id, agent, address, lastUsedAt }) => ({
			id,
			device: deviceOf(agent),
			address,
			lastUsed: formatInstant(lastUsedAt),
			isCurrent: id === session.id
		})),
		done: url.searchParams.get('done')
	};
};

const SessionForm = z.strictObject({ sessionId: z.uuid('field_id_invalid') });

export const actions: Actions = {
	end: async ({ locals, request }) => {
		const actor = signedIn(locals);
		const read = parse(await request.formData(), SessionForm);
		if (!read.ok) return read.failure;
		const refused = await attempt(() => sessions.revoke(locals.db, actor, read.value.sessionId));
		if (refused) return refused;
		redirect(303, '/account?done=ended');
	},
	endOthers: async ({ locals }) => {
		await sessions.revokeOthers(locals.db, signedIn(locals), signedInSession(locals).id);
		redirect(303, '/account?done=ended');
	},
	later: async ({ locals, request, url }) => {
		await sessions.putOffSecondFactor(locals.db, signedInSession(locals));
		const back = (await request.formData()).get('back');
		const to = typeof back === 'string' && URL.canParse(back, url) ? new URL(back, url) : url;
		redirect(303, to.origin === url.origin ? to.href : '/desk');
	}
};
