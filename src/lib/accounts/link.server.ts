import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Db, Tx } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { hashToken, newToken } from './cipher.server.ts';

/** An invitation waits for people who are away; a way past a forgotten password is short. */
const LASTS_S = { invitation: 7 * 24 * 3600, password: 24 * 3600 } as const;

export type LinkKind = keyof typeof LASTS_S;
export type Delivery = 'mail' | 'slip';
export type Link = { id: string; kind: LinkKind; user: { id: string; name: string; email: string }; expiresAt: Date };

/** Makes a one-time link for a user and answers its token, the only time it is known; earlier links of the kind end. */
export async function issue(
	tx: Tx,
	wanted: { userId: string; kind: LinkKind; delivery: Delivery },
	now: Date
): Promise<{ token: string; expiresAt: Date }> {
	await revokeAll(tx, wanted.userId, now);
	const token = newToken();
	const expiresAt = new Date(now.getTime() + LASTS_S[wanted.kind] * 1000);
	await tx
		.insertInto('account_links')
		.values({
			id: newId(),
			user_id: wanted.userId,
			kind: wanted.kind,
			delivery: wanted.delivery,
			token_hash: hashToken(token),
			created_at: now,
			expires_at: expiresAt
		})
		.execute();
	return { token, expiresAt };
}

/** What a link is for; null where it is unknown, used, revoked or expired, which nobody is told apart. */
export async function find(db: Db, kind: LinkKind, token: string, now = new Date()): Promise<Link | null> {
	const { rows } = await sql<{ id: string; userId: string; name: string; email: string; expiresAt: Date }>`
		select l.id, u.id as "userId", u.name, u.email, l.expires_at as "expiresAt"
		from account_links l join users u on u.id = l.user_id
		where l.token_hash = ${hashToken(token)} and l.kind = ${kind} and ${isOpen(now)}`.execute(db);
	const row = rows[0];
	if (!row) return null;
	const { id, userId, name, email, expiresAt } = row;
	return { id, kind, expiresAt, user: { id: userId, name, email } };
}

/** The link itself. Throws `access.link_used`. */
export async function get(db: Db, kind: LinkKind, token: string): Promise<Link> {
	const link = await find(db, kind, token);
	if (!link) throw problem('access.link_used');
	return link;
}

/** Uses a link up, in the transaction of what it allows; two at once cannot both win. Throws `access.link_used`. */
export async function use(tx: Tx, kind: LinkKind, token: string, now: Date): Promise<Link> {
	const link = await find(tx, kind, token, now);
	if (!link || !(await markUsed(tx, link.id, now))) throw problem('access.link_used');
	return link;
}

/** Uses up a user's open invitation without its token, for who proved their address otherwise. Is there one? */
export async function useInvitationOf(tx: Tx, userId: string, now: Date): Promise<boolean> {
	const { rows } = await sql<{ id: string }>`
		select l.id from account_links l
		where l.user_id = ${userId}::uuid and l.kind = 'invitation' and ${isOpen(now)}`.execute(tx);
	return rows[0] ? markUsed(tx, rows[0].id, now) : false;
}

/** Ends all open links of a user. */
export async function revokeAll(tx: Tx, userId: string, now: Date): Promise<void> {
	await sql`
		update account_links l set revoked_at = ${now} where l.user_id = ${userId}::uuid and ${isOpen(now)}`.execute(tx);
}

async function markUsed(tx: Tx, id: string, now: Date): Promise<boolean> {
	const { numAffectedRows } = await sql`
		update account_links l set used_at = ${now} where l.id = ${id}::uuid and ${isOpen(now)}`.execute(tx);
	return numAffectedRows === 1n;
}

/** A condition on `account_links l`. */
export function isOpen(now: Date) {
	return sql<boolean>`(l.used_at is null and l.revoked_at is null and l.expires_at > ${now})`;
}
