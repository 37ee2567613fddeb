import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { unitsWhere } from '#lib/accounts/actor.ts';
import { endRole, isNamed, listUnder as listRoles } from '#lib/accounts/role.server.ts';
import { signedIn } from '#lib/accounts/guard.ts';
import { attempt, parse } from '#lib/server/form.ts';
import { problem } from '#lib/server/problem.ts';
import { word } from '#lib/ui/word.ts';
import { chosenUnit } from '#lib/units/chosen.server.ts';
import { get } from '#lib/units/unit.server.ts';
import { formatDay } from '#lib/vietnamese/format.ts';
import type { Actions, PageServerLoad } from './$types';

const SEARCH_AT_MOST = 200;

export const load: PageServerLoad = async ({ locals: { db, ...locals }, url }) => {
	const actor = signedIn(locals);
	const [first] = unitsWhere(actor, 'account.manage');
	if (!first) throw problem('access.denied');
	const unit = url.searchParams.has('unit') ? await chosenUnit(db, actor, url) : await get(db, actor, first);
	const search = (url.searchParams.get('q') ?? '').trim().slice(0, SEARCH_AT_MOST);
	const people = await listRoles(db, actor, unit.id);
	return {
		unit,
		search,
		people: people
			.filter((person) => isNamed(person, search))
			.map((person) => ({ ...person, role: word('role', person.role), from: formatDay(person.from) })),
		done: url.searchParams.get('done')
	};
};

const EndForm = z.strictObject({ grantId: z.uuid('field_id_invalid') });

export const actions: Actions = {
	end: async ({ locals: { db, ...locals }, request, url }) => {
		const actor = signedIn(locals);
		const read = parse(await request.formData(), EndForm);
		if (!read.ok) return read.failure;
		const ended = await attempt(() => endRole(db, actor, read.value.grantId));
		if ('userId' in ended) redirect(303, after(url, 'ended'));
		return ended;
	}
};

function after(url: URL, done: 'ended'): string {
	const unit = url.searchParams.get('unit');
	return `/accounts?${new URLSearchParams({ ...(unit ? { unit } : {}), done })}`;
}
