import type { Db } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { listAbove } from '#lib/units/unit.server.ts';
import { sql } from 'kysely';
import type { Office } from './period.ts';

/** What a letterhead says of an office, as it was on a day: its name, who is above it, and where it sits. */
export async function officeOf(db: Db, unitId: string, day: string): Promise<Office> {
	const above = await listAbove(db, unitId, day);
	const unit = above.at(-1);
	if (!unit) throw problem('unit.not_found', { code: unitId });
	const superior = above.at(-2) ?? null;
	return {
		name: unit.name,
		kind: unit.kind,
		superiorName: superior?.name ?? null,
		placeName: await placeOf(db, unitId, day),
		hasBloc: await hasBloc(db, unitId, day)
	};
}

/** Is the unit a bloc committee, or is one above or below it, in a year that knows their level? It ended on 1/7/2025. */
async function hasBloc(db: Db, unitId: string, day: string): Promise<boolean> {
	const { rows } = await sql`
		select 1 from unit_paths p
		join unit_versions v on v.unit_id in (p.unit_id, p.ancestor_id) and v.kind = 'bloc_committee' and v.valid @> ${day}::date
		join recognition_levels l on l.level = 'bloc'
			and l.valid && daterange(date_trunc('year', ${day}::date::timestamp)::date, ${day}::date, '[]')
		where ${unitId}::uuid in (p.unit_id, p.ancestor_id) and p.valid @> ${day}::date and upper_inf(p.known)
		limit 1`.execute(db);
	return rows.length > 0;
}

/** The province it belongs to by name, else its own place; documents are dated there. */
async function placeOf(db: Db, unitId: string, day: string): Promise<string> {
	const { rows } = await sql<{ name: string; place: string | null; isProvince: boolean }>`
		select v.name, v.place, k.tier = 'province' as "isProvince" from unit_paths p
		join unit_versions v on v.unit_id = p.ancestor_id and v.valid @> ${day}::date
		join unit_kinds k on k.kind = v.kind
		where p.unit_id = ${unitId}::uuid and p.valid @> ${day}::date and upper_inf(p.known)
		order by p.depth`.execute(db);
	const province = rows.find((row) => row.isProvince);
	const placed = rows.find((row) => row.place !== null);
	return province
		? province.name.replace(/^(Tỉnh u[ỷy]|Tỉnh ủy|Thành u[ỷy]|Thành ủy|Đảng bộ (tỉnh|thành phố))\s+/i, '')
		: (placed?.place ?? '…');
}
