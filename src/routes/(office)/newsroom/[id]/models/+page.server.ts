import { redirect, type ActionFailure } from '@sveltejs/kit';
import { z } from 'zod';
import type { Actor } from '#lib/accounts/actor.ts';
import { signedIn } from '#lib/accounts/guard.ts';
import { ModelAddress } from '#lib/newsroom/article.schema.ts';
import { endIntroduction, introduce, listIntroduced } from '#lib/newsroom/introduction.server.ts';
import { get } from '#lib/newsroom/list.server.ts';
import { rightsOn } from '#lib/newsroom/rights.server.ts';
import type { Db } from '#lib/server/db.ts';
import { attempt, fields, parse, type Refusal } from '#lib/server/form.ts';
import { recordId } from '../../record.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = async ({ locals: { db, ...locals }, params }) => {
	const actor = signedIn(locals);
	const article = await get(db, actor, recordId(params.id));
	const [models, rights] = await Promise.all([listIntroduced(db, article.id), rightsOn(db, actor, article.unitId)]);
	return {
		article: { id: article.id, headline: article.headline },
		models,
		mayWrite: rights['newsroom.write']
	};
};

const Model = z.strictObject({ model: ModelAddress });

type Run = (db: Db, actor: Actor, given: { id: string; registrationId: string }) => Promise<void>;

function acting(run: Run) {
	return async ({ request, locals: { db, ...locals }, params, url }: RequestEvent): Promise<ActionFailure<Refusal>> => {
		const actor = signedIn(locals);
		const data = await request.formData();
		const read = parse(data, Model);
		if (!read.ok) return read.failure;
		const given = { id: recordId(params.id), registrationId: read.value.model };
		const done = await attempt(() => run(db, actor, given).then(() => null), fields(data));
		if (done) return done;
		redirect(303, url.pathname);
	};
}

export const actions: Actions = { add: acting(introduce), end: acting(endIntroduction) };
