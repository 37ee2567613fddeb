import { redirect } from '@sveltejs/kit';
import { DelegationForm, EndRoleForm } from '#lib/accounts/account.schema.ts';
import { signedIn } from '#lib/accounts/guard.ts';
import * as roles from '#lib/accounts/role.server.ts';
import { today } from '#lib/server/clock.ts';
import { attempt, fields, parse } from '#lib/server/form.ts';
import { word } from '#lib/ui/word.ts';
import { dayPlus } from '#lib/vietnamese/day.ts';
import { formatDay } from '#lib/vietnamese/format.ts';
import { lineOf } from '../../../role-line.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { db, ...locals }, url }) => {
	const actor = signedIn(locals);
	const { held, lent } = await roles.listOwn(db, actor);
	return {
		held: held.map(lineOf),
		lent: lent.map(lineOf),
		choices: held
			.filter((one) => one.lentBy === null)
			.map((one) => ({ value: one.grantId, label: `${word('role', one.role)} – ${one.unitName}` })),
		today: formatDay(today()),
		done: url.searchParams.get('done')
	};
};

export const actions: Actions = {
	delegate: async ({ locals: { db, ...locals }, request }) => {
		const actor = signedIn(locals);
		const data = await request.formData();
		const read = parse(data, DelegationForm);
		if (!read.ok) return read.failure;
		const { lastDay, ...wanted } = read.value;
		const until = dayPlus(lastDay, 1);
		const lent = await attempt(() => roles.delegate(db, actor, { ...wanted, until }), fields(data));
		if ('userId' in lent) redirect(303, '/account/delegation?done=lent');
		return lent;
	},
	end: async ({ locals: { db, ...locals }, request }) => {
		const actor = signedIn(locals);
		const read = parse(await request.formData(), EndRoleForm);
		if (!read.ok) return read.failure;
		const ended = await attempt(() => roles.endRole(db, actor, read.value.grantId));
		if ('userId' in ended) redirect(303, '/account/delegation?done=ended');
		return ended;
	}
};
