import { sql } from 'kysely';
import type { Actor } from '#lib/accounts/actor.ts';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { visibleTo } from './authority.server.ts';
import { readUnitRef, type Unit } from './unit.ts';

/** A unit that has or had a code, as it last was. `closedOn`: the first day on which it is no more. */
export type Bearer = Unit & { closedOn: string | null; undivided: boolean; from: string };

/**
 * Whoever has or had a code, the latest first: codes of closed units are given again. One that is open today comes before
 * any that ended, and whoever had it on the day that the reference names before all. Refuses when the actor may see none of them.
 */
export async function bearersOf(db: Db, actor: Actor, ref: string): Promise<[Bearer, ...Bearer[]]> {
	const { code, day } = readUnitRef(ref);
	const { rows } = await sql<Bearer>`
		select last.unit_id as id, last.code, last.name, last.kind, last.parent_id as "parentId",
			case when last.closed then lower(last.valid) end as "closedOn", last.heirless as undivided, named.since as "from"
		from (
			select s.unit_id, min(lower(s.valid)) as since, bool_or(s.valid @> ${day}::date) as meant from unit_states s
			where s.code = ${code} and upper_inf(s.known) group by s.unit_id
		) named
		cross join lateral (
			select s.* from unit_states s where s.unit_id = named.unit_id and upper_inf(s.known)
			order by lower(s.valid) desc limit 1
		) last
		where ${visibleTo(actor, 'unit.read', { unit: 'named.unit_id' })}
		order by coalesce(named.meant, false) desc, last.closed and lower(last.valid) <= ${today()}::date, lower(last.valid) desc`.execute(
		db
	);
	const [first, ...others] = rows;
	if (!first) throw problem('unit.not_found', { code });
	return [first, ...others];
}
