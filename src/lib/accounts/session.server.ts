import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { command } from '#lib/actions/action.server.ts';
import type { Db, Tx } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { accountAction } from './account-action.server.ts';
import type { Actor } from './actor.ts';
import { hashToken, newToken } from './cipher.server.ts';

/** A session ends after a working day, or when nothing was asked for two hours (ASVS 5.0 V7.3). */
export const SESSION_S = { longest: 12 * 3600, idle: 2 * 3600 } as const;
/** How often the time of the last use is written at most. */
const TOUCH_S = 60;

/** What was proved: `oidc_strong` where the identity provider asked for more than a password itself. */
export type Factor = 'password' | 'totp' | 'recovery' | 'passkey' | 'oidc' | 'oidc_strong';

/** From where somebody comes: the network address as trusted proxies tell it, and what the browser calls itself. */
export type Client = { address: string; agent: string };

export type Session = {
	id: string;
	factor: Factor;
	user: { id: string; name: string; email: string };
	/** Has the user a second factor set up? */
	hasSecondFactor: boolean;
	openedAt: Date;
	/** Demonstration worlds only: setting it up was put off. */
	putOff: boolean;
	isDemonstration: boolean;
};

/** Opens a session and answers its token, which only the browser keeps. A session never outlives the sign-in before it. */
export async function open(
	tx: Tx,
	opening: { userId: string; factor: Factor; client: Client; replaces: string | undefined },
	now: Date
): Promise<string> {
	const token = newToken();
	if (opening.replaces) await sql`delete from sessions where token_hash = ${hashToken(opening.replaces)}`.execute(tx);
	await tx
		.insertInto('sessions')
		.values({
			id: newId(),
			user_id: opening.userId,
			token_hash: hashToken(token),
			factor: opening.factor,
			ip_address: opening.client.address.slice(0, 60),
			user_agent: opening.client.agent.slice(0, 300),
			created_at: now,
			last_used_at: now,
			expires_at: new Date(now.getTime() + SESSION_S.longest * 1000)
		})
		.execute();
	return token;
}

/** The session that a cookie's token names, and whose it is; null where it has ended. Notes that it was used. */
export async function find(db: Db, token: string, now = new Date()): Promise<Session | null> {
	const { rows } = await sql<Omit<Session, 'user'> & { userId: string; name: string; email: string; isStale: boolean }>`
		select s.id, s.factor, s.created_at as "openedAt", u.id as "userId", u.name, u.email, s.factor_put_off_at is not null as "putOff",
			s.last_used_at < ${now}::timestamptz - make_interval(secs => ${TOUCH_S}) as "isStale",
			exists (select 1 from totp_secrets t where t.user_id = u.id and t.confirmed_at is not null)
				or exists (select 1 from passkeys p where p.user_id = u.id) as "hasSecondFactor",
			exists (select 1 from installation where demonstration_since is not null) as "isDemonstration"
		from sessions s join users u on u.id = s.user_id
		where s.token_hash = ${hashToken(token)} and s.expires_at > ${now}::timestamptz
			and s.last_used_at > ${now}::timestamptz - make_interval(secs => ${SESSION_S.idle})`.execute(db);
	const row = rows[0];
	if (!row) return null;
	const { userId, name, email, isStale, ...session } = row;
	if (isStale) await sql`update sessions set last_used_at = ${now} where id = ${row.id}::uuid`.execute(db);
	return { ...session, user: { id: userId, name, email } };
}

export type OpenSession = {
	id: string;
	agent: string;
	address: string;
	factor: Factor;
	createdAt: Date;
	lastUsedAt: Date;
};

/** The actor's own open sessions, the last used first. */
export async function listOwn(db: Db, actor: Actor, now = new Date()): Promise<OpenSession[]> {
	const { rows } = await sql<OpenSession>`
		select id, coalesce(user_agent, '') as agent, coalesce(ip_address, '') as address, factor,
			created_at as "createdAt", last_used_at as "lastUsedAt"
		from sessions where user_id = ${actor.id}::uuid and expires_at > ${now}::timestamptz
			and last_used_at > ${now}::timestamptz - make_interval(secs => ${SESSION_S.idle})
		order by last_used_at desc`.execute(db);
	return rows;
}

/** Signs out: ends the session that is in use. */
export async function signOut(db: Db, actor: Actor, sessionId: string): Promise<void> {
	await command(db, actor, async (tx) => {
		await endOwn(tx, actor, sessionId);
		return { result: undefined, actions: [await accountAction(tx, ownId(actor), 'sign_out')] };
	});
}

/** Ends one of the actor's own sessions on another device. Throws `account.session_not_found`. */
export async function revoke(db: Db, actor: Actor, sessionId: string): Promise<void> {
	await command(db, actor, async (tx) => {
		await endOwn(tx, actor, sessionId);
		return { result: undefined, actions: [await accountAction(tx, ownId(actor), 'revoke_session', { count: 1 })] };
	});
}

/** Ends all the actor's own sessions but the one in use; answers how many. */
export async function revokeOthers(db: Db, actor: Actor, keepId: string): Promise<number> {
	return command(db, actor, async (tx) => {
		const count = await endSessions(tx, ownId(actor), keepId);
		return { result: count, actions: [await accountAction(tx, ownId(actor), 'revoke_session', { count })] };
	});
}

/**
 * Ends a user's sessions at once, all or all but one: when a role ends or changes, when the password changes.
 * Part of the command that is the cause, which tells of it. Answers how many.
 */
export async function endSessions(tx: Tx, userId: string, keepId: string | null = null): Promise<number> {
	const { numAffectedRows } = await sql`
		delete from sessions where user_id = ${userId}::uuid and id is distinct from ${keepId}::uuid`.execute(tx);
	await sql`delete from pending_steps where user_id = ${userId}::uuid`.execute(tx);
	return Number(numAffectedRows ?? 0n);
}

/** Puts off the second factor that the role asks for, for this session; only the demonstration world allows it. */
export async function putOffSecondFactor(db: Db, session: Session): Promise<void> {
	if (!session.isDemonstration) throw problem('access.denied');
	await sql`update sessions set factor_put_off_at = now() where id = ${session.id}::uuid`.execute(db);
}

/** Removes what has ended: sessions, begun sign-ins, old failures. Answers how many sessions went. */
export async function sweep(db: Db, now = new Date()): Promise<number> {
	await sql`delete from pending_steps where expires_at < ${now}`.execute(db);
	await sql`delete from sign_in_throttles where tried_at < ${now}::timestamptz - interval '24 hours'`.execute(db);
	const { numAffectedRows } = await sql`
		delete from sessions where expires_at <= ${now}::timestamptz
			or last_used_at < ${now}::timestamptz - make_interval(secs => ${SESSION_S.idle})`.execute(db);
	return Number(numAffectedRows ?? 0n);
}

async function endOwn(tx: Tx, actor: Actor, sessionId: string): Promise<void> {
	const { numAffectedRows } = await sql`
		delete from sessions where id = ${sessionId}::uuid and user_id = ${ownId(actor)}::uuid`.execute(tx);
	if (numAffectedRows !== 1n) throw problem('account.session_not_found');
}

/** A person acts on their own account; the operator of the machine has none. */
export function ownId(actor: Actor): string {
	if (!actor.id) throw problem('access.denied');
	return actor.id;
}
