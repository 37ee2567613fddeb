import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { z } from 'zod';
import { inTransaction, type Db, type Tx } from '#lib/server/db.ts';
import { enqueue } from '#lib/server/jobs.ts';

/** What marks the place of the secret link in a text. */
export const LINK = '{link}';

/** A line that becomes a header: no control characters, or somebody could add headers of their own. */
const HeaderLine = z
	.string()
	.min(1)
	.max(200)
	.regex(/^\P{Cc}+$/u);
const Letter = z.strictObject({
	to: z.email().max(254),
	subject: HeaderLine,
	body: z.string().min(1).max(10_000),
	linkSealed: z.string().nullable()
});
export type Letter = z.input<typeof Letter>;

/**
 * Writes a letter into the outbox, in the transaction of the command that is its cause; a job sends it afterwards.
 * `body` has `{link}` where the sealed link belongs. Throws where the address or the subject could become other headers.
 */
export async function post(tx: Tx, letter: Letter): Promise<void> {
	const { to, subject, body, linkSealed } = Letter.parse(letter);
	const id = newId();
	await tx
		.insertInto('outbox')
		.values({ id, recipient: to, subject, body, link_sealed: linkSealed, created_at: new Date() })
		.execute();
	await enqueue(tx, 'mail.send', { id });
}

/** Has the letters that wait sent, where their jobs are gone: in a database that was loaded from an archive. */
export async function resume(db: Db): Promise<number> {
	return inTransaction(db, async (tx) => {
		const { rows } = await sql<{ id: string }>`select id from outbox where state = 'waiting' order by id`.execute(tx);
		for (const { id } of rows) await enqueue(tx, 'mail.send', { id });
		return rows.length;
	});
}

export type Posted = {
	id: string;
	recipient: string;
	subject: string;
	body: string;
	state: 'waiting' | 'sent' | 'failed' | 'held';
	attempts: number;
	lastError: string | null;
	createdAt: Date;
	sentAt: Date | null;
};

/** The latest letters to people whose accounts an administrator looks after; links never shown. */
export async function list(db: Db, userIds: readonly string[], most = 100): Promise<Posted[]> {
	const { rows } = await sql<Posted>`
		select o.id, o.recipient, o.subject, o.body, o.state, o.attempt_count as attempts, o.last_error as "lastError",
			o.created_at as "createdAt", o.sent_at as "sentAt"
		from outbox o join users u on u.email = o.recipient
		where u.id = any(${[...userIds]}::uuid[]) order by o.created_at desc, o.id desc limit ${most}`.execute(db);
	return rows;
}
