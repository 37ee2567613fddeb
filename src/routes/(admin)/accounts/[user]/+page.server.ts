import { redirect } from '@sveltejs/kit';
import { EndRoleForm, RoleForm } from '#lib/accounts/account.schema.ts';
import { ROLES, unitsWhere } from '#lib/accounts/actor.ts';
import { signedIn } from '#lib/accounts/guard.ts';
import * as roles from '#lib/accounts/role.server.ts';
import { today } from '#lib/server/clock.ts';
import { attempt, fields, parse } from '#lib/server/form.ts';
import { problem } from '#lib/server/problem.ts';
import { word } from '#lib/ui/word.ts';
import { chosenUnit } from '#lib/units/chosen.server.ts';
import { get, listUnder } from '#lib/units/unit.server.ts';
import { dayPlus } from '#lib/vietnamese/day.ts';
import { formatDay } from '#lib/vietnamese/format.ts';
import { lineOf } from '../../../role-line.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { db, ...locals }, params, url }) => {
	const actor = signedIn(locals);
	const [first] = unitsWhere(actor, 'account.manage');
	if (!first) throw problem('access.denied');
	const unit = url.searchParams.has('unit') ? await chosenUnit(db, actor, url) : await get(db, actor, first);
	const person = await roles.getPerson(db, actor, { userId: params.user, unitId: unit.id });
	const units = await listUnder(db, unit.id);
	return {
		unit,
		id: params.user,
		name: person.name,
		email: person.email,
		held: person.roles.map(lineOf),
		units: units.map(({ id, name, code }) => ({ value: id, label: `${name} (${code})` })),
		roles: ROLES.map((role) => ({ value: role, label: word('role', role), hint: word('role_hint', role) })),
		today: formatDay(today()),
		done: url.searchParams.get('done')
	};
};

export const actions: Actions = {
	grant: async ({ locals: { db, ...locals }, params, request, url }) => {
		const actor = signedIn(locals);
		const data = await request.formData();
		const read = parse(data, RoleForm);
		if (!read.ok) return read.failure;
		const { lastDay, ...role } = read.value;
		const until = lastDay && dayPlus(lastDay, 1);
		const given = await attempt(() => roles.grant(db, actor, { ...role, until, userId: params.user }), fields(data));
		if ('userId' in given) redirect(303, after(url, params.user, 'granted'));
		return given;
	},
	end: async ({ locals: { db, ...locals }, request, url }) => {
		const actor = signedIn(locals);
		const read = parse(await request.formData(), EndRoleForm);
		if (!read.ok) return read.failure;
		const ended = await attempt(() => roles.endRole(db, actor, read.value.grantId));
		if ('userId' in ended) redirect(303, after(url, null, 'ended'));
		return ended;
	}
};

/** Who lost the last role is no longer on a page of their own. */
function after(url: URL, user: string | null, done: 'granted' | 'ended'): string {
	const unit = url.searchParams.get('unit');
	return `/accounts${user ? `/${user}` : ''}?${new URLSearchParams({ ...(unit ? { unit } : {}), done })}`;
}
