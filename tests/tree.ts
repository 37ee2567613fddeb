import { sql } from 'kysely';
import type { Db } from '#lib/server/db.ts';

/** Everything that is known of units and their trees now: equal texts are equal trees. */
export async function treeNow(db: Db): Promise<string> {
	const { rows } = await sql<{ hash: string }>`
		select md5(string_agg(line, e'\n' order by line)) as hash from (
			select concat_ws('|', unit_id, code, name, kind, parent_id, closed, valid) as line from unit_states where upper_inf(known)
			union all
			select concat_ws('|', ancestor_id, unit_id, depth, inherited, undivided, valid) from unit_paths where upper_inf(known)
			union all
			select concat_ws('|', unit_id, case_id, heir_id, means, valid) from case_shares where upper_inf(known)
		) lines`.execute(db);
	return rows[0]?.hash ?? '';
}
