import { sql } from 'kysely';
import type { Actor } from '#lib/accounts/actor.ts';
import { inTransaction, type Db, type Tx } from '#lib/server/db.ts';

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
 * by the same actor answers what the first answered and does nothing; the key is locked, so that two at once do not race.
 */
export async function command<T>(db: Db, actor: Actor, run: (tx: Tx) => Promise<Acted<T>>, key?: string): Promise<T> {
	return inTransaction(db, async (tx) => {
		if (key !== undefined) {
			const earlier = await answered<T>(tx, actor, key);
			if (earlier) return earlier.result;
		}
		const { result, actions } = await run(tx);
		await write(tx, actor, actions);
		if (key !== undefined) {
			await tx
				.insertInto('idempotency_keys')
				.values({ actor_id: actor.id ?? NOBODY, key, result: JSON.stringify({ result }) })
				.execute();
		}
		return result;
	});
}

async function answered<T>(tx: Tx, actor: Actor, key: string): Promise<{ result: T } | null> {
	const owner = actor.id ?? NOBODY;
	await sql`select pg_advisory_xact_lock(hashtextextended(${`${owner}:${key}`}, 0))`.execute(tx);
	const found = await sql<{ result: { result: T } }>`
		select result from idempotency_keys where actor_id = ${owner} and key = ${key}`.execute(tx);
	return found.rows[0]?.result ?? null;
}

const AT_ONCE = 1000;

/** Bulk commands write thousands of actions: a thousand in a statement, in one parameter. */
async function write(tx: Tx, actor: Actor, actions: readonly NewAction[]): Promise<void> {
	for (let from = 0; from < actions.length; from += AT_ONCE) {
		const rows = actions.slice(from, from + AT_ONCE).map((action) => ({
			home_id: action.homeId,
			id: action.id,
			noun: action.noun,
			record_id: action.recordId,
			verb: action.verb,
			unit_id: action.unitId,
			reason: action.reason ?? null,
			details: action.details ?? {}
		}));
		await sql`
			insert into actions (home_id, id, noun, record_id, verb, actor_id, actor_name, unit_id, reason, details)
			select home_id, id, noun, record_id, verb, ${actor.id}::uuid, ${actor.name}, unit_id, reason, details
			from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (
				home_id uuid, id uuid, noun text, record_id uuid, verb text, unit_id uuid, reason text, details jsonb)`.execute(tx);
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
