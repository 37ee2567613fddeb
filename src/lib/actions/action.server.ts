import { sql } from 'kysely';
import type { Actor } from '#lib/accounts/actor.ts';
import { inTransaction, type Db, type Tx } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';

/** One row of the action log to be written. `id` is made by the command, so that its postings can name their cause. */
export type NewAction = {
	id: string;
	homeId: string;
	noun: string;
	recordId: string;
	verb: string;
	unitId: string | null;
	reason?: string | null;
	details?: Record<string, unknown>;
};

/** What a command hands back: its result and at least one action. A command without an action does not compile. */
export type Acted<T> = { result: T; actions: readonly [NewAction, ...NewAction[]] };

/** No user: the command line and jobs act under a name only; their idempotency keys are kept under this id. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/**
 * Runs a command in one transaction and writes its actions in the same one. With `key`, a retry of the same command
 * by the same actor answers what the first answered and does nothing.
 */
export async function command<T>(db: Db, actor: Actor, run: (tx: Tx) => Promise<Acted<T>>, key?: string): Promise<T> {
	const perform = async (tx: Tx) => {
		const { result, actions } = await run(tx);
		await write(
			tx,
			actions.map((action) => ({ actor, action }))
		);
		return result;
	};
	if (key === undefined) return inTransaction(db, perform);
	return (await once(db, actor, { key }, perform)).result;
}

/** `fingerprint`: what was asked with the key; the same key for something else is refused. */
export type Keyed = { key: string; fingerprint?: string };

/**
 * Runs `run` in one transaction and keeps its result under the actor's key; whoever comes with the same key again gets
 * that result. The key is locked, so that of two at the same moment one waits for the other.
 */
export async function once<T>(
	db: Db,
	actor: Actor,
	{ key, fingerprint }: Keyed,
	run: (tx: Tx) => Promise<T>
): Promise<{ result: T; isRepeated: boolean }> {
	const owner = ownerOf({ actor });
	return inTransaction(db, async (tx) => {
		await sql`select pg_advisory_xact_lock(hashtextextended(${`${owner}:${key}`}, 0))`.execute(tx);
		const { rows } = await sql<{ result: { result: T; fingerprint?: string } }>`
			select result from idempotency_keys where actor_id = ${owner} and key = ${key}`.execute(tx);
		const earlier = rows[0]?.result;
		if (earlier && earlier.fingerprint !== fingerprint) throw problem('api.key_reused');
		if (earlier) return { result: earlier.result, isRepeated: true };
		const result = await run(tx);
		await tx
			.insertInto('idempotency_keys')
			.values({ actor_id: owner, key, result: JSON.stringify({ result, fingerprint }) })
			.execute();
		return { result, isRepeated: false };
	});
}

/** Somebody's command and the key it came with. */
export type KeyedBy = Keyed & { actor: Actor };

/**
 * Of commands that are to be done together: takes the keys of those that nobody is at and nobody was answered for, without
 * waiting, and answers these. The others, and one that comes twice, have to go by themselves (`once`).
 */
export async function takeKeys<K extends KeyedBy>(tx: Tx, all: readonly K[]): Promise<K[]> {
	const owned = new Map(all.toReversed().map((keyed) => [`${ownerOf(keyed)}:${keyed.key}`, keyed]));
	const rows = JSON.stringify([...owned].map(([lock, keyed]) => ({ lock, owner: ownerOf(keyed), key: keyed.key })));
	// A key that was answered between the look and the lock is found when this one's answer is kept: then all go by themselves.
	const { rows: taken } = await sql<{ lock: string }>`
		select lock from jsonb_to_recordset(${rows}::jsonb) as k (lock text, owner uuid, key text)
		where pg_try_advisory_xact_lock(hashtextextended(lock, 0))
			and not exists (select 1 from idempotency_keys i where i.actor_id = k.owner and i.key = k.key)`.execute(tx);
	return taken.flatMap(({ lock }) => owned.get(lock) ?? []);
}

/** Keeps what each was answered under its key. */
export async function keepResults(tx: Tx, answered: readonly (KeyedBy & { result: unknown })[]): Promise<void> {
	const rows = answered.map(({ result, fingerprint, ...keyed }) => ({
		actor_id: ownerOf(keyed),
		key: keyed.key,
		result: { result, fingerprint }
	}));
	await sql`
		insert into idempotency_keys (actor_id, key, result)
		select actor_id, key, result
		from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (actor_id uuid, key text, result jsonb)`.execute(tx);
}

function ownerOf({ actor }: { actor: Actor }): string {
	return actor.id ?? NOBODY;
}

const AT_ONCE = 1000;

/** Bulk commands write thousands of actions: a thousand in a statement, in one parameter. */
export async function write(tx: Tx, acted: readonly { actor: Actor; action: NewAction }[]): Promise<void> {
	for (let from = 0; from < acted.length; from += AT_ONCE) {
		const rows = acted.slice(from, from + AT_ONCE).map(({ actor, action }) => ({
			home_id: action.homeId,
			id: action.id,
			noun: action.noun,
			record_id: action.recordId,
			verb: action.verb,
			actor_id: actor.id,
			actor_name: actor.name,
			unit_id: action.unitId,
			reason: action.reason ?? null,
			details: { ...action.details, ...(actor.token ? { token: actor.token.name } : {}) }
		}));
		await sql`
			insert into actions (home_id, id, noun, record_id, verb, actor_id, actor_name, unit_id, reason, details)
			select home_id, id, noun, record_id, verb, actor_id, actor_name, unit_id, reason, details
			from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (home_id uuid, id uuid, noun text, record_id uuid,
				verb text, actor_id uuid, actor_name text, unit_id uuid, reason text, details jsonb)`.execute(tx);
	}
}

export type ActionRow = {
	id: string;
	verb: string;
	actorName: string;
	actedAt: Date;
	reason: string | null;
	details: unknown;
};

/** The history of one record, oldest first. Ids are UUIDv7: they are in the order of time. */
export async function history(db: Db, recordIds: readonly string[]): Promise<ActionRow[]> {
	if (recordIds.length === 0) return [];
	return db
		.selectFrom('actions')
		.select(['id', 'verb', 'actor_name as actorName', 'acted_at as actedAt', 'reason', 'details'])
		.where('record_id', 'in', [...recordIds])
		.orderBy('id')
		.execute();
}
