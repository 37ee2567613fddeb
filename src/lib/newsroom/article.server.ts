import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Actor, Permission } from '#lib/accounts/actor.ts';
import { command } from '#lib/actions/action.server.ts';
import type { Db, Tx } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { authorise } from '#lib/units/authority.server.ts';
import { fold } from '#lib/vietnamese/text.ts';
import { leadsTo, slugOf, type Byline, type Kind, type Source } from './article.ts';
import { listAttachments, listPictures, type Body } from './body.ts';
import { actionOf, change, hold, tellArticleStale, type Held } from './change.server.ts';
import { refuseUnknownFigures } from './figure.server.ts';
import { writeIntroduction } from './introduction.server.ts';
import { isPagePart } from './portal-address.ts';
import { findSection, holdSite } from './site.server.ts';

/** What a version of an article says. */
export type Text = {
	headline: string;
	lead: string;
	body: Body;
	eventOn: string | null;
	byline: Byline;
	source: Source | null;
	coverId: string | null;
};

/** Where it is filed; changed together with the text, and at once. `slug` null: made from the headline on publication. */
export type Filing = {
	kind: Kind;
	sectionId: string | null;
	tags: readonly string[];
	slug: string | null;
};

/** What is said once, and then by an act of its own: who writes on in another window must not undo it. */
type Begun = Filing & { commentsOpen: boolean };

/** Begins an article as a draft at home on a site; `introduces`: a recognised model, by a registration. Answers its id. */
export async function create(
	db: Db,
	actor: Actor,
	given: { siteId: string; text: Text; filing: Begun; introduces?: string | undefined; key?: string | undefined }
): Promise<{ id: string }> {
	return command(
		db,
		actor,
		async (tx) => {
			const site = await holdSite(tx, given.siteId);
			await authorise(tx, actor, 'newsroom.write', site.unitId);
			const { text, filing } = given;
			const article = { id: newId(), homeId: site.homeId, unitId: site.unitId, siteId: site.id };
			const actionId = newId();
			await refuseFiling(tx, { ...article, sectionId: null }, filing);
			await tx
				.insertInto('articles')
				.values({
					id: article.id,
					home_id: site.homeId,
					unit_id: site.unitId,
					site_id: site.id,
					section_id: filing.sectionId,
					kind: filing.kind,
					slug: filing.slug,
					state: 'draft',
					version: 1,
					last_version: 1,
					headline: text.headline,
					headline_key: fold(text.headline),
					comments_open: filing.commentsOpen
				})
				.execute();
			await writeVersion(tx, actor, { article, text, number: 1, basedOn: null, actionId });
			await tag(tx, article.id, filing.tags);
			if (given.introduces)
				await writeIntroduction(tx, { articleId: article.id, registrationId: given.introduces, actionId });
			await sql`
				insert into placements (site_id, article_id, way, state, section_id, action_id)
				values (${site.id}::uuid, ${article.id}::uuid, 'home', 'accepted', ${filing.sectionId}::uuid, ${actionId}::uuid)`.execute(
				tx
			);
			const details = { headline: text.headline };
			return { result: { id: article.id }, actions: [actionOf(article, { id: actionId, verb: 'create', details })] };
		},
		given.key
	);
}

export type Saved = { id: string; version: number; isAutomatic: boolean; text: Text; filing: Filing };

/**
 * Saves a new version. `version` is the one that was being worked on: when somebody has saved since, the writer's text is kept
 * aside under a number of its own, the other stays the current one, and `article.changed` names both to be merged by hand.
 * A text that is already public is worked on beside it and read by nobody until it is corrected.
 */
