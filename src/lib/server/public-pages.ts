import { sql } from 'kysely';
import type { Db } from './db.ts';

/** Public pages are kept in memory; whatever they show, and whichever noun it belongs to, says here when it changes. */

/** The channel on which who keeps public pages hears, after commit, what of them is old. */
export const FRESHNESS_CHANNEL = 'kheo_public';

/** What has changed for the public: everything of these sites, or what shows one article. */
export type Stale = { siteIds: string[]; articleId?: string; pictureId?: string };

/** Tells every process, when the transaction commits and only then, which public pages are no longer as they were. */
export async function tellStale(tx: Db, stale: Stale): Promise<void> {
	await sql`select pg_notify(${FRESHNESS_CHANNEL}, ${JSON.stringify(stale)})`.execute(tx);
}
