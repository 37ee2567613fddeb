import { redirect } from '@sveltejs/kit';
import { randomUUID } from 'node:crypto';
import { signedIn } from '#lib/accounts/guard.ts';
import { findAct, hindrance } from '#lib/models/act.ts';
import { isPlain, perform, rightsOn } from '#lib/models/act.server.ts';
import { describe } from '#lib/models/list.server.ts';
import { Id } from '#lib/models/model.schema.ts';
import { attempt, fields } from '#lib/server/form.ts';
import { problem } from '#lib/server/problem.ts';
import { readAsked } from '../../asked.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { db, ...locals }, params, url }) => {
	const actor = signedIn(locals);
	const act = bulkAct(params.act);
	const found = [...(await describe(db, actor, selection(url))).values()];
	const rights = await rightsOn(
		db,
		actor,
		found.map((row) => row.unitId)
	);
	const none = { write: false, review: false };
	const rows = found.map((row) => ({ ...row, hindrance: hindrance(act, row, rights.get(row.unitId) ?? none) }));
	const possible = rows.filter((row) => row.hindrance === null).map((row) => row.id);
	return {
		act,
		rows,
		possible: { count: possible.length, href: bulkHref(url, possible) },
		key: randomUUID(),
		back: listHref(url)
	};
};

export const actions: Actions = {
	default: async ({ request, locals: { db, ...locals }, params, url }) => {
		const actor = signedIn(locals);
		const act = bulkAct(params.act);
		const data = await request.formData();
		const read = readAsked(act, data);
		if (!read.ok) return read.failure;
		const ids = selection(url);
		const failed = await attempt(() => perform(db, actor, { noun: act.noun, ids, ...read.value }), fields(data));
		if (failed) return failed;
		redirect(303, `${listHref(url)}${url.searchParams.has('unit') ? '&' : '?'}done=${ids.length}&act=${act.noun}`);
	}
};

function bulkAct(noun: string) {
	const act = findAct(noun);
	if (!act?.bulk || !isPlain(act.noun)) throw problem('input.not_found');
	return { ...act, noun: act.noun };
}

/** The selection as the address holds it; what is no id was not selected. */
function selection(url: URL): string[] {
	return [...new Set(url.searchParams.getAll('id'))].filter((id) => Id.safeParse(id).success);
}

function bulkHref(url: URL, ids: readonly string[]): string {
	const parameters = new URLSearchParams(ids.map((id) => ['id', id]));
	const unit = url.searchParams.get('unit');
	if (unit) parameters.set('unit', unit);
	return `${url.pathname}?${parameters}`;
}

function listHref(url: URL): string {
	const unit = url.searchParams.get('unit');
	return unit ? `/models?${new URLSearchParams({ unit })}` : '/models';
}
