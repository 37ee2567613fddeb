import { fail, redirect } from '@sveltejs/kit';
import { z } from 'zod';
import * as accounts from '#lib/accounts/account.server.ts';
import { AccountForm } from '#lib/accounts/account.schema.ts';
import { ROLES, unitsWhere } from '#lib/accounts/actor.ts';
import { endRole, listUnder as listRoles } from '#lib/accounts/role.server.ts';
import { signedIn } from '#lib/accounts/guard.ts';
import { attempt, fields, parse } from '#lib/server/form.ts';
import { problem } from '#lib/server/problem.ts';
import { word } from '#lib/ui/word.ts';
import { chosenUnit } from '#lib/units/chosen.server.ts';
import { get, listUnder } from '#lib/units/unit.server.ts';
import { formatDay } from '#lib/vietnamese/format.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { db, ...locals }, url }) => {
	const actor = signedIn(locals);
	const [first] = unitsWhere(actor, 'account.manage');
	if (!first) throw problem('access.denied');
	const unit = url.searchParams.has('unit') ? await chosenUnit(db, actor, url) : await get(db, actor, first);
	const [people, units] = await Promise.all([listRoles(db, actor, unit.id), listUnder(db, unit.id)]);
	return {
		unit,
		people: people.map((person) => ({ ...person, role: word('role', person.role), from: formatDay(person.from) })),
		units: units.map(({ id, name, code }) => ({ value: id, label: `${name} (${code})` })),
		roles: ROLES.map((role) => ({ value: role, label: word('role', role), hint: word('role_hint', role) })),
		done: url.searchParams.get('done')
	};
};

const EndForm = z.strictObject({ grantId: z.uuid('field_id_invalid') });

export const actions: Actions = {
	create: async ({ locals: { db, ...locals }, request, url }) => {
		const actor = signedIn(locals);
		const data = await request.formData();
		const read = parse(data, AccountForm);
		// The password is never sent back to the page.
		const values = Object.fromEntries(Object.entries(fields(data)).filter(([name]) => name !== 'password'));
		if (!read.ok) return fail(read.failure.status, { ...read.failure.data, values });
		const { unitId, role, ...person } = read.value;
		const made = await attempt(() => accounts.create(db, actor, { ...person, grants: [{ unitId, role }] }), values);
		if ('id' in made) redirect(303, after(url, 'created'));
		return made;
	},
	end: async ({ locals: { db, ...locals }, request, url }) => {
		const actor = signedIn(locals);
		const read = parse(await request.formData(), EndForm);
		if (!read.ok) return read.failure;
		const ended = await attempt(() => endRole(db, actor, read.value.grantId));
		if ('userId' in ended) redirect(303, after(url, 'ended'));
		return ended;
	}
};

function after(url: URL, done: 'created' | 'ended'): string {
	const unit = url.searchParams.get('unit');
	return `/accounts?${new URLSearchParams({ ...(unit ? { unit } : {}), done })}`;
}
