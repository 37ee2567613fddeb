import { sql } from 'kysely';
import { createTransport } from 'nodemailer';
import type { Db } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { LINK } from './outbox.server.ts';

/** A mail server: its address with account and password, and from whom letters come. */
export type MailServer = { url: string; from: string };

/** How often a letter is tried; the queue waits longer each time. */
export const MOST_ATTEMPTS = 6;
const TIMEOUT_MS = 20_000;

/**
 * Sends a letter of the outbox. Without a mail server it is held, and its link goes: a slip does the same. A refusal is
 * noted and thrown as `mail.refused`, for the queue to try again; the last one gives up.
 */
export async function sendLetter(
	db: Db,
	given: { id: string; server: MailServer | null; open: (sealed: string) => string | null }
): Promise<void> {
	const { rows } = await sql<{
		to: string;
		subject: string;
		body: string;
		linkSealed: string | null;
		attempts: number;
	}>`
		select recipient as "to", subject, body, link_sealed as "linkSealed", attempt_count + 1 as attempts from outbox
		where id = ${given.id}::uuid and state = 'waiting'`.execute(db);
	const letter = rows[0];
	if (!letter) return;
	if (!given.server) {
		await sql`update outbox set state = 'held', link_sealed = null where id = ${given.id}::uuid`.execute(db);
		return;
	}
	const link = letter.linkSealed === null ? '' : given.open(letter.linkSealed);
	try {
		if (link === null) throw new Error('the link was sealed with another key');
		const text = letter.body.replaceAll(LINK, link);
		await transmit(given.server, { to: letter.to, subject: letter.subject, text });
	} catch (error) {
		const reason = reasonOf(error);
		const state = letter.attempts >= MOST_ATTEMPTS ? 'failed' : 'waiting';
		await sql`
			update outbox set attempt_count = ${letter.attempts}, last_error = ${reason}, state = ${state},
				link_sealed = case when ${state} = 'failed' then null else link_sealed end
			where id = ${given.id}::uuid`.execute(db);
		throw problem('mail.refused', { detail: reason }, error);
	}
	await sql`
		update outbox set state = 'sent', sent_at = clock_timestamp(), attempt_count = ${letter.attempts}, last_error = null,
			link_sealed = null
		where id = ${given.id}::uuid`.execute(db);
}

async function transmit(server: MailServer, letter: { to: string; subject: string; text: string }): Promise<void> {
	const transport = createTransport({
		url: server.url,
		connectionTimeout: TIMEOUT_MS,
		greetingTimeout: TIMEOUT_MS,
		socketTimeout: TIMEOUT_MS,
		disableFileAccess: true,
		disableUrlAccess: true
	});
	try {
		await transport.sendMail({
			from: server.from,
			to: { name: '', address: letter.to },
			subject: letter.subject,
			text: letter.text,
			headers: { 'Auto-Submitted': 'auto-generated' }
		});
	} finally {
		transport.close();
	}
}

/** The mail server's answer on one line, for the administrator. */
function reasonOf(error: unknown): string {
	const text = error instanceof Error ? error.message : String(error);
	return text.replaceAll(/\p{Cc}+/gu, ' ').slice(0, 300);
}
