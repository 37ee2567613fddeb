import { createHash, randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { command } from '#lib/actions/action.server.ts';
import { today } from '#lib/server/clock.ts';
import type { Db, Tx } from '#lib/server/db.ts';
import { Problem, problem } from '#lib/server/problem.ts';
import { authorise, may, visibleTo } from '#lib/units/authority.server.ts';
import { homeOf } from '#lib/units/unit.server.ts';
import { daysBetween } from '#lib/vietnamese/day.ts';
import type { Actor, Grant } from './actor.ts';
import { at, HELD } from './role.server.ts';
import { isScope, LONGEST_TOKEN_DAYS, permissionsOf, TOKEN_PREFIX, TOKENS_AT_MOST, type Scope } from './token.ts';

/** `expiresOn`: the first day on which it no longer works. */
export type NewToken = { name: string; unitId: string; scopes: readonly Scope[]; expiresOn: string };

/**
 * Makes a token that acts as its owner on a unit. The secret is answered this once and kept nowhere. Refuses a scope that
 * the owner has not got there, and days that are over or more than a year ahead.
 */
export async function create(db: Db, actor: Actor, wanted: NewToken): Promise<{ id: string; secret: string }> {
	const { name, unitId, scopes, expiresOn } = wanted;
	return command(db, actor, async (tx) => {
		await authorise(tx, actor, 'unit.read', unitId);
		for (const scope of scopes) {
			if (!(await may(tx, actor, scope, unitId))) throw problem('token.scope_not_held', { scope });
		}
		if (expiresOn <= today()) throw problem('token.expired_already');
		if (daysBetween(today(), expiresOn) > LONGEST_TOKEN_DAYS) throw problem('token.expires_too_late');
		await refuseTooMany(tx, actor);
		const secret = TOKEN_PREFIX + randomBytes(32).toString('base64url');
		const id = newId();
		await tx
			.insertInto('api_tokens')
			.values({
				id,
				user_id: actor.id ?? '',
				unit_id: unitId,
				name,
				token_hash: hashOf(secret),
				scopes: [...scopes],
				expires_on: expiresOn
			})
			.execute();
		const details = { name, scopes, expiresOn };
		return { result: { id, secret }, actions: [await acted(tx, { id, unitId, verb: 'create_token', details })] };
	});
}

async function refuseTooMany(tx: Tx, actor: Actor): Promise<void> {
	const { rows } = await sql<{ count: number }>`
		select count(*)::bigint as count from api_tokens
		where user_id = ${actor.id}::uuid and revoked_at is null and expires_on > ${today()}::date`.execute(tx);
	if ((rows[0]?.count ?? 0) >= TOKENS_AT_MOST) throw problem('token.too_many', { most: TOKENS_AT_MOST });
}

/** Ends a token at once: its owner, or who manages accounts on its unit. To others it is not there. */
export async function revoke(db: Db, actor: Actor, id: string): Promise<{ id: string }> {
	return command(db, actor, async (tx) => {
		const { rows } = await sql<{ userId: string; unitId: string; name: string }>`
			select user_id as "userId", unit_id as "unitId", name from api_tokens
			where id = ${id}::uuid and revoked_at is null for update`.execute(tx);
		const held = rows[0];
		if (!held) throw problem('token.not_found');
		const { unitId, name } = held;
		if (held.userId !== actor.id && !(await may(tx, actor, 'account.manage', unitId))) throw problem('token.not_found');
		await sql`update api_tokens set revoked_at = now() where id = ${id}::uuid`.execute(tx);
		const details = { name, owner: held.userId };
		return { result: { id }, actions: [await acted(tx, { id, unitId, verb: 'revoke_token', details })] };
	});
}

async function acted(tx: Tx, what: { id: string; unitId: string; verb: string; details: Record<string, unknown> }) {
	const { id, unitId, verb, details } = what;
	return { id: newId(), homeId: await homeOf(tx, unitId, today()), noun: 'token', recordId: id, verb, unitId, details };
}

/** A token as it was given, its owner, and the owner's roles of today as far as they reach. */
type Presented = {
	hash: string;
	id: string;
	name: string;
	scopes: string[];
	isOver: boolean;
	isUsedLately: boolean;
	userId: string;
	userName: string;
	grants: Grant[];
};

/** Who asks with a token. */
export type TokenOwner = Actor & { token: NonNullable<Actor['token']> };

/**
 * Who asks with each of these tokens: its owner with the roles of today, cut down to the token's unit and scopes; or why it is
 * refused: it was never given (`api.token_unknown`), or it was revoked, has expired or its owner has no role left there
 * (`api.token_ended`). A role from above the unit counts on the unit, one below it on its own.
 */
export async function ownersOf(db: Db, secrets: readonly string[]): Promise<Map<string, TokenOwner | Problem>> {
	const { rows } = await sql<Presented>`
		select t.token_hash as hash, t.id, t.name, t.scopes, t.user_id as "userId", u.name as "userName",
			(t.revoked_at is not null or t.expires_on <= ${today()}::date) as "isOver",
			coalesce(t.last_used_at >= now() - interval '1 minute', false) as "isUsedLately",
			coalesce((
				select jsonb_agg(jsonb_build_object('role', g.role,
					'unitId', case when reach.is_above then t.unit_id else g.unit_id end) order by g.id)
				from role_grants g ${at(today())}
				cross join lateral (
					select p.unit_id = t.unit_id as is_above from unit_paths p
					where upper_inf(p.known) and p.valid @> at.day
						and ((p.ancestor_id = g.unit_id and p.unit_id = t.unit_id)
							or (p.ancestor_id = t.unit_id and p.unit_id = g.unit_id))
					order by 1 desc limit 1
				) reach
				where g.user_id = t.user_id and ${HELD}
			), '[]') as grants
		from api_tokens t join users u on u.id = t.user_id where t.token_hash = any(${secrets.map(hashOf)}::text[])`.execute(
		db
	);
	const unnoted = rows.filter((row) => isAlive(row) && !row.isUsedLately).map(({ id }) => id);
	if (unnoted.length > 0) await noteUse(db, unnoted);
	const found = new Map(rows.map((row) => [row.hash, row]));
	return new Map(secrets.map((secret) => [secret, ownerOf(found.get(hashOf(secret)))]));
}

function ownerOf(presented: Presented | undefined): TokenOwner | Problem {
	if (!presented) return problem('api.token_unknown');
	if (!isAlive(presented)) return problem('api.token_ended');
	const { id, name, scopes, grants, userId, userName } = presented;
	const token = { id, name, permissions: permissionsOf(scopes.filter(isScope)) };
	return { id: userId, name: userName, grants, everything: false, token };
}

function isAlive({ isOver, grants }: Presented): boolean {
	return !isOver && grants.length > 0;
}

/** Once a minute. Who is revoking one at this moment is not waited for. */
async function noteUse(db: Db, ids: readonly string[]): Promise<void> {
	await sql`
		update api_tokens set last_used_at = now() where id in (
			select id from api_tokens where id = any(${[...ids]}::uuid[])
				and (last_used_at is null or last_used_at < now() - interval '1 minute') order by id for update skip locked)`.execute(
		db
	);
}

/** As it is kept: a token is long and random, so that a plain hash is enough. */
function hashOf(secret: string): string {
	return createHash('sha256').update(secret).digest('hex');
}

export type ListedToken = {
	id: string;
	name: string;
	ownerName: string;
	ownerEmail: string;
	unitName: string;
	scopes: string[];
	createdAt: Date;
	expiresOn: string;
	lastUsedAt: Date | null;
	revokedAt: Date | null;
};

const COLUMNS = sql<ListedToken>`
	t.id, t.name, u.name as "ownerName", u.email as "ownerEmail", t.scopes, t.created_at as "createdAt",
	t.expires_on as "expiresOn", t.last_used_at as "lastUsedAt", t.revoked_at as "revokedAt",
	(select v.name from unit_versions v where v.unit_id = t.unit_id
		order by (v.valid @> ${today()}::date) desc, upper(v.valid) desc nulls first limit 1) as "unitName"
	from api_tokens t join users u on u.id = t.user_id`;

/** The actor's own tokens, latest first; those that ended are kept in sight. */
export async function listOwn(db: Db, actor: Actor): Promise<ListedToken[]> {
	const { rows } = await sql<ListedToken>`
		select ${COLUMNS} where t.user_id = ${actor.id}::uuid order by t.id desc limit 200`.execute(db);
	return rows;
}

/** Live tokens on the units where the actor manages accounts, latest first. */
export async function listManaged(db: Db, actor: Actor): Promise<ListedToken[]> {
	const { rows } = await sql<ListedToken>`
		select ${COLUMNS} where t.revoked_at is null and t.expires_on > ${today()}::date
			and ${visibleTo(actor, 'account.manage', { unit: 't.unit_id' })} order by t.id desc limit 500`.execute(db);
	return rows;
}
