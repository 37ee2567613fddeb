import { sql } from 'kysely';
import type { Db } from '#lib/server/db.ts';

/** So many terms are added up with the rest in no time. */
const LOOSE = 1000;

/**
 * Adds up what changes of registrations have added to their counts, once it has become much; nobody waits for it, and at
 * every moment the sum is the same. Answers how many terms it left, 0 where nothing was done.
 */
export async function gatherCounts(db: Db, loose = LOOSE): Promise<number> {
	const { numAffectedRows } = await sql`
		with gone as (
			delete from registration_counts
			where (select count(*) from registration_counts where not is_gathered) >= ${loose}
			returning year, level, field, subject, novelty, state, count
		)
		insert into registration_counts (year, level, field, subject, novelty, state, count, is_gathered)
		select year, level, field, subject, novelty, state, sum(count), true from gone
		group by year, level, field, subject, novelty, state having sum(count) <> 0`.execute(db);
	return Number(numAffectedRows ?? 0);
}
