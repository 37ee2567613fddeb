import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Actor } from '#lib/accounts/actor.ts';
import { command } from '#lib/actions/action.server.ts';
import { inTransaction, type Db, type Tx } from '#lib/server/db.ts';
import { create, type Filing, type Text } from './article.server.ts';
import { actionOf, hold } from './change.server.ts';
import { addRedirect, publishThrough } from './publication.server.ts';
import { holdSite } from './site.server.ts';

/** Articles that were public before, on the site that an office had: they keep their day and their addresses. */

/** For what was public elsewhere before: through all steps at once, with the day it had; at no hour to come. */
export async function publishEarlier(
	db: Db,
	actor: Actor,
	{ id, at }: { id: string; at: Date }
): Promise<{ slug: string }> {
	return inTransaction(db, async (tx) => {
		await keepDay(tx, id, at);
		return publishThrough(tx, actor, { id, at: null });
	});
}

export type Taken = {
	siteId: string;
	text: Text;
	filing: Filing & { commentsOpen: boolean };
	/** Old addresses below the root of the site, with their query; at least one. */
	paths: readonly string[];
	/** When it was published there; null: nobody knows. */
	at: Date | null;
	/** Null: it is published; else it stays a draft, and who opens it reads why. */
	draftReason: string | null;
};

/**
 * Takes over an article with its day and its old addresses, in one transaction. One whose address is known on the site is there
 * already and is left as it is: answers that, so that an import may be run again.
 */
export async function takeOver(
	db: Db,
	actor: Actor,
	{ siteId, text, filing, paths, at, draftReason }: Taken
): Promise<{ id: string; isThere: boolean }> {
	return inTransaction(db, async (tx) => {
		await holdSite(tx, siteId);
		const [known] = await findTaken(tx, siteId, paths);
		if (known) return { id: known.id, isThere: true };
		const { id } = await create(tx, actor, { siteId, text, filing });
		await command(tx, actor, async (inner) => {
			const held = await hold(inner, id);
			const actionId = newId();
			for (const path of paths) await addRedirect(inner, { siteId, path, articleId: id, actionId });
			if (at) await keepDay(inner, id, at);
			const details = { paths, at: at?.toISOString() ?? null };
			return {
				result: null,
				actions: [actionOf(held, { id: actionId, verb: 'take_over', reason: draftReason, details })]
			};
		});
		if (draftReason === null) await publishThrough(tx, actor, { id, at: null });
		return { id, isThere: false };
	});
}

/** Which of these old addresses of a site are known, and of what. */
export async function findTaken(
	db: Db,
	siteId: string,
	paths: readonly string[]
): Promise<{ path: string; id: string; slug: string | null }[]> {
	const { rows } = await sql<{ path: string; id: string; slug: string | null }>`
		select r.path, a.id, a.slug from article_redirects r join articles a on a.id = r.article_id
		where r.site_id = ${siteId}::uuid and r.path = any(${[...paths]}::text[])`.execute(db);
	return rows;
}

async function keepDay(tx: Tx, id: string, at: Date): Promise<void> {
	await sql`
		update articles set earlier_at = least(${at}::timestamptz, date_trunc('milliseconds', statement_timestamp()))
		where id = ${id}::uuid`.execute(tx);
}
