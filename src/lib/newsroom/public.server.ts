import { sql, type RawBuilder } from 'kysely';
import type { FrozenFigure } from '#lib/reports/document.ts';
import { PLANNED_ONCE, type Db } from '#lib/server/db.ts';
import { fold } from '#lib/vietnamese/text.ts';
import type { Text } from './article.server.ts';
import type { Kind, State } from './article.ts';
import { listPictures, type Body } from './body.ts';
import type { Note } from './list.server.ts';
import { SITE_COLUMNS } from './site.server.ts';
import type { PlacementWay, Site } from './site.ts';
import { VIEW_COUNT } from './view.server.ts';

/**
 * What the public may read, and nothing else: every statement here asks the views `public_articles` and
 * `withdrawn_articles`, in which it is said once what is public now. There is no actor here, and none is needed.
 */

/** The open site of a host name, or of a slug where the host is the installation's own; null: there is none. */
export async function findPublicSite(db: Db, by: { host: string } | { slug: string }): Promise<Site | null> {
	const named = 'host' in by ? sql`s.host = ${by.host.toLowerCase()}` : sql`s.slug = ${by.slug}`;
	const { rows } = await sql<Site>`
		${PLANNED_ONCE} select ${SITE_COLUMNS} from sites s
		where ${named} and s.opened_at <= statement_timestamp() and (s.closed_at is null or s.closed_at > statement_timestamp())`.execute(
		db
	);
	return rows[0] ?? null;
}

/** Host names of open sites, each with the slug of its site. */
export async function listHosts(db: Db): Promise<ReadonlyMap<string, string>> {
	const { rows } = await sql<{ host: string; slug: string }>`
		select host, slug from sites where host is not null and opened_at <= statement_timestamp()
			and (closed_at is null or closed_at > statement_timestamp())`.execute(db);
	return new Map(rows.map(({ host, slug }) => [host, slug]));
}

export type PublicPicture = {
	id: string;
	width: number;
	height: number;
	isDrawn: boolean;
	focalX: number;
	focalY: number;
	colour: string;
};
export type Cover = PublicPicture & { alt: string; caption: string | null; credit: string | null };

/** A line of a list. `homeSlug`: the site where the article is at home, which its address names. */
export type ListedPublic = {
	id: string;
	slug: string;
	kind: Kind;
	state: State;
	way: PlacementWay;
	position: number | null;
	headline: string;
	lead: string;
	shownAt: Date;
	eventOn: string | null;
	bylineName: string;
	sectionSlug: string | null;
	sectionVi: string | null;
	sectionEn: string | null;
	homeSiteId: string;
	homeSlug: string;
	commentsOpen: boolean;
	cover: Cover | null;
};
/** `viewCount`: on all sites together. */
export type Counted<T> = T & { viewCount: number };

/** What a list is narrowed by. `from` and `to` are legal days of publication, inclusive; `tag` as typed or folded. */
export type PublicFilter = {
	siteId: string;
	sectionId?: string | null;
	tag?: string | null;
	kind?: Kind | null;
	from?: string | null;
	to?: string | null;
	search?: string | null;
	exceptId?: string | null;
};

const PAGE = 10;
const ZONE = 'Asia/Ho_Chi_Minh';

const COVER = sql`(select jsonb_build_object('id', p.id, 'width', p.width, 'height', p.height, 'isDrawn', p.drawn_at is not null,
	'focalX', p.focal_x, 'focalY', p.focal_y, 'colour', p.colour, 'alt', p.alt, 'caption', p.caption, 'credit', p.credit)
	from pictures p where p.id = a.cover_id)`;
/** A line of `LINES`, which is asked with its site. */
export const LINE_COLUMNS = sql<ListedPublic>`a.id, a.slug, a.kind, a.state, a.way, a.position, a.headline, a.lead, a.shown_at as "shownAt",
	a.event_on as "eventOn", a.byline_name as "bylineName", c.slug as "sectionSlug", c.name_vi as "sectionVi", c.name_en as "sectionEn",
	a.home_site_id as "homeSiteId", h.slug as "homeSlug", a.comments_open as "commentsOpen", ${COVER} as cover`;
export const LINES = sql`public_articles a join sites h on h.id = a.home_site_id left join site_sections c on c.id = a.section_id`;

