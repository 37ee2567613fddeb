import { sql } from 'kysely';
import type { Db } from '#lib/server/db.ts';
import { hashToken, newToken } from './cipher.server.ts';

const LASTS_S = 10 * 60;

export type Purpose = 'second_factor' | 'passkey_sign_in' | 'passkey_registration' | 'oidc';
export type Pending = { userId: string | null; details: Record<string, unknown> };

/** Begins something that a second request finishes; answers the token that a cookie keeps meanwhile. */
export async function begin(db: Db, purpose: Purpose, pending: Pending, now = new Date()): Promise<string> {
	const token = newToken();
	await db
		.insertInto('pending_steps')
		.values({
			token_hash: hashToken(token),
			purpose,
			user_id: pending.userId,
			details: JSON.stringify(pending.details),
			expires_at: new Date(now.getTime() + LASTS_S * 1000)
		})
		.execute();
	return token;
}

/** What was begun, without ending it; null where it is unknown, finished or too old. */
export async function look(db: Db, purpose: Purpose, token: string, now = new Date()): Promise<Pending | null> {
	const { rows } = await sql<Pending>`
		select user_id as "userId", details from pending_steps
		where token_hash = ${hashToken(token)} and purpose = ${purpose} and expires_at > ${now}`.execute(db);
	return rows[0] ?? null;
}

/** Takes what was begun, once: of two at the same time one gets null. */
export async function take(db: Db, purpose: Purpose, token: string, now = new Date()): Promise<Pending | null> {
	const { rows } = await sql<Pending>`
		delete from pending_steps where token_hash = ${hashToken(token)} and purpose = ${purpose} and expires_at > ${now}
		returning user_id as "userId", details`.execute(db);
	return rows[0] ?? null;
}
