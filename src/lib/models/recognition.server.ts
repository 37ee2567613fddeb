import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Actor } from '#lib/accounts/actor.ts';
import { reverse } from '#lib/ledger/ledger.server.ts';
import { today } from '#lib/server/clock.ts';
import type { Db, Tx } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { normalise } from '#lib/vietnamese/text.ts';
import { change, posting, type Held } from './change.server.ts';
import { score, type Criterion, type Level } from './model.ts';

export type ScoreSheet = { id: string; name: string; law: string; passMark: number; criteria: Criterion[] };
export type Points = { points: Readonly<Record<string, number>>; vetoes: readonly string[]; remark?: string | null };
export type Decision = { number: string | null; decidedOn: string; reason?: string | null };

/** The score sheet of a level on a day; null where none is in force. */
export async function findSheet(db: Db, level: string, day: string): Promise<ScoreSheet | null> {
	const { rows } = await sql<ScoreSheet>`
		select s.id, s.name, s.law, s.pass_mark::float8 as "passMark",
			(select jsonb_agg(jsonb_build_object('code', c.code, 'name', c.name, 'points', c.points) order by c.position)
				from score_criteria c where c.sheet_id = s.id) as criteria
		from score_sheets s where s.level = ${level} and s.valid @> ${day}::date`.execute(db);
	return rows[0] ?? null;
}

/** All sheets, in force or not, by level and day: what was scored by an old one can be read after it. */
export async function listSheets(db: Db): Promise<(ScoreSheet & { level: Level; from: string; to: string | null })[]> {
	const { rows } = await sql<ScoreSheet & { level: Level; from: string; to: string | null }>`
		select s.id, s.name, s.law, s.pass_mark::float8 as "passMark", s.level, lower(s.valid) as from, upper(s.valid) - 1 as to,
			(select jsonb_agg(jsonb_build_object('code', c.code, 'name', c.name, 'points', c.points) order by c.position)
				from score_criteria c where c.sheet_id = s.id) as criteria
		from score_sheets s left join recognition_levels l on l.level = s.level and l.valid && s.valid
		group by s.id, l.position order by l.position, lower(s.valid) desc`.execute(db);
	return rows;
}

/** Work on the model has begun. */
export async function start(db: Db, actor: Actor, ids: readonly string[]): Promise<{ count: number }> {
	return change(db, actor, { ids, verb: 'start', permission: 'model.write' });
}

/** The unit's own marks. */
export async function selfAssess(db: Db, actor: Actor, id: string, given: Points): Promise<{ count: number }> {
	return change(db, actor, {
		ids: [id],
		verb: 'self_assess',
		permission: 'model.write',
		effect: (tx, held, actionId) => mark(tx, held, { stage: 'self', given, actionId })
	});
}

/** The office's marks: only these count towards recognition. */
export async function appraise(db: Db, actor: Actor, id: string, given: Points): Promise<{ count: number }> {
	return change(db, actor, {
		ids: [id],
		verb: 'appraise',
		permission: 'model.review',
		effect: (tx, held, actionId) => mark(tx, held, { stage: 'appraisal', given, actionId })
	});
}

async function mark(tx: Tx, held: Held, by: { stage: 'self' | 'appraisal'; given: Points; actionId: string }) {
	const sheet = await findSheet(tx, held.level, held.registeredOn ?? today());
	if (!sheet) throw problem('model.no_score_sheet', { level: held.level });
	const result = score(sheet, by.given);
	const nameOf = new Map(sheet.criteria.map(({ code, name }) => [code, name]));
	const named = (codes: readonly string[]) => codes.map((code) => nameOf.get(code) ?? code).join('; ');
	if (result.missing.length > 0) throw problem('model.points_missing', { criteria: named(result.missing) });
	if (result.outOfRange.length > 0) throw problem('model.points_out_of_range', { criteria: named(result.outOfRange) });
	await tx
		.insertInto('appraisals')
		.values({
			id: newId(),
			registration_id: held.id,
			sheet_id: sheet.id,
			stage: by.stage,
			points: JSON.stringify(by.given.points),
			vetoes: [...by.given.vetoes],
			total: String(result.total),
			passed: result.passed,
			remark: by.given.remark ?? null,
			action_id: by.actionId
		})
		.execute();
	if (by.stage === 'appraisal') {
		await sql`update registrations set score = ${result.total} where id = ${held.id}::uuid`.execute(tx);
	}
	return { details: { stage: by.stage, total: result.total, passed: result.passed } };
}

