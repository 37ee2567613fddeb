import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Actor } from '#lib/accounts/actor.ts';
import { command, type NewAction } from '#lib/actions/action.server.ts';
import type { Db, Tx } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { tellStale } from '#lib/server/public-pages.ts';
import { authorise } from '#lib/units/authority.server.ts';
import { allowed, may, needs, type Kind, type State, type Verb } from './article.ts';

/** An article as it is held while something is decided on it. */
export type Held = {
	id: string;
	homeId: string;
	unitId: string;
	siteId: string;
	sectionId: string | null;
	kind: Kind;
	slug: string | null;
	state: State;
	version: number;
	lastVersion: number;
	publicVersion: number | null;
	headline: string;
	commentsOpen: boolean;
	publishedAt: Date | null;
	/** The day it had on the site it was taken over from. */
	earlierAt: Date | null;
};

export type Change<T> = {
	id: string;
	verb: Verb;
	/** What the log calls it, where that is not the verb. */
	told?: string;
	reason?: string | null;
	key?: string | undefined;
	/** Runs after the row is locked, and right and state are checked. */
	effect: (
		tx: Tx,
		held: Held,
		actionId: string
	) => Promise<{ result: T; details?: Record<string, unknown>; told?: string }>;
};

/** The one way in which an article changes: locked, the actor's right and the state checked, one action written. */
export async function change<T>(db: Db, actor: Actor, wanted: Change<T>): Promise<T> {
	return command(
		db,
		actor,
		async (tx) => {
			const held = await hold(tx, wanted.id);
			await authorise(tx, actor, needs(held.state, wanted.verb), held.unitId);
			refuseUnlessAllowed(held, wanted.verb);
			const actionId = newId();
			const { result, details = {}, told } = await wanted.effect(tx, held, actionId);
			const verb = told ?? wanted.told ?? wanted.verb;
			return { result, actions: [actionOf(held, { id: actionId, verb, reason: wanted.reason ?? null, details })] };
		},
		wanted.key
	);
}

const COLUMNS = sql<Held>`a.id, a.home_id as "homeId", a.unit_id as "unitId", a.site_id as "siteId", a.section_id as "sectionId",
	a.kind, a.slug, a.state, a.version, a.last_version as "lastVersion", a.public_version as "publicVersion", a.headline,
	a.comments_open as "commentsOpen", a.published_at as "publishedAt", a.earlier_at as "earlierAt"`;

/** The article, locked until the transaction ends. Throws `article.not_found`. */
export async function hold(tx: Tx, id: string): Promise<Held> {
	const { rows } = await sql<Held>`select ${COLUMNS} from articles a where a.id = ${id}::uuid for update`.execute(tx);
	if (!rows[0]) throw problem('article.not_found', { id });
	return rows[0];
}

function refuseUnlessAllowed(held: Held, verb: Verb): void {
	if (may(held.state, verb)) return;
	throw problem('article.state_conflict', {
		headline: held.headline,
		state: held.state,
		verb,
		allowed: allowed(held.state).join(', ')
	});
}

export function actionOf(
	held: Pick<Held, 'id' | 'homeId' | 'unitId'>,
	action: Pick<NewAction, 'id' | 'verb' | 'reason' | 'details'>
): NewAction {
	return { ...action, homeId: held.homeId, noun: 'article', recordId: held.id, unitId: held.unitId };
}

/** Tells who keeps pages that an article is no longer as it was, on every site where it stands. */
export async function tellArticleStale(tx: Db, articleId: string): Promise<void> {
	const { rows } = await sql<{ siteId: string }>`
		select site_id as "siteId" from placements where article_id = ${articleId}::uuid and state = 'accepted'`.execute(tx);
	await tellStale(tx, { siteIds: rows.map(({ siteId }) => siteId), articleId });
}
