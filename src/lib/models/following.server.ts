import { sql } from 'kysely';
import type { Holding, Open } from '#lib/units/follower.ts';

/** Models that a reorganisation of units takes along: their registrations stay where they were made, and are found and continued by who takes the unit over. */
export const MODEL_HOLDING: Holding = {
	noun: 'models',
	open: async (db, unitIds) => {
		const { rows } = await sql<Open>`
			select unit_id as "unitId", 'cases' as what, count(*)::int as count from registrations
			where unit_id = any(${[...unitIds]}::uuid[])
				and state in ('draft', 'submitted', 'returned', 'registered', 'in_progress', 'self_assessed', 'appraised')
			group by unit_id`.execute(db);
		return rows;
	},
	places: async (db, caseIds) => {
		const { rows } = await sql<{ id: string; place: string }>`
			select id, place from registrations where id = any(${[...caseIds]}::uuid[]) and place is not null`.execute(db);
		return new Map(rows.map((row) => [row.id, row.place]));
	},
	uses: async (db, unitIds) => {
		const { rows } = await sql`
			select 1 from registrations where unit_id = any(${[...unitIds]}::uuid[])
			union all select 1 from imports where unit_id = any(${[...unitIds]}::uuid[]) limit 1`.execute(db);
		return rows.length > 0;
	}
};
