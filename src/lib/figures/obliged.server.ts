import { sql, type RawBuilder } from 'kysely';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { condition, type Asked } from './condition.server.ts';
import type { Cohort, Flow, FigureRecord } from './figure.ts';

/** Units under the asked one that are expected to have such a record and have none, as SQL `from … where …` over `v`. */
function without(figure: Flow | Cohort, asked: Asked): RawBuilder<unknown> {
	const day = asked.structure === 'then' ? asked.asOf : asked.structure === 'now' ? today() : asked.structure;
	return sql`
		from unit_paths under
		join unit_versions v on v.unit_id = under.unit_id and v.valid @> ${day}::date
		join unit_kinds k on k.kind = v.kind and k.registers
		where under.ancestor_id = ${asked.unitId}::uuid and under.valid @> ${day}::date and under.known @> ${asked.known}::timestamptz
			and v.unit_id not in (select p.unit_id ${condition(figure, asked)} group by p.unit_id having sum(p.quantity) > 0)`;
}

/** How many; null (not applicable) where nobody under the unit is expected to have one. */
export async function countWithout(db: Db, figure: Flow | Cohort, asked: Asked): Promise<number | null> {
	const { rows } = await sql<{ value: number }>`select count(*)::bigint as value ${without(figure, asked)}`.execute(db);
	const value = rows[0]?.value ?? 0;
	if (value > 0) return value;
	return (await countObliged(db, asked)) === 0 ? null : 0;
}

/** How many units under the asked one are expected to register on its cut-off day. */
export async function countObliged(db: Db, asked: Pick<Asked, 'unitId' | 'asOf'>): Promise<number> {
	const { rows } = await sql<{ value: number }>`
		select count(*)::bigint as value from unit_paths under
		join unit_versions v on v.unit_id = under.unit_id and v.valid @> ${asked.asOf}::date
		join unit_kinds k on k.kind = v.kind and k.registers
		where under.ancestor_id = ${asked.unitId}::uuid and under.valid @> ${asked.asOf}::date and upper_inf(under.known)`.execute(
		db
	);
	return rows[0]?.value ?? 0;
}

/** Which, by code. */
export async function listWithout(
	db: Db,
	figure: Flow | Cohort,
	asked: Asked,
	page: { after: string; limit: number }
): Promise<FigureRecord[]> {
	const { rows } = await sql<{ unitId: string }>`
		select v.unit_id as "unitId" ${without(figure, asked)} and v.code > ${page.after} order by v.code limit ${page.limit}`.execute(
		db
	);
	return rows.map((row) => ({ caseId: null, unitId: row.unitId, onDate: null, quantity: 1 }));
}
