import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { tellArticleStale } from '#lib/newsroom/change.server.ts';
import { inTransaction, type Db } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';

/**
 * A comment that its sender takes back, who has no account: by a link that is shown once, where it was sent. The secret in it
 * comes from the id and a key of the server, so a form that is sent twice is answered the same link; only its hash is kept. It is
 * no act of the office and stands in no log.
 */

/** The secret for who sent the comment of this id, and nobody else. */
export function secretOf(sign: (text: string) => string, id: string): string {
	return sign(`comment-withdrawal ${id}`).slice(0, SECRET_CHARACTERS);
}

/** 192 bits. */
const SECRET_CHARACTERS = 32;

/** What is kept of it. */
export function hashOf(secret: string): Buffer {
	return createHash('sha256').update(secret).digest();
}

type By = { id: string; secret: string };
export type Own = { name: string; body: string; isWithdrawn: boolean };

/** The comment, for who has its link; throws `input.not_found` for all others, and where it has been erased meanwhile. */
export async function readOwn(db: Db, { id, secret }: By): Promise<Own> {
	const { rows } = await sql<Own>`
		select name, body, state = 'withdrawn' as "isWithdrawn" from comments
		where id = ${id}::uuid and withdrawal_hash = ${hashOf(secret)}`.execute(db);
	if (!rows[0]) throw problem('input.not_found');
	return rows[0];
}

/** Takes it back, whatever the newsroom decided about it: text, name and answer are erased, readers find nothing in its place. Again is the same. */
export async function withdraw(db: Db, { id, secret }: By): Promise<void> {
	await inTransaction(db, async (tx) => {
		const { rows } = await sql<{ articleId: string; isWithdrawn: boolean }>`
			select article_id as "articleId", state = 'withdrawn' as "isWithdrawn" from comments
			where id = ${id}::uuid and withdrawal_hash = ${hashOf(secret)} for update`.execute(tx);
		const [found] = rows;
		if (!found) throw problem('input.not_found');
		if (found.isWithdrawn) return;
		await sql`
			update comments set state = 'withdrawn', name = '', body = '', reason = null, note = null, reply = null, replied_at = null,
				reported_at = null, decided_at = statement_timestamp()
			where id = ${id}::uuid`.execute(tx);
		await sql`delete from comment_reports where comment_id = ${id}::uuid`.execute(tx);
		await tellArticleStale(tx, found.articleId);
	});
}
