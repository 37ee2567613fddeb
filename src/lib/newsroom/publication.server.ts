import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { operator, type Actor } from '#lib/accounts/actor.ts';
import { command } from '#lib/actions/action.server.ts';
import { inTransaction, type Db, type Tx } from '#lib/server/db.ts';
import { enqueue } from '#lib/server/jobs.ts';
import { problem } from '#lib/server/problem.ts';
import { authorise } from '#lib/units/authority.server.ts';
import { formatInstant } from '#lib/vietnamese/format.ts';
import { fold, normalise } from '#lib/vietnamese/text.ts';
import { freeSlug, refuseTaken } from './article.server.ts';
import { leadsTo, stepsToPublish, type Verb } from './article.ts';
import { isBlank, listPictures, plainText } from './body.ts';
import { actionOf, change, hold, tellArticleStale, type Held } from './change.server.ts';
import { freezeFigures, frozenFigures } from './figure.server.ts';
import { readText } from './version.server.ts';

/** Nobody means a day ten years away; it is a year typed wrong. */
const AHEAD_MS_AT_MOST = 400 * 86_400_000;

/** The text is ready: what is asked is that there is one. */
export async function finishEditing(db: Db, actor: Actor, id: string): Promise<void> {
	await step(db, actor, { id, verb: 'edit' });
}

/** Somebody answers for it; from now on a change needs another approval. */
export async function approve(db: Db, actor: Actor, id: string): Promise<void> {
	await step(db, actor, { id, verb: 'approve' });
}

/** Back to its writer, who reads the reason at the article; one that was to appear does not. */
export async function giveBack(db: Db, actor: Actor, given: { id: string; reason: string }): Promise<void> {
	await step(db, actor, { id: given.id, verb: 'return', reason: normalise(given.reason) });
}

async function step(
	db: Db,
	actor: Actor,
	{ id, verb, reason = null }: { id: string; verb: Verb; reason?: string | null }
) {
	await change(db, actor, {
		id,
		verb,
		reason,
		effect: async (tx, held) => {
			if (verb !== 'return') await refuseUnfit(tx, held);
			await sql`
				update articles set state = ${leadsTo(held.state, verb)}, changed_at = now(),
					public_version = case when ${held.state} = 'scheduled' then null else public_version end,
					published_at = case when ${verb} = 'return' then null else published_at end
				where id = ${id}::uuid`.execute(tx);
			if (held.state === 'scheduled') await hide(tx, id);
			return { result: null, details: { version: held.version } };
		}
	});
}

/** What an article must have before it goes on: a headline, a text, and words for those who do not see its pictures. */
async function refuseUnfit(tx: Tx, held: Held) {
	const text = await readText(tx, held.id, held.version);
	if (text.headline === '') throw problem('article.headline_missing');
	if (isBlank(text.body)) throw problem('article.body_blank', { headline: text.headline });
	const pictures = listPictures(text.body);
	const silent = pictures.findIndex(({ alt }) => alt.trim() === '');
	if (silent >= 0)
		throw problem('article.alt_missing', { number: silent + 1, caption: pictures[silent]?.caption ?? '' });
	return text;
}

export type Publication = { id: string; at: Date | null };

/** Before the public, now or at an instant to come; what was public elsewhere before keeps its day. Throws `article.time_past`, `article.slug_taken`. */
export async function publish(
	db: Db,
	actor: Actor,
	{ id, at }: Publication,
	now = new Date()
): Promise<{ slug: string; at: Date }> {
	if (at && at <= now) throw problem('article.time_past', { at: formatInstant(at), now: formatInstant(now) });
	if (at && at.getTime() - now.getTime() > AHEAD_MS_AT_MOST)
		throw problem('article.time_too_far', { at: formatInstant(at) });
	return change(db, actor, {
		id,
		verb: 'publish',
		effect: async (tx, held) => {
			const publishedAt = at ?? held.earlierAt ?? (await momentOf(tx));
			await refuseUnfit(tx, held);
			const slug = held.slug ?? (await freeSlug(tx, held, held.headline));
			await refuseTaken(tx, held, slug);
			await show(tx, actor, held);
			await sql`
				update articles set state = ${at ? 'scheduled' : 'published'}, slug = ${slug}, published_at = ${publishedAt},
					changed_at = now() where id = ${id}::uuid`.execute(tx);
			await sql`update placements set shown_at = ${publishedAt} where article_id = ${id}::uuid`.execute(tx);
			if (at) await enqueue(tx, 'newsroom.appear', { id }, at);
			else await tellArticleStale(tx, id);
			return {
				result: { slug, at: publishedAt },
				details: { version: held.version, slug, at: publishedAt.toISOString() }
			};
		}
	});
}

/** The database's own clock, by which is told what is public. */
async function momentOf(tx: Tx): Promise<Date> {
	const { rows } = await sql<{ now: Date }>`select date_trunc('milliseconds', statement_timestamp()) as now`.execute(
		tx
	);
	return rows[0]?.now ?? new Date();
}

/** Does what still stands before publication, as far as the actor may do all of it, and publishes; all or nothing. */
export async function publishThrough(db: Db, actor: Actor, given: Publication): Promise<{ slug: string; at: Date }> {
	return inTransaction(db, async (tx) => {
		const held = await hold(tx, given.id);
		for (const verb of stepsToPublish(held.state) ?? [])
			if (verb !== 'publish') await step(tx, actor, { id: given.id, verb });
		return publish(tx, actor, given);
	});
}

