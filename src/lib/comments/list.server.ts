import { sql, type RawBuilder } from 'kysely';
import type { Actor } from '#lib/accounts/actor.ts';
import { history, type ActionRow } from '#lib/actions/action.server.ts';
import type { Db } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { visibleTo, visibleUnder } from '#lib/units/authority.server.ts';
import type { Reason, ReportReason, State } from './comment.ts';

/** What the newsroom reads of comments. They are found by site and state, not by who wrote them. */

export type Listed = {
	id: string;
	state: State;
	name: string;
	body: string;
	reason: Reason | null;
	note: string | null;
	reply: string | null;
	receivedAt: Date;
	decidedAt: Date | null;
	reportedAt: Date | null;
	articleId: string;
	headline: string;
	unitId: string;
	siteName: string;
	reports: { reason: ReportReason; count: number }[];
};

export const VIEWS = ['waiting', 'reported', 'shown', 'refused', 'removed', 'withdrawn'] as const;
type View = (typeof VIEWS)[number];
export type Filter = { unitId: string; siteId?: string | null; view: View; after?: string | null; limit?: number };

const COLUMNS = sql<Listed>`c.id, c.state, c.name, c.body, c.reason, c.note, c.reply, c.received_at as "receivedAt",
	c.decided_at as "decidedAt", c.reported_at as "reportedAt", c.article_id as "articleId", a.headline, a.unit_id as "unitId",
	s.name_vi as "siteName", coalesce((select jsonb_agg(jsonb_build_object('reason', r.reason, 'count', r.report_count)
		order by r.report_count desc) from comment_reports r where r.comment_id = c.id), '[]'::jsonb) as reports`;
const JOINED = sql`comments c join articles a on a.id = c.article_id join sites s on s.id = c.site_id`;

const PAGE = 30;
const CURSOR = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z)~([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** Comments on articles of units under one: what waits oldest first, what is decided latest first. `next` is null at the end. */
export async function list(db: Db, actor: Actor, filter: Filter): Promise<{ rows: Listed[]; next: string | null }> {
	const limit = filter.limit ?? PAGE;
	const isWork = filter.view === 'waiting' || filter.view === 'reported';
	const column = sql.ref(filter.view === 'reported' ? 'c.reported_at' : 'c.received_at');
	const [, at, id] = CURSOR.exec(filter.after ?? '') ?? [];
	const sign = isWork ? sql`>` : sql`<`;
	const from = at && id ? sql`and (${column}, c.id) ${sign} (${at}::timestamptz, ${id}::uuid)` : sql``;
	const order = isWork ? sql`order by ${column}, c.id` : sql`order by ${column} desc, c.id desc`;
	const { rows } = await sql<Listed>`
		select ${COLUMNS} from ${JOINED} where ${await narrowed(db, actor, filter)} and ${ofView(filter.view)} ${from}
		${order} limit ${limit + 1}`.execute(db);
	const shown = rows.slice(0, limit);
	const last = rows.length > limit ? shown.at(-1) : undefined;
	const key = last && (filter.view === 'reported' ? last.reportedAt : last.receivedAt);
	return { rows: shown, next: last && key ? `${key.toISOString()}~${last.id}` : null };
}

export type Work = { waiting: number; reported: number };

/** How many there are to be read, with the same condition as the list. */
export async function countWork(db: Db, actor: Actor, filter: Omit<Filter, 'view'>): Promise<Work> {
	const { rows } = await sql<Work>`
		select (count(*) filter (where ${ofView('waiting')}))::int as waiting,
			(count(*) filter (where ${ofView('reported')}))::int as reported
		from ${JOINED} where (${ofView('waiting')} or ${ofView('reported')}) and ${await narrowed(db, actor, filter)}`.execute(
		db
	);
	return rows[0] ?? { waiting: 0, reported: 0 };
}

function ofView(view: View): RawBuilder<boolean> {
	return view === 'reported' ? sql<boolean>`c.reported_at is not null` : sql<boolean>`c.state = ${sql.lit(view)}`;
}

async function narrowed(
	db: Db,
	actor: Actor,
	{ unitId, siteId }: Pick<Filter, 'unitId' | 'siteId'>
): Promise<RawBuilder<unknown>> {
	const visible = await visibleUnder(db, actor, 'newsroom.moderate', { of: { unit: 'a.unit_id' }, unitId });
	return siteId ? sql`${visible} and c.site_id = ${siteId}::uuid` : visible;
}

/** One comment with what was decided about it; refuses one the actor may not read. */
export async function get(db: Db, actor: Actor, id: string): Promise<Listed & { history: ActionRow[] }> {
	const { rows } = await sql<Listed>`
		select ${COLUMNS} from ${JOINED}
		where c.id = ${id}::uuid and ${visibleTo(actor, 'newsroom.moderate', { unit: 'a.unit_id' })}`.execute(db);
	if (!rows[0]) throw problem('comment.not_found');
	return { ...rows[0], history: await history(db, [id]) };
}