/** A page of what a site shows, newest first (a search: nearest first), and how many there are in all. */
export async function publicList(
	db: Db,
	filter: PublicFilter,
	{ page = 1, limit = PAGE }: { page?: number; limit?: number } = {}
): Promise<{ rows: ListedPublic[]; total: number; pages: number }> {
	const where = narrowed(filter);
	const query = searchQuery(filter.search);
	const order = query
		? sql`ts_rank(a.search, ${query}) desc, a.shown_at desc, a.id desc`
		: sql`a.shown_at desc, a.id desc`;
	// Of words the plan depends on which they are.
	const planned = query ? sql`` : PLANNED_ONCE;
	const { rows: counted } = await sql<{ total: number }>`
		${planned} select count(*)::int as total from public_articles a where ${where}`.execute(db);
	const total = counted[0]?.total ?? 0;
	const { rows } = await sql<ListedPublic>`
		${planned} select ${LINE_COLUMNS} from ${LINES} where ${where} order by ${order} limit ${limit} offset ${(Math.max(1, page) - 1) * limit}`.execute(
		db
	);
	return { rows, total, pages: Math.max(1, Math.ceil(total / limit)) };
}

function narrowed(filter: PublicFilter): RawBuilder<unknown> {
	const { siteId, sectionId, tag, kind, from, to, exceptId } = filter;
	const query = searchQuery(filter.search);
	return sql.join(
		[
			sql`a.site_id = ${siteId}::uuid`,
			...(sectionId ? [sql`a.section_id = ${sectionId}::uuid`] : []),
			...(kind ? [sql`a.kind = ${kind}`] : []),
			...(from ? [sql`a.shown_at >= (${from}::date)::timestamp at time zone ${ZONE}`] : []),
			...(to ? [sql`a.shown_at < (${to}::date + 1)::timestamp at time zone ${ZONE}`] : []),
			...(exceptId ? [sql`a.id <> ${exceptId}::uuid`] : []),
			...(tag ? [sql`exists (select from article_tags t where t.article_id = a.id and t.tag_key = ${fold(tag)})`] : []),
			...(query ? [sql`a.search @@ ${query}`] : [])
		],
		sql` and `
	);
}

/** All words must be there, with marks of tone or without; null: nothing was asked. */
function searchQuery(search: string | null | undefined): RawBuilder<unknown> | null {
	const key = fold(search ?? '').replace(/\0/g, '');
	return key === '' ? null : sql`plainto_tsquery('simple'::regconfig, ${key})`;
}

export type PublicArticle = Counted<ListedPublic> & {
	version: number;
	body: Body;
	byline: Text['byline'];
	source: Text['source'];
	recordedAt: Date;
	tags: string[];
	notes: Note[];
	pictures: Map<string, PublicPicture>;
	figures: Map<string, FrozenFigure>;
	/** Whether it itself, its own site and the one where it is read let readers comment. */
	isCommentable: boolean;
};
type Asked = Omit<PublicArticle, 'notes' | 'pictures' | 'figures'> & {
	notes: (Omit<Note, 'notedAt'> & { notedAt: string })[];
	pictures: PublicPicture[];
	figures: FrozenFigure[];
};
/** What hangs on an article, in the statement that asks for it. */
const PARTS = sql`
	array(select t.tag from article_tags t where t.article_id = a.id order by t.tag_key) as tags,
	coalesce((select jsonb_agg(jsonb_build_object('kind', n.kind, 'note', n.note, 'notedAt', n.noted_at) order by n.id)
		from article_notes n where n.article_id = a.id), '[]') as notes,
	coalesce((select jsonb_agg(jsonb_build_object('id', p.id, 'width', p.width, 'height', p.height, 'isDrawn', p.drawn_at is not null,
		'focalX', p.focal_x, 'focalY', p.focal_y, 'colour', p.colour) order by p.id)
		from article_pictures ap join pictures p on p.id = ap.picture_id
		where ap.article_id = a.id and ap.version = a.version), '[]') as pictures,
	coalesce((select jsonb_agg(f.frozen order by f.slot) from article_figures f
		where f.article_id = a.id and f.version = a.version), '[]') as figures`;

export type Withdrawn = { id: string; note: string; notedAt: Date };

/**
 * What is at an address of a site: the article, where it is now (`movedTo`, a slug), that it was withdrawn, or null.
 * `slug` is the last part of an address, or an old address below the site's root, with its query.
 */