/** The version that is worked on becomes the one the public reads, as it is found and with its figures as of now. */
async function show(tx: Tx, actor: Actor, held: Held): Promise<void> {
	const { id, unitId, version } = held;
	const text = await readText(tx, id, version);
	await freezeFigures(tx, actor, { articleId: id, version, unitId, body: text.body });
	const figures = new Map((await frozenFigures(tx, { articleId: id, version })).map((each) => [each.slot, each]));
	const key = fold([text.headline, text.lead, plainText(text.body, figures), text.byline.name].join('\n'));
	await sql`
		update articles set public_version = ${version}, search_key = ${key.slice(0, SEARCHED_AT_MOST)} where id = ${id}::uuid`.execute(
		tx
	);
}

/** PostgreSQL keeps a megabyte of search terms at most. */
const SEARCHED_AT_MOST = 400_000;

/** The job of an hour that has come: what was to appear is published, once. The public could read it to the second already. */
export async function appear(db: Db, id: string, now = new Date()): Promise<void> {
	const { rows } = await sql`
		select 1 from articles where id = ${id}::uuid and state = 'scheduled' and published_at <= ${now}`.execute(db);
	if (rows.length === 0) return;
	await command(db, operator('Khéo'), async (tx) => {
		const held = await hold(tx, id);
		if (held.state === 'scheduled')
			await sql`update articles set state = 'published', changed_at = now() where id = ${id}::uuid`.execute(tx);
		await tellArticleStale(tx, id);
		const details = { at: held.publishedAt?.toISOString() ?? null };
		return { result: null, actions: [actionOf(held, { id: newId(), verb: 'appear', details })] };
	});
}

/** What was worked on since publication becomes public, with a note that its readers see. */
export async function correct(db: Db, actor: Actor, given: { id: string; note: string }): Promise<void> {
	const note = normalise(given.note);
	await change(db, actor, {
		id: given.id,
		verb: 'correct',
		reason: note,
		effect: async (tx, held, actionId) => {
			if (held.version === held.publicVersion) throw problem('article.no_change', { headline: held.headline });
			await refuseUnfit(tx, held);
			await show(tx, actor, held);
			await sql`update articles set state = 'corrected', changed_at = now() where id = ${held.id}::uuid`.execute(tx);
			await tell(tx, held, { kind: 'correction', note, actionId });
			await tellArticleStale(tx, held.id);
			return { result: null, details: { from: held.publicVersion, version: held.version } };
		}
	});
}

/** No longer before the public: its address stays and says so, with the reason; a text nobody read just ends. */
export async function withdraw(
	db: Db,
	actor: Actor,
	given: { id: string; reason: string },
	now = new Date()
): Promise<void> {
	const note = normalise(given.reason);
	await change(db, actor, {
		id: given.id,
		verb: 'withdraw',
		reason: note,
		effect: async (tx, held, actionId) => {
			const wasRead = held.publicVersion !== null && (held.publishedAt === null || held.publishedAt <= now);
			await sql`
				update articles set state = 'withdrawn', changed_at = now(),
					public_version = case when ${wasRead} then public_version end where id = ${held.id}::uuid`.execute(tx);
			await hide(tx, held.id);
			if (wasRead) await tell(tx, held, { kind: 'withdrawal', note, actionId });
			return { result: null, details: { version: held.version } };
		}
	});
}

async function hide(tx: Tx, id: string): Promise<void> {
	await sql`update placements set shown_at = null where article_id = ${id}::uuid`.execute(tx);
	await tellArticleStale(tx, id);
}

async function tell(
	tx: Tx,
	held: Held,
	said: { kind: 'correction' | 'withdrawal'; note: string; actionId: string }
): Promise<void> {
	const { kind, note, actionId } = said;
	await tx
		.insertInto('article_notes')
		.values({ id: newId(), article_id: held.id, kind, version: held.version, note, action_id: actionId })
		.execute();
}

/** Gives an article another address; the old one leads there from now on. */
export async function readdress(db: Db, actor: Actor, given: { id: string; slug: string }): Promise<void> {
	await command(db, actor, async (tx) => {
		const held = await hold(tx, given.id);
		const permission = held.publicVersion === null ? 'newsroom.edit' : 'newsroom.publish';
		await authorise(tx, actor, permission, held.unitId);
		await refuseTaken(tx, held, given.slug);
		const actionId = newId();
		await sql`update articles set slug = ${given.slug}, changed_at = now() where id = ${held.id}::uuid`.execute(tx);
		await sql`delete from article_redirects where site_id = ${held.siteId}::uuid and path = ${`/${given.slug}`}`.execute(
			tx
		);
		if (held.slug && held.slug !== given.slug)
			await addRedirect(tx, { siteId: held.siteId, path: `/${held.slug}`, articleId: held.id, actionId });
		await tellArticleStale(tx, held.id);
		const details = { from: held.slug, to: given.slug };
		return { result: null, actions: [actionOf(held, { id: actionId, verb: 'readdress', details })] };
	});
}

/** An old address on a site, below its root and with its query, leads to an article. For commands of this noun. */
export async function addRedirect(
	tx: Tx,
	given: { siteId: string; path: string; articleId: string; actionId: string }
): Promise<void> {
	const { siteId, path, articleId, actionId } = given;
	await sql`
		insert into article_redirects (site_id, path, article_id, action_id)
		values (${siteId}::uuid, ${path}, ${articleId}::uuid, ${actionId}::uuid)
		on conflict (site_id, path) do nothing`.execute(tx);
}
