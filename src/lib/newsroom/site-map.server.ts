import { sql } from 'kysely';
import type { Db } from '#lib/server/db.ts';
import { rootOf } from './frame.server.ts';
import type { Site } from './site.ts';

/** A map of a site holds so many addresses by its own rules; the newest stand in it. */
const MOST = 50_000;
/** News maps hold what is younger than two days. */
const NEWS_HOURS = 48;
const NEWS_MOST = 1000;

export type Mapped = { slug: string; headline: string; shownAt: Date; changedAt: Date };

/** The articles at home on a site, newest first: those of others have their one address there. */
export async function listMapped(db: Db, siteId: string, { isNews }: { isNews: boolean }): Promise<Mapped[]> {
	const young = isNews ? sql`and a.shown_at > statement_timestamp() - make_interval(hours => ${NEWS_HOURS})` : sql``;
	const { rows } = await sql<Mapped>`
		select a.slug, a.headline, a.shown_at as "shownAt", greatest(a.shown_at, a.recorded_at) as "changedAt"
		from public_articles a where a.site_id = ${siteId}::uuid and a.way = 'home' and not a.is_source_canonical ${young}
		order by a.shown_at desc, a.id desc limit ${isNews ? NEWS_MOST : MOST - 1000}`.execute(db);
	return rows;
}

/** Scheme, host and path of every open site: for the map of maps. */
export async function listRoots(db: Db, origin: string): Promise<string[]> {
	const { rows } = await sql<Pick<Site, 'host' | 'slug'>>`
		select host, slug from sites where opened_at <= statement_timestamp()
			and (closed_at is null or closed_at > statement_timestamp()) order by slug limit ${MOST}`.execute(db);
	return rows.map((site) => rootOf(site, origin));
}
