import { sql } from 'kysely';
import type { Actor } from '#lib/accounts/actor.ts';
import { findRecognised } from '#lib/models/public.server.ts';
import { PLANNED_ONCE, type Db, type Tx } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { change, tellArticleStale } from './change.server.ts';
import { LINE_COLUMNS, LINES, type ListedPublic } from './public.server.ts';

/**
 * Articles that introduce recognised models: what a model is about, and its pictures, reach the public as a text of the newsroom
 * that was edited, approved and published, and never as what officers wrote to offices.
 */

/** A model that an article introduces, by one of its registrations. */
export type Introduced = { registrationId: string; name: string; unitName: string; year: number };

/** Lets an article introduce a model. Throws `article.model_not_recognised`. */
export async function introduce(
	db: Db,
	actor: Actor,
	{ id, registrationId }: { id: string; registrationId: string }
): Promise<void> {
	await change(db, actor, {
		id,
		verb: 'save',
		told: 'introduce',
		effect: async (tx, held, actionId) => {
			const name = await writeIntroduction(tx, { articleId: held.id, registrationId, actionId });
			await tellArticleStale(tx, held.id);
			return { result: null, details: { registration: registrationId, name } };
		}
	});
}

/** The same for an article that is being made. Answers the model's name. */
export async function writeIntroduction(
	tx: Tx,
	{ articleId, registrationId, actionId }: { articleId: string; registrationId: string; actionId: string }
): Promise<string> {
	const model = await findRecognised(tx, registrationId);
	if (!model) throw problem('article.model_not_recognised');
	await sql`
		insert into article_models (article_id, registration_id, action_id)
		values (${articleId}::uuid, ${registrationId}::uuid, ${actionId}::uuid) on conflict do nothing`.execute(tx);
	return model.name;
}

/** An article introduces a model no more. */
export async function endIntroduction(
	db: Db,
	actor: Actor,
	{ id, registrationId }: { id: string; registrationId: string }
): Promise<void> {
	await change(db, actor, {
		id,
		verb: 'save',
		told: 'end_introduction',
		effect: async (tx, held) => {
			await sql`
				delete from article_models where article_id = ${held.id}::uuid and registration_id = ${registrationId}::uuid`.execute(
				tx
			);
			await tellArticleStale(tx, held.id);
			return { result: null, details: { registration: registrationId } };
		}
	});
}

/** The models that an article introduces. The caller has checked that the article may be seen. */
export async function listIntroduced(db: Db, articleId: string): Promise<Introduced[]> {
	const { rows } = await sql<{ id: string }>`
		select registration_id as id from article_models where article_id = ${articleId}::uuid order by 1`.execute(db);
	const found = await Promise.all(rows.map(({ id }) => findRecognised(db, id)));
	return found.flatMap((model, at) => {
		const { name, unitName, year } = model ?? { name: '', unitName: '', year: 0 };
		return [{ registrationId: rows[at]?.id ?? '', name, unitName, year }];
	});
}

/** What a site shows of models: of each registration, also by another year of the same model, its articles, the newest first. */
export async function publicIntroductions(
	db: Db,
	siteId: string,
	registrationIds: readonly string[]
): Promise<Map<string, ListedPublic[]>> {
	const { rows } = await sql<ListedPublic & { registrationId: string }>`
		${PLANNED_ONCE} with told as (
			select distinct r.id as registration_id, told.article_id
			from registrations r
			join registrations alike on alike.model_id = r.model_id
			join article_models told on told.registration_id = alike.id
			where r.id = any(${[...registrationIds]}::uuid[])
		)
		select told.registration_id as "registrationId", ${LINE_COLUMNS} from told join ${LINES} on a.id = told.article_id
		where a.site_id = ${siteId}::uuid order by a.shown_at desc, a.id desc`.execute(db);
	return Map.groupBy(rows, ({ registrationId }) => registrationId);
}
