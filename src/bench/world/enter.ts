import { sql } from 'kysely';
import type { Tx } from '#lib/server/db.ts';
import { idAt, layOut, onDay, type Batch } from './lives.ts';

/**
 * Enters a batch as the commands of models would have, one after the other and each on its day: models, registrations, what
 * was decided on them, and the actions and postings of all that counts. Acts that post nothing are left out of the log, but
 * for appraisals. Answers how many registrations and postings these are.
 */
export async function enter(tx: Tx, batch: Batch): Promise<{ registrations: number; postings: number }> {
	await layOut(tx, batch);
	await enterRegistrations(tx, batch);
	await layOutActs(tx, batch);
	await enterDecisions(tx);
	await enterActions(tx, batch);
	const postings = await enterPostings(tx, batch);
	return { registrations: batch.count, postings };
}

async function enterRegistrations(tx: Tx, { homeId, year }: Batch): Promise<void> {
	await sql`
		insert into models (id, home_id, name, replicated_from_id, created_at)
		select model_id, ${homeId}::uuid, name, source_model_id, drafted_at from lives where going_on is null`.execute(tx);
	await sql`
		insert into registrations (id, home_id, model_id, previous_id, unit_id, year, level, kind, field, subject, novelty, state,
			name, name_key, place, registered_on, score, changed_at)
		select id, ${homeId}::uuid, model_id, previous_id, unit_id, ${sql.lit(year)}, level, kind, field, subject, novelty, state,
			name, name_key, place, case when state <> 'draft' then registered_on end, score, drafted_at
		from lives order by id`.execute(tx);
}

/**
 * `acts`: what was done, with what it counts. `entered_field`: a correction later puts the field right, so that what was
 * posted before it stands under another one.
 */
async function layOutActs(tx: Tx, { year }: Batch): Promise<void> {
	await sql`drop table if exists pg_temp.acts`.execute(tx);
	await sql`
		create temporary table acts on commit drop as
		select a.verb, a.measure, l.slot, l.id as case_id, l.unit_id, a.on_day as on_date,
			case when a.measure = 'model.returned' then a.on_day else l.registered_on end as cohort_on,
			${onDay(sql`a.acted_on`)} as at, ${idAt(onDay(sql`a.acted_on`), sql`a.verb || ' ' || l.slot`)} as action_id,
			l.level, l.kind, l.field, l.subject, l.novelty, case when l.is_corrected and l.accepted and l.state not in ('withdrawn', 'ended')
				then case l.field when 'economy' then 'culture_society' else 'economy' end else l.field end as entered_field
		from lives l
		cross join lateral (values
			('return', 'model.returned', l.registered_on + 2, l.registered_on + 2, l.state = 'returned' or (l.accepted and l.was_returned)),
			('accept', 'model.registered', l.registered_on, l.registered_on + 5, l.accepted),
			('withdraw', null, null, l.registered_on + 15, l.state = 'withdrawn'),
			('appraise', null, null, l.decided_on - 1, l.state in ('appraised', 'recognised', 'not_recognised')),
			('recognise', 'model.recognised', l.decided_on, l.decided_on + 2, l.state = 'recognised'),
			('refuse', 'model.not_recognised', l.decided_on, l.decided_on + 2, l.state = 'not_recognised'),
			('choose_typical', 'model.typical', l.decided_on + 7, l.decided_on + 7, l.state = 'recognised' and l.is_typical),
			('propose', 'model.proposed', l.decided_on + 8, l.decided_on + 8, l.state = 'recognised' and l.is_proposed),
			('reward', 'model.rewarded', l.decided_on + 9, l.decided_on + 9, l.state = 'recognised' and l.is_rewarded),
			('correct', null, null, make_date(${sql.lit(year)}, 12, 31), l.is_corrected and l.accepted
				and l.state not in ('withdrawn', 'ended'))
		) a (verb, measure, on_day, acted_on, was_done)
		where a.was_done
		union all
		select 'replicate', 'model.replicated', l.slot, src.id, src.unit_id, (l.drafted_at at time zone 'Asia/Ho_Chi_Minh')::date,
			src.registered_on, l.drafted_at, ${idAt(sql`l.drafted_at`, sql`'replicate ' || l.slot`)},
			src.level, src.kind, src.field, src.subject, src.novelty, src.field
		from lives l join earlier src on src.id = l.source_id`.execute(tx);
	await sql`analyze acts`.execute(tx);
}

