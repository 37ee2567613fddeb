import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { InvitationForm } from '#lib/accounts/account.schema.ts';
import { ROLES, unitsWhere } from '#lib/accounts/actor.ts';
import { signedIn } from '#lib/accounts/guard.ts';
import * as invitations from '#lib/accounts/invitation.server.ts';
import { today } from '#lib/server/clock.ts';
import { attempt, fields, parse } from '#lib/server/form.ts';
import { problem } from '#lib/server/problem.ts';
import { word } from '#lib/ui/word.ts';
import { chosenUnit } from '#lib/units/chosen.server.ts';
import { get, listUnder } from '#lib/units/unit.server.ts';
import { dayPlus } from '#lib/vietnamese/day.ts';
import { formatDay, formatInstant } from '#lib/vietnamese/format.ts';
import { printed } from '../slip.server.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { db, ...locals }, url }) => {
	const actor = signedIn(locals);
	const [first] = unitsWhere(actor, 'account.manage');
	if (!first) throw problem('access.denied');
	const unit = url.searchParams.has('unit') ? await chosenUnit(db, actor, url) : await get(db, actor, first);
	const [open, units] = await Promise.all([invitations.listOpen(db, actor, unit.id), listUnder(db, unit.id)]);
	return {
		unit,
		open: open.map((one) => ({
			userId: one.userId,
			name: one.name,
			email: one.email,
			units: one.units.join('; '),
			roles: one.roles.map((role) => word('role', role)).join('; '),
			until: one.expiresAt && !one.isExpired ? formatInstant(one.expiresAt) : null
		})),
		units: units.map(({ id, name, code }) => ({ value: id, label: `${name} (${code})` })),
		roles: ROLES.map((role) => ({ value: role, label: word('role', role), hint: word('role_hint', role) })),
		today: formatDay(today()),
		sendsMail: locals.site.sendsMail,
		done: url.searchParams.get('done')
	};
};

const PersonForm = z.strictObject({ userId: z.uuid('field_id_invalid') });
const AgainForm = PersonForm.extend({ delivery: z.enum(['mail', 'slip'], 'field_choose') });

export const actions: Actions = {
	invite: async ({ locals, request, url }) => {
		const actor = signedIn(locals);
		const data = await request.formData();
		const read = parse(data, InvitationForm);
		if (!read.ok) return read.failure;
		const { name, email, unitId, roles, from, lastDay, delivery } = read.value;
		const grants = roles.map((role) => ({ unitId, role }));
		const person = { name, email, grants, from, until: lastDay && dayPlus(lastDay, 1) };
		const made = await attempt(
			() => invitations.invite(locals.db, actor, { person, delivery, site: locals.site }),
			fields(data)
		);
		if (!('userId' in made)) return made;
		return { slip: printed(made, 'invitation') ?? redirect(303, after(url, 'invited')) };
	},
	again: async ({ locals, request, url }) => {
		const actor = signedIn(locals);
		const read = parse(await request.formData(), AgainForm);
		if (!read.ok) return read.failure;
		const made = await attempt(() => invitations.reissue(locals.db, actor, { ...read.value, site: locals.site }));
		if (!('userId' in made)) return made;
		return { slip: printed(made, 'invitation') ?? redirect(303, after(url, 'invited')) };
	},
	revoke: async ({ locals, request, url }) => {
		const actor = signedIn(locals);
		const read = parse(await request.formData(), PersonForm);
		if (!read.ok) return read.failure;
		const refused = await attempt(() => invitations.revoke(locals.db, actor, read.value.userId));
		if (refused) return refused;
		redirect(303, after(url, 'revoked'));
	}
};

function after(url: URL, done: 'invited' | 'revoked'): string {
	const unit = url.searchParams.get('unit');
	return `/accounts/invitations?${new URLSearchParams({ ...(unit ? { unit } : {}), done })}`;
}
