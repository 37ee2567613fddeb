import { sql } from 'kysely';
import type { Db } from '#lib/server/db.ts';
import type { Reason } from './comment.ts';

/**
 * What the public reads of comments, below an article that it may read. They are read article by article: there is no search
 * for names.
 */

/** Of one that was taken down only that, and why. */
export type PublicComment = {
	id: string;
	name: string;
	body: string;
	at: Date;
	removed: { reason: Reason; note: string | null } | null;
	reply: { text: string; at: Date } | null;
};

const PAGE = 20;

const COLUMNS = sql`c.id, c.received_at as at, case when c.state = 'shown' then c.name else '' end as name,
	case when c.state = 'shown' then c.body else '' end as body,
	case when c.state = 'removed' then jsonb_build_object('reason', c.reason, 'note', c.note) end as removed,
	case when c.state = 'shown' then c.reply end as "replyText", c.replied_at as "repliedAt"`;

type Row = Omit<PublicComment, 'reply'> & { replyText: string | null; repliedAt: Date | null };

const completed = ({ replyText, repliedAt, id, name, body, at, removed }: Row): PublicComment => ({
	id,
	name,
	body,
	at,
	removed,
	reply: replyText !== null && repliedAt ? { text: replyText, at: repliedAt } : null
});

/** A page of comments, and how many there are in all; beyond the last page there are none, and `total` is 0. */
export type PublicPage = { rows: PublicComment[]; total: number; pages: number };

/** The comments on an article, oldest first. For callers that know that it is public. */
export async function publicComments(db: Db, articleId: string, page: number): Promise<PublicPage> {
	const { rows } = await sql<Row & { total: number }>`
		select ${COLUMNS}, (count(*) over ())::int as total
		from comments c where c.article_id = ${articleId}::uuid and c.state in ('shown', 'removed')
		order by c.received_at, c.id limit ${PAGE} offset ${(page - 1) * PAGE}`.execute(db);
	const total = rows[0]?.total ?? 0;
	return { rows: rows.map(completed), total, pages: Math.max(1, Math.ceil(total / PAGE)) };
}

/** An article by its address, as far as pages of its comments need it; null: there is none, or it is withdrawn. */
export async function findDiscussed(
	db: Db,
	by: { siteId: string; slug: string }
): Promise<{ id: string; headline: string; isOpen: boolean } | null> {
	const { rows } = await sql<{ id: string; headline: string; isOpen: boolean }>`
		select a.id, a.headline, a.comments_open and h.comments_open and s.comments_open as "isOpen"
		from public_articles a join sites h on h.id = a.home_site_id join sites s on s.id = a.site_id
		where a.site_id = ${by.siteId}::uuid and a.slug = ${by.slug} order by a.way <> 'home', a.id limit 1`.execute(db);
	return rows[0] ?? null;
}

/** One shown comment of an article; null for all others. */
export async function findShown(db: Db, by: { articleId: string; commentId: string }): Promise<PublicComment | null> {
	const { rows } = await sql<Row>`
		select ${COLUMNS} from comments c
		where c.id = ${by.commentId}::uuid and c.article_id = ${by.articleId}::uuid and c.state = 'shown'`.execute(db);
	return rows[0] ? completed(rows[0]) : null;
}