export async function publicArticle(
	db: Db,
	by: { siteId: string; slug: string }
): Promise<{ article: PublicArticle } | { withdrawn: Withdrawn } | { movedTo: string } | null> {
	const { rows } = await sql<Asked>`
		${PLANNED_ONCE} select ${LINE_COLUMNS}, ${VIEW_COUNT} as "viewCount", a.version, a.body, a.recorded_at as "recordedAt",
			jsonb_build_object('kind', a.byline_kind, 'name', a.byline_name, 'post', a.byline_post) as byline,
			case when a.source_name is null and a.source_url is null then null else jsonb_build_object(
				'name', coalesce(a.source_name, ''), 'url', a.source_url, 'isCanonical', a.is_source_canonical) end as source,
			a.comments_open and h.comments_open
				and (select r.comments_open from sites r where r.id = a.site_id) as "isCommentable", ${PARTS}
		from ${LINES} where a.site_id = ${by.siteId}::uuid and a.slug = ${by.slug}
		order by a.way <> 'home', a.id limit 1`.execute(db);
	if (rows[0]) return { article: completed(rows[0]) };
	const withdrawn = await sql<Withdrawn>`
		select id, note, noted_at as "notedAt" from withdrawn_articles
		where site_id = ${by.siteId}::uuid and slug = ${by.slug} limit 1`.execute(db);
	if (withdrawn.rows[0]) return { withdrawn: withdrawn.rows[0] };
	const movedTo = await findMoved(db, by.siteId, `/${by.slug}`);
	return movedTo === null ? null : { movedTo };
}

/** Where an old address of a site leads now, as a slug; null: nowhere. A withdrawn article still has its address. */
export async function findMoved(db: Db, siteId: string, path: string): Promise<string | null> {
	const { rows } = await sql<{ slug: string }>`
		select a.slug from article_redirects r join articles a on a.id = r.article_id
		where r.site_id = ${siteId}::uuid and r.path = ${path} and (
			exists (select from public_articles p where p.id = a.id and p.site_id = r.site_id)
			or exists (select from withdrawn_articles w where w.id = a.id and w.site_id = r.site_id))`.execute(db);
	return rows[0]?.slug ?? null;
}

/** Whether old addresses of a site's home name articles in their queries, as "/?p=123" of WordPress does. */
export async function isAddressedByQuery(db: Db, siteId: string): Promise<boolean> {
	const { rows } = await sql<{ found: boolean }>`
		select exists (select from article_redirects where site_id = ${siteId}::uuid and path like '/?%') as found`.execute(db);
	return rows[0]?.found ?? false;
}

/** Where an article is at home: what its one address begins with. */
export async function findHome(db: Db, articleId: string): Promise<Pick<Site, 'host' | 'slug'> | null> {
	const { rows } = await sql<Pick<Site, 'host' | 'slug'>>`
		select h.host, h.slug from public_articles a join sites h on h.id = a.home_site_id
		where a.id = ${articleId}::uuid and a.way = 'home' limit 1`.execute(db);
	return rows[0] ?? null;
}

function completed({ notes, pictures, figures, ...found }: Asked): PublicArticle {
	return {
		...found,
		notes: notes.map(({ notedAt, ...note }) => ({ ...note, notedAt: new Date(notedAt) })),
		pictures: new Map(pictures.map((each) => [each.id, each])),
		figures: new Map(figures.map((each) => [each.slot, each]))
	};
}

/** The pictures of a body, by id. For callers that know that it may be read. */
export async function picturesOf(db: Db, body: Body): Promise<Map<string, PublicPicture>> {
	const ids = listPictures(body).map(({ picture }) => picture);
	if (ids.length === 0) return new Map();
	const { rows } = await sql<PublicPicture>`
		select id, width, height, drawn_at is not null as "isDrawn", focal_x::float8 as "focalX", focal_y::float8 as "focalY", colour
		from pictures where id = any(${ids}::uuid[])`.execute(db);
	return new Map(rows.map((row) => [row.id, row]));
}

/** May anybody see this picture: is it in a public text, or the banner of an open site? A condition on pictures `p`. */
export const IS_PUBLIC_PICTURE = sql<boolean>`(
	exists (select from article_pictures ap join public_articles a on a.id = ap.article_id and a.version = ap.version
		where ap.picture_id = p.id)
	or exists (select from sites s where s.banner_id = p.id and s.opened_at <= statement_timestamp()))`;

/** A file that a public text gives to its readers; null for all others. The caller reads its bytes. */
export async function findPublicFile(
	db: Db,
	id: string
): Promise<{ name: string; mediaType: string; sha256: string } | null> {
	const { rows } = await sql<{ name: string; mediaType: string; sha256: string }>`
		select f.name, f.media_type as "mediaType", f.sha256 from article_files t join files f on f.id = t.file_id
		where t.file_id = ${id}::uuid and exists (select from public_articles a where a.id = t.article_id
			and a.body @> jsonb_build_object('content', jsonb_build_array(
				jsonb_build_object('type', 'attachment', 'attrs', jsonb_build_object('file', ${id}::text)))))
		limit 1`.execute(db);
	return rows[0] ?? null;
}
