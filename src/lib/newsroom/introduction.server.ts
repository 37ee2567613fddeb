import { sql } from 'kysely';
import type { Actor } from '#lib/accounts/actor.ts';
import { findRecognised, type Recognised } from '#lib/models/public.server.ts';
import { PLANNED_ONCE, type Db, type Tx } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { change, tellArticleStale } from './change.server.ts';
import { LINE_COLUMNS, LINES, type ListedPublic } from './public.server.ts';

/**
 * Articles that introduce recognised models: what a model is about, and its pictures, reach the public as a text of the newsroom
 * that was edited, approved and published, and never as what officers wrote to offices.
 */

/** A model that an article introduces, by one of its registrations; `model` null: it is not recognised any more, nor shown. */
export type Introduced = { registrationId: string; model: Recognised | null };

type Wanted = { id: string; registrationId: string };

/** Lets an article introduce a model. Throws `article.model_not_recognised`. */
export async function introduce(db: Db, actor: Actor, wanted: Wanted): Promise<void> {
	await changeIntroduction(db, actor, { ...wanted, told: 'introduce', write: writeIntroduction });
}

/** An article introduces a model no more. */
export async function endIntroduction(db: Db, actor: Actor, wanted: Wanted): Promise<void> {
	await changeIntroduction(db, actor, { ...wanted, told: 'end_introduction', write: eraseIntroduction });
}

type Written = { articleId: string; registrationId: string; actionId: string };
type Changing = Wanted & { told: string; write: (tx: Tx, written: Written) => Promise<void> };

async function changeIntroduction(db: Db, actor: Actor, { id, registrationId, told, write }: Changing): Promise<void> {
	await change(db, actor, {
		id,
		verb: 'save',
		told,
		effect: async (tx, held, actionId) => {
			await write(tx, { articleId: held.id, registrationId, actionId });
			await tellArticleStale(tx, held.id);
			return { result: null, details: { registration: registrationId } };
		}
	});
}

/** The same for an article that is being made. */
export async function writeIntroduction(tx: Tx, { articleId, registrationId, actionId }: Written): Promise<void> {
	if (!(await findRecognised(tx, [registrationId])).has(registrationId)) throw problem('article.model_not_recognised');
	await sql`
		insert into article_models (article_id, registration_id, action_id)
		values (${articleId}::uuid, ${registrationId}::uuid, ${actionId}::uuid) on conflict do nothing`.execute(tx);
}

async function eraseIntroduction(tx: Tx, { articleId, registrationId }: Written): Promise<void> {
	await sql`
		delete from article_models where article_id = ${articleId}::uuid and registration_id = ${registrationId}::uuid`.execute(
		tx
	);
}

/** The models that an article introduces. The caller has checked that the article may be seen. */
export async function listIntroduced(db: Db, articleId: string): Promise<Introduced[]> {
	const { rows } = await sql<{ id: string }>`
		select registration_id as id from article_models where article_id = ${articleId}::uuid order by 1`.execute(db);
	const found = await findRecognised(
		db,
		rows.map(({ id }) => id)
	);
	return rows.map(({ id }) => ({ registrationId: id, model: found.get(id) ?? null }));
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
