import { createHash, randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Actor } from '#lib/accounts/actor.ts';
import { command } from '#lib/actions/action.server.ts';
import type { Db } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { authorise } from '#lib/units/authority.server.ts';
import type { Text } from './article.server.ts';
import { actionOf, hold } from './change.server.ts';
import { readText } from './version.server.ts';

/** Links by which somebody without an account reads what is not public yet. */

const PREVIEW_DAYS = 7;
const DAY_MS = 86_400_000;
const SECRET = /^[\w-]{43}$/;

/** Makes a link; its secret is answered once and kept as a digest. */
export async function makePreview(
	db: Db,
	actor: Actor,
	id: string,
	now = new Date()
): Promise<{ secret: string; expiresAt: Date }> {
	const secret = randomBytes(32).toString('base64url');
	const expiresAt = new Date(now.getTime() + PREVIEW_DAYS * DAY_MS);
	return command(db, actor, async (tx) => {
		const held = await hold(tx, id);
		await authorise(tx, actor, 'newsroom.write', held.unitId);
		const actionId = newId();
		await tx
			.insertInto('article_previews')
			.values({ id: newId(), article_id: id, digest: digestOf(secret), expires_at: expiresAt, action_id: actionId })
			.execute();
		const details = { expiresAt: expiresAt.toISOString() };
		return {
			result: { secret, expiresAt },
			actions: [actionOf(held, { id: actionId, verb: 'make_preview', details })]
		};
	});
}

/** Ends all links to an article at once. */
export async function endPreviews(db: Db, actor: Actor, id: string): Promise<{ count: number }> {
	return command(db, actor, async (tx) => {
		const held = await hold(tx, id);
		await authorise(tx, actor, 'newsroom.write', held.unitId);
		const { numAffectedRows } = await sql`
			update article_previews set ended_at = now()
			where article_id = ${id}::uuid and ended_at is null and expires_at > now()`.execute(tx);
		const count = Number(numAffectedRows ?? 0n);
		return { result: { count }, actions: [actionOf(held, { id: newId(), verb: 'end_preview', details: { count } })] };
	});
}

/** The links to an article that still work, without their secrets. The caller has checked that it may be read. */
export async function listPreviews(db: Db, id: string): Promise<{ expiresAt: Date }[]> {
	const { rows } = await sql<{ expiresAt: Date }>`
		select expires_at as "expiresAt" from article_previews
		where article_id = ${id}::uuid and ended_at is null and expires_at > now() order by expires_at`.execute(db);
	return rows;
}

export type Previewed = { id: string; siteId: string; unitId: string; version: number; text: Text };

/** What is worked on, for who brings the secret. Throws `article.preview_ended`. */
export async function readPreview(db: Db, secret: string): Promise<Previewed> {
	if (!SECRET.test(secret)) throw problem('article.preview_ended');
	const { rows } = await sql<Omit<Previewed, 'text'>>`
		select a.id, a.site_id as "siteId", a.unit_id as "unitId", a.version
		from article_previews l join articles a on a.id = l.article_id
		where l.digest = ${digestOf(secret)} and l.ended_at is null and l.expires_at > now() and a.state <> 'withdrawn'`.execute(
		db
	);
	if (!rows[0]) throw problem('article.preview_ended');
	return { ...rows[0], text: await readText(db, rows[0].id, rows[0].version) };
}

/** May a picture be seen with this secret: is it in the text that the link shows? */
export async function showsPicture(db: Db, secret: string, pictureId: string): Promise<boolean> {
	if (!SECRET.test(secret)) return false;
	const { rows } = await sql`
		select 1 from article_previews l join articles a on a.id = l.article_id
		join article_pictures p on p.article_id = a.id and p.version = a.version and p.picture_id = ${pictureId}::uuid
		where l.digest = ${digestOf(secret)} and l.ended_at is null and l.expires_at > now()`.execute(db);
	return rows.length > 0;
}

function digestOf(secret: string): string {
	return createHash('sha256').update(secret).digest('hex');
}
