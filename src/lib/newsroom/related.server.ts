import { sql } from 'kysely';
import { PLANNED_ONCE, type Db } from '#lib/server/db.ts';
import { fold } from '#lib/vietnamese/text.ts';
import { LINE_COLUMNS, LINES, type ListedPublic } from './public.server.ts';

/** So many of each kind are weighed against each other, the newest ones. */
const WEIGHED = 60;
/** Of a headline's words; longer ones say more. */
const WORDS = 8;
const SHORT = 3;

/**
 * Articles of the site that belong to one: those with its tags first, then those whose text has the words of its headline, then
 * those of its section, newest first among equals. None twice, never itself.
 */
export async function listRelated(
	db: Db,
	article: { id: string; siteId: string; sectionSlug: string | null; headline: string; tags: readonly string[] },
	limit = 6
): Promise<ListedPublic[]> {
	const { id, siteId, sectionSlug, headline, tags } = article;
	const others = sql`a.site_id = ${siteId}::uuid and a.id <> ${id}::uuid`;
	const words = wordsOf(headline);
	const { rows } = await sql<ListedPublic>`
		${PLANNED_ONCE} with tagged as (
			select a.id, a.shown_at, 3.0::float8 * count(*) as weight from public_articles a
			join article_tags t on t.article_id = a.id and t.tag_key = any(${tags.map((tag) => fold(tag))}::text[])
			where ${others} group by a.id, a.shown_at order by a.shown_at desc limit ${sql.lit(WEIGHED)}
		), alike as (
			select a.id, a.shown_at, 20.0::float8 * ts_rank(a.search, asked.words) as weight
			from public_articles a, to_tsquery('simple'::regconfig, ${words.join(' | ')}) asked (words)
			where ${others} and a.search @@ asked.words order by a.shown_at desc limit ${sql.lit(WEIGHED)}
		), beside as (
			select a.id, a.shown_at, 1.0::float8 as weight from public_articles a join site_sections c on c.id = a.section_id
			where ${others} and c.slug = ${sectionSlug} order by a.shown_at desc limit ${sql.lit(WEIGHED)}
		), best as (
			select id, sum(weight) as weight from (
				select * from tagged union all select * from alike union all select * from beside) weighed
			group by id, shown_at order by sum(weight) desc, shown_at desc, id desc limit ${sql.lit(limit)}
		)
		select ${LINE_COLUMNS} from best join ${LINES} on a.id = best.id
		where a.site_id = ${siteId}::uuid order by best.weight desc, a.shown_at desc, a.id desc`.execute(db);
	return rows;
}

/** Words as they are searched, without marks of tone, letters and digits only. */
function wordsOf(headline: string): string[] {
	const words = fold(headline)
		.split(/[^a-z0-9]+/)
		.filter((word) => word.length >= SHORT);
	return [...new Set(words)].sort((a, b) => b.length - a.length).slice(0, WORDS);
}
