import { sql } from 'kysely';
import type { Db, Tx } from '#lib/server/db.ts';
import type { Descent, Family } from './family.ts';
import type { Planned } from './plan.ts';

/** Keeps into what units were split, also for successors that nothing was attributed to yet. */
export async function keepDivisions(tx: Tx, planned: readonly Planned[]): Promise<void> {
	const rows = planned.flatMap(({ id, divisions }) =>
		divisions.map(({ unitId, heirId, places }) => ({ event_id: id, unit_id: unitId, heir_id: heirId, places }))
	);
	if (rows.length === 0) return;
	await sql`
		insert into unit_divisions (event_id, unit_id, heir_id, places)
		select event_id, unit_id, heir_id, places
		from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (event_id uuid, unit_id uuid, heir_id uuid, places text[])`.execute(
		tx
	);
}

/** A unit that another came from or went over to, whole or in part, under its last name, and since when. */
export type Kin = { id: string; code: string; name: string; on: string; whole: boolean };

/** Who a unit came from and who it went over to, by the events that hold. */
export async function kinOf(db: Db, unitId: string): Promise<{ predecessors: Kin[]; successors: Kin[] }> {
	const { rows } = await sql<Kin & { isBefore: boolean }>`
		with kin as (
			select event_id, heir_id as other_id, true as whole, false as is_before from unit_changes
			where change = 'close' and unit_id = ${unitId}::uuid and heir_id is not null
			union all select event_id, unit_id, true, true from unit_changes where change = 'close' and heir_id = ${unitId}::uuid
			union all select event_id, heir_id, false, false from unit_divisions where unit_id = ${unitId}::uuid
			union all select event_id, unit_id, false, true from unit_divisions where heir_id = ${unitId}::uuid
		)
		select v.id, v.code, v.name, e.effective_on as "on", bool_or(kin.whole) as whole, kin.is_before as "isBefore"
		from kin join unit_events e on e.id = kin.event_id
		cross join lateral (
			select s.unit_id as id, s.code, s.name from unit_states s
			where s.unit_id = kin.other_id and upper_inf(s.known)
			order by lower(s.valid) desc limit 1
		) v
		where not exists (select 1 from unit_event_undoings u where u.event_id = kin.event_id)
		group by v.id, v.code, v.name, e.effective_on, kin.is_before
		order by e.effective_on, v.code`.execute(db);
	const told = (isBefore: boolean): Kin[] =>
		rows
			.filter((row) => row.isBefore === isBefore)
			.map(({ id, code, name, on, whole }) => ({ id, code, name, on, whole }));
	return { predecessors: told(true), successors: told(false) };
}

const FAMILY_AT_MOST = 60;
const GENERATIONS = 2;

/** Two generations of predecessors and two of successors of a unit, itself among them; `more`: not all are told. */
export async function familyOf(db: Db, unit: { id: string; code: string; name: string }): Promise<Family> {
	const relatives = new Map([[unit.id, { id: unit.id, code: unit.code, name: unit.name }]]);
	const descents = new Map<string, Descent>();
	const walk = async (side: 'predecessors' | 'successors'): Promise<void> => {
		let edge = [unit.id];
		for (let step = 0; step < GENERATIONS; step += 1) {
			const next: string[] = [];
			for (const id of edge) {
				for (const { id: other, code, name, on, whole } of (await kinOf(db, id))[side]) {
					if (relatives.size >= FAMILY_AT_MOST && !relatives.has(other)) continue;
					if (!relatives.has(other)) next.push(other);
					relatives.set(other, { id: other, code, name });
					const [from, to] = side === 'predecessors' ? [other, id] : [id, other];
					descents.set(`${from} ${to}`, { from, to, on, whole });
				}
			}
			edge = next;
		}
	};
	await walk('predecessors');
	await walk('successors');
	return {
		relatives: [...relatives.values()],
		descents: [...descents.values()],
		more: relatives.size >= FAMILY_AT_MOST
	};
}
