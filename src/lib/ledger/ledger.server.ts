import type { Tx } from '#lib/server/db.ts';
import { enqueue } from '#lib/server/jobs.ts';
import { sql } from 'kysely';
import { v7 as newId } from 'uuid';

/** What a command enters in the ledger. `onDate`, `cohortOn`: legal days. `quantity` ≠ 0; reversals are negative. */
export type NewPosting = {
	homeId: string;
	measure: string;
	unitId: string;
	onDate: string;
	cohortOn?: string;
	quantity: number;
	amountVnd?: number | null;
	about?: boolean;
	facets: Readonly<Record<string, string>>;
	noun: string;
	caseId: string;
	actionId: string;
	reversesId?: string;
};

/** Signing takes this lock alone, posting shares it: what is signed has seen every posting recorded before it. */
const LEDGER_LOCK = 731_904_112;

/** Keeps who signs waiting until this transaction ends. */
export async function shareLedger(tx: Tx): Promise<void> {
	await sql`select pg_advisory_xact_lock_shared(${LEDGER_LOCK})`.execute(tx);
}

/** From so many on, what waits to be folded slows figures that are asked meanwhile: it is not left to the next minute. */
const MANY = 1000;

/** Enters postings; their facets are checked by the database against `measure_facets`. */
export async function post(tx: Tx, postings: readonly NewPosting[]): Promise<void> {
	if (postings.length === 0) return;
	await shareLedger(tx);
	if (postings.length >= MANY) await enqueue(tx, 'ledger.fold', {});
	const rows = postings.map((posting) => ({
		home_id: posting.homeId,
		id: newId(),
		measure: posting.measure,
		unit_id: posting.unitId,
		on_date: posting.onDate,
		cohort_on: posting.cohortOn ?? posting.onDate,
		quantity: posting.quantity,
		amount_vnd: posting.amountVnd ?? null,
		about: posting.about ?? false,
		facets: posting.facets,
		noun: posting.noun,
		case_id: posting.caseId,
		action_id: posting.actionId,
		reverses_id: posting.reversesId ?? null
	}));
	await sql`
		insert into postings (home_id, id, measure, unit_id, on_date, cohort_on, quantity, amount_vnd, about, facets, noun,
			case_id, action_id, reverses_id)
		select home_id, id, measure, unit_id, on_date, cohort_on, quantity, amount_vnd, about, facets, noun,
			case_id, action_id, reverses_id
		from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (home_id uuid, id uuid, measure text, unit_id uuid,
			on_date date, cohort_on date, quantity bigint, amount_vnd bigint, about boolean, facets jsonb, noun text,
			case_id uuid, action_id uuid, reverses_id uuid)`.execute(tx);
}

/**
 * What a case has posted under these measures and was not taken back, each by itself: some things happen to a case more
 * than once, as a model is replicated by several units.
 */
export async function standing(
	tx: Tx,
	caseId: string,
	measures: readonly string[]
): Promise<{ id: string; measure: string; onDate: string }[]> {
	const { rows } = await sql<{ id: string; measure: string; onDate: string }>`
		select p.id, p.measure, p.on_date as "onDate" from postings p
		where p.case_id = ${caseId}::uuid and p.measure = any(${[...measures]}::text[]) and p.reverses_id is null
			and not exists (select 1 from postings r where r.home_id = p.home_id and r.reverses_id = p.id)
		order by p.on_date, p.id`.execute(tx);
	return rows;
}

/** Takes back what stands of a case: a reversing row each, same day, same facets, opposite sign. Answers how many. */
export async function reverse(
	tx: Tx,
	caseId: string,
	why: { measures: readonly string[]; actionId: string }
): Promise<number> {
	await shareLedger(tx);
	const rows = await standing(tx, caseId, why.measures);
	if (rows.length === 0) return 0;
	const ids = JSON.stringify(rows.map((row) => ({ id: row.id, reversal_id: newId() })));
	await sql`
		insert into postings (home_id, id, measure, unit_id, place_id, on_date, cohort_on, quantity, amount_vnd, about, facets,
			noun, case_id, action_id, reverses_id)
		select p.home_id, r.reversal_id, p.measure, p.unit_id, p.place_id, p.on_date, p.cohort_on, -p.quantity, -p.amount_vnd,
			p.about, p.facets, p.noun, p.case_id, ${why.actionId}::uuid, p.id
		from jsonb_to_recordset(${ids}::jsonb) as r (id uuid, reversal_id uuid) join postings p on p.id = r.id`.execute(tx);
	return rows.length;
}

/** The moment as of which everything recorded is visible to this transaction, and nothing later will claim to be earlier. */
export async function knownNow(tx: Tx): Promise<Date> {
	await sql`select pg_advisory_xact_lock(${LEDGER_LOCK})`.execute(tx);
	// recorded_at is rounded to milliseconds: the next whole one covers all before, and the pause keeps all after out of it.
	const { rows } = await sql<{ at: Date }>`
		select date_trunc('milliseconds', clock_timestamp()) + interval '1 millisecond' as at, pg_sleep(0.003)`.execute(tx);
	const at = rows[0]?.at;
	if (!at) throw new Error('clock_timestamp() answered nothing');
	return at;
}
