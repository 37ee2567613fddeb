import { redirect } from '@sveltejs/kit';
import { randomUUID } from 'node:crypto';
import type { Actor } from '#lib/accounts/actor.ts';
import { signedIn } from '#lib/accounts/guard.ts';
import { findAct, hindrance } from '#lib/models/act.ts';
import { isPlain, perform, rightsOn, type PlainNoun } from '#lib/models/act.server.ts';
import { listWritable } from '#lib/models/choice.server.ts';
import { carryOver, replicate } from '#lib/models/continuation.server.ts';
import { get } from '#lib/models/list.server.ts';
import { PointsForm, ReplicationForm } from '#lib/models/model.schema.ts';
import { appraise, selfAssess } from '#lib/models/recognition.server.ts';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { attempt, fields, parse } from '#lib/server/form.ts';
import { problem } from '#lib/server/problem.ts';
import { readAsked } from '../../asked.ts';
import { recordId } from '../../record.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { db, ...locals }, params }) => {
	const actor = signedIn(locals);
	const act = actOf(params.act);
	const registration = await get(db, actor, recordId(params.id));
	const rights = (await rightsOn(db, actor, [registration.unitId])).get(registration.unitId) ?? {
		write: false,
		review: false
	};
	const units =
		act.asks === 'unit' ? (await listWritable(db, actor)).filter(({ id }) => id !== registration.unitId) : [];
	return {
		act,
		registration,
		hindrance: hindrance(act, registration, rights),
		units,
		year: Number(today().slice(0, 4)),
		selfMarks:
			act.verb === 'appraise' ? (registration.appraisals.find(({ stage }) => stage === 'self')?.points ?? {}) : {},
		key: randomUUID()
	};
};

export const actions: Actions = {
	default: async ({ request, locals: { db, ...locals }, params }) => {
		const actor = signedIn(locals);
		const id = recordId(params.id);
		const { noun } = actOf(params.act);
		const data = await request.formData();
		if (noun === 'replication') return replicated(db, actor, { id, data });
		if (noun === 'continuation') return continued(db, actor, { id, data });
		const failed = isPlain(noun)
			? await plain(db, actor, { id, noun, data })
			: await marked(db, actor, { id, noun, data });
		if (failed) return failed;
		redirect(303, `/models/${id}`);
	}
};

function actOf(noun: string) {
	const act = findAct(noun);
	if (!act) throw problem('input.not_found');
	return act;
}

type Sent<N> = { id: string; noun: N; data: FormData };

async function plain(db: Db, actor: Actor, { id, noun, data }: Sent<PlainNoun>) {
	const read = readAsked(actOf(noun), data);
	if (!read.ok) return read.failure;
	return attempt(() => perform(db, actor, { noun, ids: [id], ...read.value }), fields(data));
}

async function marked(db: Db, actor: Actor, { id, noun, data }: Sent<'self-assessment' | 'appraisal'>) {
	const read = parse(data, PointsForm);
	if (!read.ok) return read.failure;
	const mark = noun === 'appraisal' ? appraise : selfAssess;
	const done = await attempt(() => mark(db, actor, id, read.value), fields(data));
	return 'status' in done ? done : undefined;
}

async function replicated(db: Db, actor: Actor, { id, data }: { id: string; data: FormData }) {
	const read = parse(data, ReplicationForm);
	if (!read.ok) return read.failure;
	const made = await attempt(() => replicate(db, actor, { id, ...read.value }), fields(data));
	if ('status' in made) return made;
	redirect(303, `/models/${made.id}?done=replication`);
}

/** The next year's draft is what there is to do now, so that is where it leads. */
async function continued(db: Db, actor: Actor, { id, data }: { id: string; data: FormData }) {
	const read = readAsked(actOf('continuation'), data);
	if (!read.ok) return read.failure;
	const made = await attempt(() => carryOver(db, actor, [id], read.value.key), fields(data));
	if ('status' in made) return made;
	redirect(303, `/models/${made.ids[0] ?? id}?done=continuation`);
}
