import { sql } from 'kysely';
import type { Holding } from '#lib/units/follower.ts';

/** Sites that a reorganisation of units takes along: they stay where they are, run by who takes the unit over. */
export const NEWSROOM_HOLDING: Holding = {
	noun: 'newsroom',
	open: async () => [],
	uses: async (db, unitIds) => {
		const { rows } = await sql`select 1 from sites where unit_id = any(${[...unitIds]}::uuid[]) limit 1`.execute(db);
		return rows.length > 0;
	}
};
