import { redirect, type ActionFailure } from '@sveltejs/kit';
import { z } from 'zod';
import type { Actor } from '#lib/accounts/actor.ts';
import { signedIn } from '#lib/accounts/guard.ts';
import { Id, Reason } from '#lib/newsroom/article.schema.ts';
import { get } from '#lib/newsroom/list.server.ts';
import * as placements from '#lib/newsroom/placement.server.ts';
import { rightsOn } from '#lib/newsroom/rights.server.ts';
import { listSections, listSites, relatives } from '#lib/newsroom/site.server.ts';
import type { Db } from '#lib/server/db.ts';
import { attempt, fields, parse, type Refusal } from '#lib/server/form.ts';
import { recordId } from '../../record.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = async ({ locals: { db, ...locals }, params }) => {
	const actor = signedIn(locals);
	const article = await get(db, actor, recordId(params.id));
	const [{ above, below }, run, rights] = await Promise.all([
		relatives(db, article.siteId),
		listSites(db, actor, 'newsroom.publish'),
		rightsOn(db, actor, article.unitId)
	]);
	const standing = new Map(article.placements.map((each) => [each.siteId, each.state]));
	const free = (sites: typeof above) =>
		sites
			.filter(({ id }) => !standing.has(id) || standing.get(id) === 'declined')
			.map(({ id, nameVi }) => ({ value: id, label: nameVi }));
	const runs = new Set(run.map(({ id }) => id));
	const shown = await Promise.all(
		article.placements.map(async (each) => ({
			...each,
			isMine: runs.has(each.siteId),
			sections: runs.has(each.siteId)
				? (await listSections(db, each.siteId))
						.filter(({ isClosed }) => !isClosed)
						.map(({ id, nameVi }) => ({ value: id, label: nameVi }))
				: []
		}))
	);
	return {
		article: { id: article.id, headline: article.headline, state: article.state },
		placements: shown,
		below: rights['newsroom.publish'] ? free(below) : [],
		above: rights['newsroom.edit'] ? free(above) : []
	};
};

const OnSite = z.strictObject({ siteId: Id });
const Accepted = OnSite.extend({ sectionId: z.union([z.literal('').transform(() => null), Id]).default(null) });
const Declined = OnSite.extend({ reason: Reason });
const Pinned = OnSite.extend({
	position: z.union([z.literal('').transform(() => null), z.coerce.number().int().min(1).max(20)]).default(null)
});

type Run<T> = (db: Db, actor: Actor, given: T & { id: string }) => Promise<unknown>;

function acting<S extends z.ZodType<{ siteId: string }>>(schema: S, run: Run<z.output<S>>) {
	return async ({ request, locals: { db, ...locals }, params, url }: RequestEvent): Promise<ActionFailure<Refusal>> => {
		const actor = signedIn(locals);
		const data = await request.formData();
		const read = parse(data, schema);
		if (!read.ok) return read.failure;
		const done = await attempt(
			() => run(db, actor, { ...read.value, id: recordId(params.id) }).then(() => null),
			fields(data)
		);
		if (done) return done;
		redirect(303, url.pathname);
	};
}

export const actions: Actions = {
	push: acting(OnSite, (db, actor, { id, siteId }) => placements.pushDown(db, actor, { id, siteIds: [siteId] })),
	propose: acting(OnSite, placements.proposeUp),
	accept: acting(Accepted, placements.accept),
	decline: acting(Declined, placements.decline),
	pin: acting(Pinned, placements.pin)
};
