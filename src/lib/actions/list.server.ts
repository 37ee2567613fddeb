import { sql } from 'kysely';
import type { Actor } from '#lib/accounts/actor.ts';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { visibleTo } from '#lib/units/authority.server.ts';

/** One action as the audit reads it. */
export type AuditedAction = {
	id: string;
	at: Date;
	noun: string;
	recordId: string;
	verb: string;
	by: string;
	unit: string | null;
	reason: string | null;
	details: Record<string, unknown>;
};

/** `from` and `to`: days, both inclusive. `after`: the id of the last action of the page before. */
export type ActionFilter = {
	unitId: string;
	noun?: string | undefined;
	recordId?: string | undefined;
	from?: string | undefined;
	to?: string | undefined;
	after?: string | undefined;
	limit: number;
};

/** What was done on a unit and under it, latest first, for who may audit there. Ids are UUIDv7: they are in the order of time. */
export async function listUnder(db: Db, actor: Actor, filter: ActionFilter): Promise<AuditedAction[]> {
	const { noun, recordId, from, to, after } = filter;
	const conditions = [
		sql`exists (select 1 from unit_paths under where under.unit_id = a.unit_id and under.ancestor_id = ${filter.unitId}::uuid
			and under.valid @> ${today()}::date and upper_inf(under.known))`,
		visibleTo(actor, 'audit.read', { unit: 'a.unit_id' }),
		...(noun ? [sql`a.noun = ${noun}`] : []),
		...(recordId ? [sql`a.record_id = ${recordId}::uuid`] : []),
		...(from ? [sql`a.acted_at >= ${from}::date::timestamp at time zone 'Asia/Ho_Chi_Minh'`] : []),
		...(to ? [sql`a.acted_at < (${to}::date + 1)::timestamp at time zone 'Asia/Ho_Chi_Minh'`] : []),
		...(after ? [sql`a.id < ${after}::uuid`] : [])
	];
	const { rows } = await sql<AuditedAction>`
		select a.id, a.acted_at as at, a.noun, a.record_id as "recordId", a.verb, a.actor_name as by, a.reason, a.details,
			(select v.code from unit_versions v where v.unit_id = a.unit_id order by upper(v.valid) desc nulls first limit 1) as unit
		from actions a where ${sql.join(conditions, sql` and `)}
		order by a.id desc limit ${filter.limit}`.execute(db);
	return rows;
}
