import { redirect } from '@sveltejs/kit';
import { randomUUID } from 'node:crypto';
import { signedIn } from '#lib/accounts/guard.ts';
import { hindrance } from '#lib/models/act.ts';
import { rightsOn } from '#lib/models/act.server.ts';
import { choices } from '#lib/models/choice.server.ts';
import { get } from '#lib/models/list.server.ts';
import { correct } from '#lib/models/registration.server.ts';
import { attempt } from '#lib/server/form.ts';
import { recordId } from '../../record.ts';
import { offerOwnUnit, readRegistration, valuesOf, type RegistrationRefused } from '../../registration-form.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { db, ...locals }, params }) => {
	const actor = signedIn(locals);
	const registration = await get(db, actor, recordId(params.id));
	const rights = (await rightsOn(db, actor, [registration.unitId])).get(registration.unitId) ?? {
		write: false,
		review: false
	};
	return {
		registration: { id: registration.id, name: registration.name, state: registration.state },
		hindrance: hindrance({ verb: 'correct', permission: 'model.review' }, registration, rights),
		choices: offerOwnUnit(await choices(db, actor), registration),
		key: randomUUID(),
		values: valuesOf(registration)
	};
};

export const actions: Actions = {
	default: async ({ request, locals: { db, ...locals }, params }) => {
		const actor = signedIn(locals);
		const id = recordId(params.id);
		const registration = await get(db, actor, id);
		const read = await readRegistration(request, { db, actor, held: registration, corrects: true });
		if (!read.ok) return read.failure;
		const { input, reason, values } = read.value;
		const done: RegistrationRefused | { id: string } = await attempt(
			() => correct(db, actor, { id, input, reason }),
			values
		);
		if ('status' in done) return done;
		redirect(303, `/models/${id}`);
	}
};