/** Recognised by decision; refused below the pass mark or under a veto. */
export async function recognise(
	db: Db,
	actor: Actor,
	ids: readonly string[],
	decision: Decision
): Promise<{ count: number }> {
	return change(db, actor, {
		ids,
		verb: 'recognise',
		permission: 'model.review',
		effect: async (tx, held, actionId) => {
			await refuseUnlessPassed(tx, held);
			return decide(tx, held, { outcome: 'recognised', decision, actionId });
		}
	});
}

/** Not recognised, with the reason. */
export async function refuse(
	db: Db,
	actor: Actor,
	ids: readonly string[],
	decision: Decision
): Promise<{ count: number }> {
	return change(db, actor, {
		ids,
		verb: 'refuse',
		permission: 'model.review',
		reason: decision.reason ?? null,
		effect: (tx, held, actionId) => decide(tx, held, { outcome: 'not_recognised', decision, actionId })
	});
}

async function refuseUnlessPassed(tx: Tx, held: Held): Promise<void> {
	const { rows } = await sql<{ passed: boolean; total: number }>`
		select passed, total::float8 as total from appraisals
		where registration_id = ${held.id}::uuid and stage = 'appraisal' order by appraised_at desc, id desc limit 1`.execute(
		tx
	);
	const last = rows[0];
	if (!last?.passed) throw problem('model.not_passed', { name: held.name, score: last?.total ?? 0 });
}

async function decide(
	tx: Tx,
	held: Held,
	by: { outcome: 'recognised' | 'not_recognised'; decision: Decision; actionId: string }
) {
	const { number, decidedOn, reason } = by.decision;
	const cohortOn = held.registeredOn ?? decidedOn;
	if (decidedOn < cohortOn)
		throw problem('model.decided_before_registered', { name: held.name, decidedOn, registeredOn: cohortOn });
	if (decidedOn > today()) throw problem('model.decided_in_future', { decidedOn });
	await tx
		.insertInto('recognitions')
		.values({
			id: newId(),
			registration_id: held.id,
			outcome: by.outcome,
			decision_number: number ? normalise(number) : null,
			decided_on: decidedOn,
			reason: reason ?? null,
			action_id: by.actionId
		})
		.execute();
	return {
		details: { decisionNumber: number, decidedOn },
		postings: [posting(held, `model.${by.outcome}`, { onDate: decidedOn, cohortOn, actionId: by.actionId })]
	};
}

/** The decision is taken back; the registration stands appraised again, honours that followed fall with it. */
export async function revoke(db: Db, actor: Actor, id: string, reason: string): Promise<{ count: number }> {
	const why = normalise(reason);
	if (why === '') throw problem('model.reason_missing');
	return change(db, actor, {
		ids: [id],
		verb: 'revoke',
		permission: 'model.review',
		reason: why,
		effect: async (tx, held, actionId) => {
			await sql`update recognitions set revoked_by = ${actionId}::uuid where registration_id = ${held.id}::uuid and revoked_by is null`.execute(
				tx
			);
			await sql`update honours set revoked_by = ${actionId}::uuid where registration_id = ${held.id}::uuid and revoked_by is null`.execute(
				tx
			);
			const measures = [
				'model.recognised',
				'model.not_recognised',
				'model.typical',
				'model.proposed',
				'model.rewarded'
			];
			return { details: { reversed: await reverse(tx, held.id, { measures, actionId }) } };
		}
	});
}

const HONOURS = {
	choose_typical: { honour: 'typical', measure: 'model.typical' },
	propose: { honour: 'proposed', measure: 'model.proposed' },
	reward: { honour: 'rewarded', measure: 'model.rewarded' }
} as const;

/** What follows recognition: chosen as typical, proposed for reward, rewarded; each once, each counted. */
export async function honour(
	db: Db,
	actor: Actor,
	given: { ids: readonly string[]; verb: keyof typeof HONOURS; decision: Decision }
): Promise<{ count: number }> {
	const { honour: kind, measure } = HONOURS[given.verb];
	return change(db, actor, {
		ids: given.ids,
		verb: given.verb,
		permission: 'model.review',
		effect: async (tx, held, actionId) => {
			const { number, decidedOn, reason } = given.decision;
			await tx
				.insertInto('honours')
				.values({
					id: newId(),
					registration_id: held.id,
					honour: kind,
					decision_number: number,
					decided_on: decidedOn,
					note: reason ?? null,
					action_id: actionId
				})
				.execute();
			const cohortOn = held.registeredOn ?? decidedOn;
			return {
				details: { decisionNumber: number, decidedOn },
				postings: [posting(held, measure, { onDate: decidedOn, cohortOn, actionId })]
			};
		}
	});
}
