import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { today } from '#lib/server/clock.ts';
import { PLANNED_ONCE, type Db } from '#lib/server/db.ts';
import type { View } from './view-journal.ts';

/** Views as they are counted, and what was read most. */

const MARKS_KEPT_HOURS = 24;
const JOURNALS_KEPT_DAYS = 400;
const ZONE = 'Asia/Ho_Chi_Minh';

/** The keys of hours, the same for all processes. Where the database has none it takes the one that is `known`, or makes one. */
export async function hourKeys(
	db: Db,
	hours: readonly number[],
	known: ReadonlyMap<number, Buffer>
): Promise<Map<number, Buffer>> {
	const keys = hours.map((hour) => known.get(hour) ?? randomBytes(32));
	await sql`
		insert into view_keys (hour, key) select * from unnest(${[...hours]}::integer[], ${keys}::bytea[])
		on conflict (hour) do nothing`.execute(db);
	const { rows } = await sql<{ hour: number; key: Buffer }>`
		select hour, key from view_keys where hour = any(${[...hours]}::integer[])`.execute(db);
	return new Map(rows.map(({ hour, key }) => [hour, key]));
}

/** Up to which byte a journal is counted. */
export async function foldedBytes(db: Db, journal: string): Promise<number> {
	const { rows } = await sql<{ bytes: number }>`
		select folded_bytes as bytes from view_journals where id = ${journal}`.execute(db);
	return rows[0]?.bytes ?? 0;
}

/**
 * Counts what a journal has between two bytes, unless somebody did so meanwhile: its place moves in the same statement. Of a
 * mark that is there already nothing is counted, whichever process saw it.
 */
export async function foldViews(
	db: Db,
	{ journal, from, to, views }: { journal: string; from: number; to: number; views: readonly View[] }
): Promise<void> {
	await sql`
		with moved as (
			insert into view_journals as j (id, folded_bytes) values (${journal}, ${to}::bigint)
			on conflict (id) do update set folded_bytes = excluded.folded_bytes, folded_at = clock_timestamp()
				where j.folded_bytes = ${from}::bigint
			returning id
		), seen as (
			select distinct on (hour, mark) hour, ('x' || digits)::bit(64)::bigint as mark, site_id, article_id
			from unnest(${views.map(({ hour }) => hour)}::integer[], ${views.map(({ siteId }) => siteId)}::uuid[],
				${views.map(({ articleId }) => articleId)}::uuid[], ${views.map(({ mark }) => mark)}::text[])
				v (hour, site_id, article_id, digits)
			where exists (select from moved) and exists (select from articles a where a.id = v.article_id)
				and exists (select from sites s where s.id = v.site_id)
		), counted as (
			insert into view_marks (hour, mark) select hour, mark from seen order by hour, mark
			on conflict (hour, mark) do nothing returning hour, mark
		)
		insert into article_views (article_id, site_id, on_date, view_count)
		select article_id, site_id, (to_timestamp(hour * 3600.0) at time zone ${ZONE})::date as on_date, count(*)
		from counted join seen using (hour, mark) group by 1, 2, 3 order by 1, 2, 3
		on conflict (article_id, site_id, on_date) do update set view_count = article_views.view_count + excluded.view_count`.execute(
		db
	);
}

/** Destroys the keys of hours that are over; later their marks, by which nobody is to be recognised any more. */
export async function forgetHours(db: Db, hour: number): Promise<void> {
	await sql`delete from view_keys where hour < ${hour}`.execute(db);
	await sql`delete from view_marks where hour < ${hour - MARKS_KEPT_HOURS}`.execute(db);
	await sql`
		delete from view_journals where folded_at < now() - make_interval(days => ${JOURNALS_KEPT_DAYS})`.execute(db);
}

/** How often articles `a` of a statement were read, on all sites together. */
export const VIEW_COUNT = sql<number>`
	(select coalesce(sum(v.view_count), 0)::int from article_views v where v.article_id = a.id)`;

export const PERIODS = ['week', 'month'] as const;
export type Period = (typeof PERIODS)[number];
export type MostRead = { period: Period; id: string; slug: string; headline: string; viewCount: number };

/** Weighed for each place in the list: what was read and is public no more falls out. */
const WEIGHED = 6;

/** What was read most on a site in the last 7 and the last 30 days, today included. */
export async function mostRead(db: Db, siteId: string, { limit = 5, on = today() } = {}): Promise<MostRead[]> {
	const { rows } = await sql<MostRead>`
		${PLANNED_ONCE} with counted as (
			select article_id, sum(view_count)::int as month,
				coalesce(sum(view_count) filter (where on_date > ${on}::date - 7), 0)::int as week
			from article_views where site_id = ${siteId}::uuid and on_date > ${on}::date - 30 group by article_id
		), weighed as (
			(select 'week' as period, article_id, week as view_count from counted where week > 0
				order by week desc, article_id desc limit ${limit * WEIGHED})
			union all
			(select 'month', article_id, month from counted order by month desc, article_id desc limit ${limit * WEIGHED})
		), ranked as (
			select w.period, a.id, a.slug, a.headline, w.view_count,
				row_number() over (partition by w.period order by w.view_count desc, a.id desc) as rank
			from weighed w join public_articles a on a.id = w.article_id and a.site_id = ${siteId}::uuid
		)
		select period, id, slug, headline, view_count as "viewCount" from ranked where rank <= ${limit}
		order by period desc, rank`.execute(db);
	return rows;
}
