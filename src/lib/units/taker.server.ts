import { sql } from 'kysely';
import { today } from '#lib/server/clock.ts';
import type { Db, Tx } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { formatDay } from '#lib/vietnamese/format.ts';

/** How a unit that has ended stands: taken over as a whole, or undivided, with nobody. */
export type Ended = 'taken_over' | 'undivided';

/** Those of these units that have ended by a day, or not begun. */
export async function endedOn(
	db: Db,
	{ unitIds, day }: { unitIds: readonly string[]; day: string }
): Promise<Map<string, Ended>> {
	const { rows } = await sql<{ id: string; ended: Ended }>`
		select unit_id as id, case when heirless then 'undivided' else 'taken_over' end as ended from unit_states
		where unit_id = any(${[...unitIds]}::uuid[]) and upper_inf(known) and valid @> ${day}::date and closed`.execute(db);
	return new Map(rows.map((row) => [row.id, row.ended]));
}

/** Who has a case of a unit today: whom it was attributed to, else the unit itself. What may be done there may be done with it. */
export async function holderOf(db: Db, of: { id: string; unitId: string }): Promise<string> {
	const { rows } = await sql<{ heir: string }>`
		select heir_id as heir from case_shares where case_id = ${of.id}::uuid and unit_id = ${of.unitId}::uuid
			and valid @> ${today()}::date and upper_inf(known)`.execute(db);
	return rows[0]?.heir ?? of.unitId;
}

/** As `holderOf`, for many cases; answers units, each once. */
export async function holdersOf(db: Db, cases: readonly { id: string; unitId: string }[]): Promise<string[]> {
	const { rows } = await sql<{ holder: string }>`
		select distinct coalesce(share.heir_id, c.unit_id) as holder
		from unnest(${cases.map(({ id }) => id)}::uuid[], ${cases.map(({ unitId }) => unitId)}::uuid[]) as c (id, unit_id)
		left join case_shares share on share.case_id = c.id and share.unit_id = c.unit_id
			and share.valid @> ${today()}::date and upper_inf(share.known)`.execute(db);
	return rows.map(({ holder }) => holder);
}

/** The open unit that has a case of a unit on a day: the unit, whom the case was attributed to, or who took either over. */
export async function takerOf(db: Db, of: { id: string; unitId: string }, day: string): Promise<string> {
	return (await takersOf(db, [of], day)).get(of.id) ?? of.unitId;
}

/** As `takerOf`, for many cases; by case. */
export async function takersOf(
	db: Db,
	cases: readonly { id: string; unitId: string }[],
	day: string
): Promise<Map<string, string>> {
	const { rows } = await sql<{ id: string; taker: string }>`
		select c.id, coalesce(taker.id, holder.id) as taker
		from unnest(${cases.map(({ id }) => id)}::uuid[], ${cases.map(({ unitId }) => unitId)}::uuid[]) as c (id, unit_id)
		left join case_shares share on share.case_id = c.id and share.unit_id = c.unit_id
			and share.valid @> ${today()}::date and upper_inf(share.known)
		cross join lateral (select coalesce(share.heir_id, c.unit_id) as id) holder
		left join lateral (
			select p.ancestor_id as id from unit_paths p
			join unit_versions v on v.unit_id = p.ancestor_id and v.valid @> ${day}::date
			where p.unit_id = holder.id and p.valid @> ${day}::date and upper_inf(p.known) and not p.undivided
				and (p.depth = 0 or p.inherited)
			order by p.depth limit 1
		) taker on true`.execute(db);
	return new Map(rows.map(({ id, taker }) => [id, taker]));
}

/** Nothing new is entered for a unit on a day on which it is no more, or not yet: refused, naming who took it over. */
export async function refuseEnded(tx: Tx, unitId: string, day: string): Promise<void> {
	(await endings(tx, [unitId], day))(unitId);
}

/** As `refuseEnded`, for many units: asked for one of them, the answer refuses it. */
export async function endings(tx: Tx, unitIds: readonly string[], day: string): Promise<(unitId: string) => void> {
	const { rows } = await sql<{ id: string; name: string; since: string; heir: string | null; closed: boolean }>`
		select distinct on (s.unit_id) s.unit_id as id, s.name, lower(s.valid) as since, s.closed,
			case when s.heirless then null else (select h.name from unit_states h where h.unit_id = s.parent_id
				and upper_inf(h.known) order by lower(h.valid) desc limit 1) end as heir
		from unit_states s where s.unit_id = any(${[...unitIds]}::uuid[]) and upper_inf(s.known)
			and (s.valid @> ${day}::date or lower(s.valid) > ${day}::date)
		order by s.unit_id, lower(s.valid)`.execute(tx);
	const states = new Map(rows.map((row) => [row.id, row]));
	return (unitId) => {
		const state = states.get(unitId);
		if (!state || (!state.closed && state.since <= day)) return;
		const params = { unit: state.name, day: formatDay(state.since) };
		if (!state.closed) throw problem('unit.not_yet', params);
		if (state.heir === null) throw problem('unit.ended', params);
		throw problem('unit.ended_taken_over', { ...params, heir: state.heir });
	};
}