export async function save(db: Db, actor: Actor, saved: Saved): Promise<{ version: number }> {
	const outcome = await change<Outcome>(db, actor, {
		id: saved.id,
		verb: 'save',
		effect: async (tx, held, actionId) => {
			const isAside = held.version !== saved.version;
			const number = held.lastVersion + 1;
			const { text, isAutomatic } = saved;
			await writeVersion(tx, actor, {
				article: held,
				text,
				number,
				basedOn: saved.version,
				actionId,
				isAside,
				isAutomatic
			});
			if (isAside) {
				await sql`update articles set last_version = ${number} where id = ${held.id}::uuid`.execute(tx);
				const details = { version: number, current: held.version };
				return { result: { kept: number, current: held.version }, details, told: 'keep_aside' };
			}
			await takeOver(tx, held, { ...saved, version: number });
			return { result: { version: number }, details: { version: number, ...(isAutomatic && { isAutomatic }) } };
		}
	});
	if ('version' in outcome) return outcome;
	// After the command: what was kept aside must stay when this is refused.
	const { kept, current } = outcome;
	throw problem('article.changed', { id: saved.id, kept, current, name: await writerOf(db, saved.id, current) });
}

/** Lets readers comment on an article, or no more; what is shown stays. Before it was public its writers say so. */
export async function setCommentsOpen(
	db: Db,
	actor: Actor,
	{ id, isOpen }: { id: string; isOpen: boolean }
): Promise<void> {
	await command(db, actor, async (tx) => {
		const held = await hold(tx, id);
		await authorise(tx, actor, rightToOpenComments(held), held.unitId);
		await sql`update articles set comments_open = ${isOpen} where id = ${id}::uuid`.execute(tx);
		await tellArticleStale(tx, id);
		const verb = isOpen ? 'open_comments' : 'close_comments';
		return { result: undefined, actions: [actionOf(held, { id: newId(), verb })] };
	});
}

/** Who may open and close the comments on an article. */
export function rightToOpenComments({ publicVersion }: Pick<Held, 'publicVersion'>): Permission {
	return publicVersion === null ? 'newsroom.write' : 'newsroom.moderate';
}

type Outcome = { version: number } | { kept: number; current: number };

async function takeOver(tx: Tx, held: Held, { version, text, filing }: Saved): Promise<void> {
	await refuseFiling(tx, held, filing);
	// Where it was public it is found by its address: that is changed by an act of its own, which leaves the old one behind.
	const slug = held.publicVersion === null ? filing.slug : held.slug;
	await sql`
		update articles set version = ${version}, last_version = ${version}, state = ${leadsTo(held.state, 'save')},
			headline = ${text.headline}, headline_key = ${fold(text.headline)}, kind = ${filing.kind}, slug = ${slug},
			section_id = ${filing.sectionId}::uuid, changed_at = now()
		where id = ${held.id}::uuid`.execute(tx);
	await sql`
		update placements set section_id = ${filing.sectionId}::uuid
		where article_id = ${held.id}::uuid and way = 'home' and section_id is distinct from ${filing.sectionId}::uuid`.execute(
		tx
	);
	await tx.deleteFrom('article_tags').where('article_id', '=', held.id).execute();
	await tag(tx, held.id, filing.tags);
	if (held.publicVersion !== null) await tellArticleStale(tx, held.id);
}

async function tag(tx: Tx, articleId: string, tags: readonly string[]): Promise<void> {
	const byKey = new Map(tags.map((each) => [fold(each), each]));
	byKey.delete('');
	if (byKey.size === 0) return;
	const rows = [...byKey].map(([tag_key, name]) => ({ article_id: articleId, tag_key, tag: name }));
	await tx.insertInto('article_tags').values(rows).execute();
}

type NewVersion = {
	article: { id: string; unitId: string };
	text: Text;
	number: number;
	basedOn: number | null;
	actionId: string;
	isAside?: boolean;
	isAutomatic?: boolean;
};

