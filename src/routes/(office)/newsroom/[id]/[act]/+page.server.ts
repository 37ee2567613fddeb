import { redirect } from '@sveltejs/kit';
import type { Actor } from '#lib/accounts/actor.ts';
import { signedIn } from '#lib/accounts/guard.ts';
import { findAct, hindrance, type Noun } from '#lib/newsroom/act.ts';
import { instantOf, NoteForm, PublicationForm, ReasonForm } from '#lib/newsroom/article.schema.ts';
import { stepsToPublish } from '#lib/newsroom/article.ts';
import { get } from '#lib/newsroom/list.server.ts';
import {
	approve,
	correct,
	finishEditing,
	giveBack,
	publishThrough,
	withdraw
} from '#lib/newsroom/publication.server.ts';
import { rightsOn, standingOf } from '#lib/newsroom/rights.server.ts';
import type { Db } from '#lib/server/db.ts';
import { attempt, fields, parse, type Refusal } from '#lib/server/form.ts';
import { problem } from '#lib/server/problem.ts';
import { recordId } from '../../record.ts';
import type { ActionFailure } from '@sveltejs/kit';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { db, ...locals }, params }) => {
	const actor = signedIn(locals);
	const act = actOf(params.act);
	const { id, headline, siteName, state, ...article } = await get(db, actor, recordId(params.id));
	const standing = standingOf({ id, headline, siteName, state, ...article });
	return {
		act,
		article: { id, headline, siteName, state },
		hindrance: hindrance(act, standing, await rightsOn(db, actor, article.unitId)),
		earlierAt: act.verb === 'publish' ? article.earlierAt : null,
		steps: act.verb === 'publish' ? (stepsToPublish(state) ?? []) : []
	};
};

export const actions: Actions = {
	default: async ({ request, locals: { db, ...locals }, params }) => {
		const actor = signedIn(locals);
		const id = recordId(params.id);
		const failed = await COMMANDS[actOf(params.act).noun](db, actor, { id, data: await request.formData() });
		if (failed) return failed;
		redirect(303, `/newsroom/${id}`);
	}
};

type Sent = { id: string; data: FormData };
type Command = (db: Db, actor: Actor, sent: Sent) => Promise<ActionFailure<Refusal> | void>;

const COMMANDS: Readonly<Record<Noun, Command>> = {
	editing: (db, actor, { id }) => attempt(() => finishEditing(db, actor, id)),
	approval: (db, actor, { id }) => attempt(() => approve(db, actor, id)),
	publication: async (db, actor, { id, data }) => {
		const read = parse(data, PublicationForm);
		if (!read.ok) return read.failure;
		const done = await attempt(() => publishThrough(db, actor, { id, at: instantOf(read.value) }), fields(data));
		return 'status' in done ? done : undefined;
	},
	correction: async (db, actor, { id, data }) => {
		const read = parse(data, NoteForm);
		return read.ok ? attempt(() => correct(db, actor, { id, note: read.value.note }), fields(data)) : read.failure;
	},
	return: async (db, actor, { id, data }) => {
		const read = parse(data, ReasonForm);
		return read.ok ? attempt(() => giveBack(db, actor, { id, reason: read.value.reason }), fields(data)) : read.failure;
	},
	withdrawal: async (db, actor, { id, data }) => {
		const read = parse(data, ReasonForm);
		return read.ok ? attempt(() => withdraw(db, actor, { id, reason: read.value.reason }), fields(data)) : read.failure;
	}
};

function actOf(noun: string) {
	const act = findAct(noun);
	if (!act) throw problem('input.not_found');
	return act;
}
