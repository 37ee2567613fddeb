import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { signedIn } from '#lib/accounts/guard.ts';
import { attempt, parse } from '#lib/server/form.ts';
import { problem } from '#lib/server/problem.ts';
import { attribute, AttributionForm, listUndivided, undividedCases } from '#lib/units/attribution.server.ts';
import { may } from '#lib/units/authority.server.ts';
import { formatDay } from '#lib/vietnamese/format.ts';
import type { Actions, PageServerLoad } from './$types';

const Id = z.uuid();

export const load: PageServerLoad = async ({ locals: { db, ...locals }, url }) => {
	const actor = signedIn(locals);
	const chosen = unitOf(url);
	const [units, found, attributes] = await Promise.all([
		listUndivided(db, actor),
		chosen ? undividedCases(db, actor, chosen) : null,
		chosen ? may(db, actor, 'unit.attribute', chosen) : false
	]);
	const done = Number(url.searchParams.get('attributed'));
	return {
		units: units.map((unit) => ({ ...unit, day: formatDay(unit.day) })),
		found: found && { ...found, unit: { ...found.unit, day: formatDay(found.unit.day) } },
		attributes,
		attributed: Number.isInteger(done) && done > 0 ? done : 0
	};
};

function unitOf(url: URL): string | null {
	const asked = url.searchParams.get('unit');
	if (asked === null) return null;
	const id = Id.safeParse(asked);
	if (!id.success) throw problem('input.not_found');
	return id.data;
}

export const actions: Actions = {
	attribute: async ({ locals: { db, ...locals }, request, url }) => {
		const actor = signedIn(locals);
		const unitId = unitOf(url);
		if (!unitId) throw problem('input.not_found');
		const read = parse(await request.formData(), AttributionForm);
		if (!read.ok) return read.failure;
		const done = await attempt(() => attribute(db, actor, { ...read.value, unitId }), read.value);
		if ('status' in done) return done;
		redirect(303, `/units/undivided?unit=${unitId}&attributed=${done.attributed}`);
	}
};
