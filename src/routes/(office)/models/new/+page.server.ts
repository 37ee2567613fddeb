import { redirect } from '@sveltejs/kit';
import { randomUUID } from 'node:crypto';
import { signedIn } from '#lib/accounts/guard.ts';
import { choices } from '#lib/models/choice.server.ts';
import { draft, register } from '#lib/models/registration.server.ts';
import { today } from '#lib/server/clock.ts';
import { attempt } from '#lib/server/form.ts';
import { problem } from '#lib/server/problem.ts';
import { chosenUnit } from '#lib/units/chosen.server.ts';
import { readRegistration, type RegistrationRefused } from '../registration-form.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { db, ...locals }, url }) => {
	const actor = signedIn(locals);
	const offered = await choices(db, actor);
	if (offered.units.length === 0) throw problem('access.denied');
	const unit = await chosenUnit(db, actor, url);
	return {
		choices: offered,
		key: randomUUID(),
		values: { unitId: unit.id, year: Number(today().slice(0, 4)), kind: 'model' }
	};
};

export const actions: Actions = {
	default: async ({ request, locals: { db, ...locals } }) => {
		const actor = signedIn(locals);
		const read = await readRegistration(request, { db, actor });
		if (!read.ok) return read.failure;
		const { input, key, submits, values } = read.value;
		const made: RegistrationRefused | { id: string } = await attempt(
			() => (submits ? register(db, actor, { input, key }) : draft(db, actor, input, key)),
			values
		);
		if ('status' in made) return made;
		redirect(303, `/models/${made.id}`);
	}
};
