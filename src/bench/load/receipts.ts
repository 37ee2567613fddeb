import { sql } from 'kysely';
import { z } from 'zod';
import type { Db } from '#lib/server/db.ts';
import type { Chain, Receipt } from './asked.ts';

/** What should be there and what is. `amiss`: cases that are not there exactly as they were acknowledged. */
export type Compared = { receipts: number; rows: number; amiss: number };

const Made = z.looseObject({ id: z.string() });

/**
 * Holds the acknowledged chains of draft, submission and acceptance against the database: each has one registration, one
 * action of each kind and one posting, and nobody has any more.
 */
export async function compare(db: Db, chains: readonly Chain[], receipts: readonly Receipt[]): Promise<Compared> {
	const answered = new Map(receipts.filter(({ status }) => status < 300).map((receipt) => [receipt.key, receipt]));
	const ids = chains.flatMap(({ steps }) => {
		const text = answered.get(steps[0]?.key ?? '')?.text;
		return text === undefined ? [] : [Made.parse(JSON.parse(text)).id];
	});
	const { rows } = await sql<{ rows: number; amiss: number }>`
		with acknowledged as (select unnest(${ids}::uuid[]) as id),
		done as (
			select record_id as id, array_agg(verb order by id) as verbs from actions where noun = 'registration' group by record_id
		),
		posted as (
			select case_id as id, count(*) as count, sum(quantity) as sum, min(measure) as measure from postings group by case_id
		)
		select (select count(*)::bigint from actions where noun = 'registration') as rows,
			(select count(*)::bigint from acknowledged a
				full join registrations r using (id) full join done using (id) full join posted p using (id)
				where a.id is null or r.id is null or r.state <> 'registered' or p.count is distinct from 1 or p.sum <> 1
					or p.measure <> 'model.registered' or verbs is distinct from '{draft,submit,accept}') as amiss`.execute(db);
	return { receipts: answered.size, rows: rows[0]?.rows ?? 0, amiss: rows[0]?.amiss ?? 0 };
}