async function writeVersion(tx: Tx, actor: Actor, given: NewVersion): Promise<void> {
	const { article, text, number, basedOn, actionId, isAside = false, isAutomatic = false } = given;
	// Figures of units the writer may not see, and unknown ones, are refused here and not at the publisher's desk.
	await refuseUnknownFigures(tx, actor, { unitId: article.unitId, body: text.body });
	await refuseUnknownMedia(tx, article.id, text);
	await tx
		.insertInto('article_versions')
		.values({
			article_id: article.id,
			number,
			based_on: basedOn,
			is_aside: isAside,
			is_automatic: isAutomatic,
			headline: text.headline,
			lead: text.lead,
			body: JSON.stringify(text.body),
			event_on: text.eventOn,
			byline_kind: text.byline.kind,
			byline_name: text.byline.name,
			byline_post: text.byline.post,
			source_name: text.source?.name ?? null,
			source_url: text.source?.url ?? null,
			is_source_canonical: text.source?.isCanonical ?? false,
			cover_id: text.coverId,
			action_id: actionId
		})
		.execute();
	const pictures = picturesOf(text);
	if (pictures.length === 0) return;
	const rows = pictures.map((picture_id) => ({ article_id: article.id, version: number, picture_id }));
	await tx.insertInto('article_pictures').values(rows).execute();
}

function picturesOf(text: Text): string[] {
	return [
		...new Set([...listPictures(text.body).map(({ picture }) => picture), ...(text.coverId ? [text.coverId] : [])])
	];
}

async function refuseUnknownMedia(tx: Tx, articleId: string, text: Text): Promise<void> {
	const [pictures, files] = [picturesOf(text), listAttachments(text.body)];
	const { rows } = await sql<{ picture: string | null; file: string | null }>`
		select (select id from unnest(${pictures}::uuid[]) as named (id) where not exists (select from pictures p where p.id = named.id) limit 1) as picture,
			(select id from unnest(${files}::uuid[]) as named (id) where not exists (
				select from article_files f where f.file_id = named.id and f.article_id = ${articleId}::uuid) limit 1) as file`.execute(
		tx
	);
	if (rows[0]?.picture) throw problem('picture.not_found', { id: rows[0].picture });
	if (rows[0]?.file) throw problem('file.not_found');
}

async function refuseFiling(
	tx: Tx,
	article: { id: string; siteId: string; sectionId: string | null },
	filing: Filing
): Promise<void> {
	if (filing.sectionId && filing.sectionId !== article.sectionId) {
		const section = await findSection(tx, filing.sectionId);
		if (section?.siteId !== article.siteId) throw problem('section.not_found');
		if (section.isClosed) throw problem('section.closed', { name: section.nameVi });
	}
	if (filing.slug) await refuseTaken(tx, article, filing.slug);
}

/** Refuses an address that another article of the site has or had, naming it and offering one that is free. */
export async function refuseTaken(tx: Tx, article: { id: string; siteId: string }, slug: string): Promise<void> {
	const holder = await holderOf(tx, article, slug);
	if (holder !== null)
		throw problem('article.slug_taken', { slug, headline: holder, offer: await freeSlug(tx, article, slug) });
}

/** A free address like the wished one: itself, or with the first number that is free. */
export async function freeSlug(tx: Tx, article: { id: string; siteId: string }, wished: string): Promise<string> {
	const stem = slugOf(wished) || 'bai';
	for (let number = 1; ; number += 1) {
		const slug = number === 1 ? stem : `${stem}-${number}`;
		if ((await holderOf(tx, article, slug)) === null) return slug;
	}
}

async function holderOf(tx: Tx, { id, siteId }: { id: string; siteId: string }, slug: string): Promise<string | null> {
	if (isPagePart(slug)) return slug;
	const { rows } = await sql<{ headline: string }>`
		select headline from articles where site_id = ${siteId}::uuid and slug = ${slug} and id <> ${id}::uuid
		union all
		select a.headline from article_redirects r join articles a on a.id = r.article_id
		where r.site_id = ${siteId}::uuid and r.path = ${`/${slug}`} and r.article_id <> ${id}::uuid limit 1`.execute(tx);
	return rows[0]?.headline ?? null;
}

async function writerOf(db: Db, articleId: string, version: number): Promise<string> {
	const { rows } = await sql<{ name: string }>`
		select act.actor_name as name from article_versions v join articles a on a.id = v.article_id
		join actions act on act.id = v.action_id and act.home_id = a.home_id
		where v.article_id = ${articleId}::uuid and v.number = ${version}`.execute(db);
	return rows[0]?.name ?? '';
}
