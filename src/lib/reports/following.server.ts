import { sql } from 'kysely';
import type { Holding, Open } from '#lib/units/follower.ts';

/** Reports that units have begun: who takes a unit over finishes them. */
export const REPORT_HOLDING: Holding = {
	noun: 'reports',
	open: async (db, unitIds) => {
		const { rows } = await sql<Open>`
			select unit_id as "unitId", 'reports' as what, count(*)::int as count from reports
			where unit_id = any(${[...unitIds]}::uuid[]) and state <> 'signed' group by unit_id`.execute(db);
		return rows;
	},
	uses: async (db, unitIds) => {
		const { rows } = await sql`
			select 1 from reports where unit_id = any(${[...unitIds]}::uuid[])
			union all select 1 from report_narratives where unit_id = any(${[...unitIds]}::uuid[]) limit 1`.execute(db);
		return rows.length > 0;
	}
};
