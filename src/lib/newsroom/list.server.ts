import { sql, type RawBuilder } from 'kysely';
import type { Actor } from '#lib/accounts/actor.ts';
import { history, type ActionRow } from '#lib/actions/action.server.ts';
import type { Db } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { visibleTo, visibleUnder } from '#lib/units/authority.server.ts';
import { fold } from '#lib/vietnamese/text.ts';
import type { Text } from './article.server.ts';
import { STATES, type State } from './article.ts';
import type { Held } from './change.server.ts';
import { listPlacements, type Placement } from './placement.server.ts';
import { readText } from './version.server.ts';
import { VIEW_COUNT } from './view.server.ts';

export type ListedArticle = Omit<Held, 'homeId' | 'lastVersion' | 'commentsOpen'> & {
	siteName: string;
	siteSlug: string;
	sectionName: string | null;
	changedAt: Date;
	author: string;
	viewCount: number;
};

/** What a list is narrowed by; all of it lives in the address. `unitId`: that unit and everything under it. */
export type ListFilter = {
	unitId: string;
	siteId?: string | null;
	sectionId?: string | null;
	state?: State | null;
	search?: string | null;
	after?: string | null;
	limit?: number;
};

const COLUMNS = sql<ListedArticle>`a.id, a.unit_id as "unitId", a.site_id as "siteId", a.section_id as "sectionId", a.kind, a.slug,
	a.state, a.version, a.public_version as "publicVersion", a.headline, a.published_at as "publishedAt", a.earlier_at as "earlierAt", a.changed_at as "changedAt",
	s.name_vi as "siteName", s.slug as "siteSlug", c.name_vi as "sectionName",
	(select v.byline_name from article_versions v where v.article_id = a.id and v.number = a.version) as author, ${VIEW_COUNT} as "viewCount"`;
const JOINED = sql`articles a join sites s on s.id = a.site_id left join site_sections c on c.id = a.section_id`;

const PAGE = 30;

/** Articles under a unit, latest changed first, page by page; `next` is null at the end. */
export async function list(
	db: Db,
	actor: Actor,
	filter: ListFilter
): Promise<{ rows: ListedArticle[]; next: string | null }> {
	const limit = filter.limit ?? PAGE;
	const [, at, id] = CURSOR.exec(filter.after ?? '') ?? [];
	const from = at && id ? sql`and (a.changed_at, a.id) < (${at}::timestamptz, ${id}::uuid)` : sql``;
	const { rows } = await sql<ListedArticle>`
		select ${COLUMNS} from ${JOINED} ${await narrowed(db, actor, filter)} ${from}
		order by a.changed_at desc, a.id desc limit ${limit + 1}`.execute(db);
	const shown = rows.slice(0, limit);
	const last = rows.length > limit ? shown.at(-1) : undefined;
	return { rows: shown, next: last ? `${last.changedAt.toISOString()}~${last.id}` : null };
}

export const CURSOR = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z)~([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** How many a filter finds, by state: the same condition as the list. */
export async function countByState(db: Db, actor: Actor, filter: ListFilter): Promise<Map<State, number>> {
	const { rows } = await sql<{ state: State; count: number }>`
		select a.state, count(*)::int as count from ${JOINED} ${await narrowed(db, actor, { ...filter, state: null })}
		group by a.state`.execute(db);
	const found = new Map(rows.map((row) => [row.state, row.count]));
	return new Map(STATES.flatMap((state) => (found.has(state) ? [[state, found.get(state) ?? 0] as const] : [])));
}

async function narrowed(db: Db, actor: Actor, filter: ListFilter): Promise<RawBuilder<unknown>> {
	const { unitId, siteId, sectionId, state } = filter;
	const visible = await visibleUnder(db, actor, 'newsroom.read', { of: { unit: 'a.unit_id' }, unitId });
	const key = fold(filter.search ?? '');
	const conditions = [
		visible,
		...(siteId ? [sql`a.site_id = ${siteId}::uuid`] : []),
		...(sectionId ? [sql`a.section_id = ${sectionId}::uuid`] : []),
		...(state ? [sql`a.state = ${state}`] : []),
		...(key ? [sql`a.headline_key like ${`%${key.replace(/[\\%_]/g, '\\$&')}%`}`] : [])
	];
	return sql`where ${sql.join(conditions, sql` and `)}`;
}

export type Note = { kind: 'correction' | 'withdrawal'; note: string; notedAt: Date };
export type FullArticle = ListedArticle & {
	commentsOpen: boolean;
	text: Text;
	tags: string[];
	notes: Note[];
	placements: Placement[];
	history: ActionRow[];
};

/** One article with the text that is worked on; refuses one the actor may not read. */
export async function get(db: Db, actor: Actor, id: string): Promise<FullArticle> {
	const { rows } = await sql<ListedArticle & { commentsOpen: boolean }>`
		select ${COLUMNS}, a.comments_open as "commentsOpen" from ${JOINED}
		where a.id = ${id}::uuid and ${visibleTo(actor, 'newsroom.read', { unit: 'a.unit_id' })}`.execute(db);
	const [found] = rows;
	if (!found) throw problem('article.not_found', { id });
	const [text, tags, notes, placements, actions] = await Promise.all([
		readText(db, id, found.version),
		listTags(db, id),
		listNotes(db, id),
		listPlacements(db, id),
		history(db, [id])
	]);
	return { ...found, text, tags, notes, placements, history: actions };
}

/** The tags of an article as they were typed, by the alphabet. */
export async function listTags(db: Db, articleId: string): Promise<string[]> {
	const rows = await db
		.selectFrom('article_tags')
		.select('tag')
		.where('article_id', '=', articleId)
		.orderBy('tag_key')
		.execute();
	return rows.map((row) => row.tag);
}

/** What the public was told about it, oldest first. */
async function listNotes(db: Db, articleId: string): Promise<Note[]> {
	const { rows } = await sql<Note>`
		select kind, note, noted_at as "notedAt" from article_notes where article_id = ${articleId}::uuid order by id`.execute(
		db
	);
	return rows;
}
