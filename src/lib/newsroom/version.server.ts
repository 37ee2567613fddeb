import { sql } from 'kysely';
import type { Actor } from '#lib/accounts/actor.ts';
import type { Db } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { visibleTo } from '#lib/units/authority.server.ts';
import type { Text } from './article.server.ts';
import { plainText } from './body.ts';
import { compare, type Piece } from './compare.ts';

const TEXT = sql`v.headline, v.lead, v.body, v.event_on as "eventOn",
	jsonb_build_object('kind', v.byline_kind, 'name', v.byline_name, 'post', v.byline_post) as byline,
	case when v.source_name is null and v.source_url is null then null else jsonb_build_object('name', coalesce(v.source_name, ''),
		'url', v.source_url, 'isCanonical', v.is_source_canonical) end as source,
	v.cover_id as "coverId"`;

/** What a version says. For callers that know who asks. Throws `article.version_not_found`. */
export async function readText(db: Db, articleId: string, number: number): Promise<Text> {
	const { rows } = await sql<Text>`
		select ${TEXT} from article_versions v where v.article_id = ${articleId}::uuid and v.number = ${number}`.execute(db);
	if (!rows[0]) throw problem('article.version_not_found', { number });
	return rows[0];
}

export type ListedVersion = {
	number: number;
	basedOn: number | null;
	isAside: boolean;
	isAutomatic: boolean;
	isPublic: boolean;
	isCurrent: boolean;
	actorName: string;
	recordedAt: Date;
};

const VERSIONS_AT_MOST = 500;

/** Every text an article has had, latest first; refuses one the actor may not read. */
export async function listVersions(db: Db, actor: Actor, articleId: string): Promise<ListedVersion[]> {
	const { rows } = await sql<ListedVersion>`
		select v.number, v.based_on as "basedOn", v.is_aside as "isAside", v.is_automatic as "isAutomatic",
			v.number = a.public_version as "isPublic", v.number = a.version as "isCurrent",
			act.actor_name as "actorName", v.recorded_at as "recordedAt"
		from article_versions v join articles a on a.id = v.article_id
		left join actions act on act.id = v.action_id and act.home_id = a.home_id
		where v.article_id = ${articleId}::uuid and ${visibleTo(actor, 'newsroom.read', { unit: 'a.unit_id' })}
		order by v.number desc limit ${VERSIONS_AT_MOST}`.execute(db);
	if (rows.length === 0) throw problem('article.not_found', { id: articleId });
	return rows.map((row) => ({ ...row, isPublic: row.isPublic ?? false, actorName: row.actorName ?? '' }));
}

export type Compared = { headline: Piece[][]; lead: Piece[][]; body: Piece[][] };

/** What was changed from one version to another; the caller has checked that the article may be read. */
export async function compareVersions(
	db: Db,
	articleId: string,
	{ from, to }: { from: number; to: number }
): Promise<Compared> {
	const [before, after] = await Promise.all([readText(db, articleId, from), readText(db, articleId, to)]);
	return {
		headline: compare(before.headline, after.headline),
		lead: compare(before.lead, after.lead),
		body: compare(plainText(before.body), plainText(after.body))
	};
}
