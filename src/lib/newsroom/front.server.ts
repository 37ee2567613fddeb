import { sql } from 'kysely';
import { PLANNED_ONCE, type Db } from '#lib/server/db.ts';
import { LINE_COLUMNS, LINES, type Counted, type ListedPublic } from './public.server.ts';
import { VIEW_COUNT } from './view.server.ts';

export type Front = {
	/** What the newsroom keeps at the head, then the newest. */
	head: Counted<ListedPublic>[];
	/** The newest of each open section, by the section's id. */
	bySection: Map<string, ListedPublic[]>;
};

/** The front page of a site, in one statement: `head` lines, and as many of each section as `ofSection` says. */
export async function publicFront(
	db: Db,
	siteId: string,
	{ head, ofSection }: { head: number; ofSection: number }
): Promise<Front> {
	const most = sql.lit(head);
	const { rows } = await sql<Counted<ListedPublic> & { listedIn: string | null }>`
		${PLANNED_ONCE} with newest as (
			select id, position, shown_at from public_articles n where n.site_id = ${siteId}::uuid
			order by n.shown_at desc, n.id desc limit ${most}
		), kept as (
			select id, position, shown_at from public_articles k where k.site_id = ${siteId}::uuid and k.position is not null
		), front as (
			select * from newest union select * from kept order by position nulls last, shown_at desc, id desc limit ${most}
		), listed as (
			select null::uuid as section_id, id from front
			union all
			select s.id, newest_there.id from site_sections s
			cross join lateral (
				select n.id from public_articles n where n.section_id = s.id and n.site_id = s.site_id
				order by n.shown_at desc, n.id desc limit ${sql.lit(ofSection)}) newest_there
			where s.site_id = ${siteId}::uuid and s.closed_at is null
		)
		select ${LINE_COLUMNS}, listed.section_id as "listedIn",
			case when listed.section_id is null then ${VIEW_COUNT} else 0 end as "viewCount"
		from listed join ${LINES} on a.id = listed.id where a.site_id = ${siteId}::uuid
		order by listed.section_id nulls first, case when listed.section_id is null then a.position end nulls last, a.shown_at desc,
			a.id desc`.execute(db);
	const front: Front = { head: [], bySection: new Map() };
	for (const { listedIn, ...line } of rows)
		if (listedIn === null) front.head.push(line);
		else front.bySection.set(listedIn, [...(front.bySection.get(listedIn) ?? []), line]);
	return front;
}