async function enterDecisions(tx: Tx): Promise<void> {
	await sql`
		insert into appraisals (id, registration_id, sheet_id, stage, points, total, passed, action_id, appraised_at)
		select ${idAt(sql`a.at`, sql`'appraisal ' || a.slot`)}, l.id, sheet.id, 'appraisal',
			jsonb_build_object('result', least(l.score, 60), 'spread', greatest(l.score - 60, 0)), l.score, l.score >= 75,
			a.action_id, a.at
		from acts a join lives l using (slot)
		join score_sheets sheet on sheet.level = l.level and sheet.valid @> l.registered_on
		where a.verb = 'appraise'`.execute(tx);
	await sql`
		insert into recognitions (id, registration_id, outcome, decision_number, decided_on, action_id)
		select ${idAt(sql`a.at`, sql`'recognition ' || a.slot`)}, a.case_id, substr(a.measure, length('model.') + 1),
			mod(l.second, 9000) + 1 || '-QĐ/TU', a.on_date, a.action_id
		from acts a join lives l using (slot) where a.verb in ('recognise', 'refuse')`.execute(tx);
	await sql`
		insert into honours (id, registration_id, honour, decided_on, action_id)
		select ${idAt(sql`a.at`, sql`a.verb || ' honour ' || a.slot`)}, a.case_id, substr(a.measure, length('model.') + 1), a.on_date,
			a.action_id
		from acts a where a.verb in ('choose_typical', 'propose', 'reward')`.execute(tx);
}

async function enterActions(tx: Tx, { homeId }: Batch): Promise<void> {
	await sql`
		insert into actions (home_id, id, noun, record_id, verb, actor_name, unit_id, acted_at)
		select ${homeId}::uuid, action_id, 'registration', case_id, verb, 'Đo', unit_id, at from acts order by at`.execute(tx);
}

/**
 * What counts; then what a withdrawal or a correction takes back, and what a correction enters anew. A copy is counted for
 * its source, which was corrected before the year ended.
 */
async function enterPostings(tx: Tx, { homeId, year }: Batch): Promise<number> {
	const facets = (field: string) => sql`jsonb_build_object('year',
		case when a.verb = 'replicate' then ${sql.lit(String(year - 1))} else ${sql.lit(String(year))} end, 'level', a.level, 'kind', a.kind,
		'field', ${sql.ref(`a.${field}`)}, 'subject', a.subject, 'novelty', a.novelty)`;
	const id = (what: string, at: string) => idAt(sql.ref(at), sql`${sql.lit(`${what} `)} || a.verb || ' ' || a.slot`);
	const taking = sql`acts a join acts why on why.slot = a.slot and why.verb in ('withdraw', 'correct')
		where a.measure is not null and a.measure not in ('model.returned', 'model.replicated')`;
	const { numAffectedRows } = await sql`
		insert into postings (home_id, id, measure, unit_id, on_date, cohort_on, recorded_at, quantity, facets, noun, case_id,
			action_id, reverses_id)
		select ${homeId}::uuid, id, measure, unit_id, on_date, cohort_on, at, quantity, facets, 'registration', case_id, action_id,
			reverses_id
		from (
			select ${id('posting', 'a.at')} as id, a.measure, a.unit_id, a.on_date, a.cohort_on, a.at, 1 as quantity,
				${facets('entered_field')} as facets, a.case_id, a.action_id, null::uuid as reverses_id
			from acts a where a.measure is not null
			union all
			select ${id('reversal', 'why.at')}, a.measure, a.unit_id, a.on_date, a.cohort_on, why.at, -1,
				${facets('entered_field')}, a.case_id, why.action_id, ${id('posting', 'a.at')}
			from ${taking}
			union all
			select ${id('corrected', 'why.at')}, a.measure, a.unit_id, a.on_date, a.cohort_on, why.at, 1,
				${facets('field')}, a.case_id, why.action_id, null
			from ${taking} and why.verb = 'correct'
		) entered order by at, id`.execute(tx);
	return Number(numAffectedRows ?? 0);
}
