import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Actor } from '#lib/accounts/actor.ts';
import { command } from '#lib/actions/action.server.ts';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { authorise } from '#lib/units/authority.server.ts';
import { homeOf } from '#lib/units/unit.server.ts';
import type { ReportState } from './report.ts';

/** A period of an office's calendar; all days are legal days, both ends inclusive. */
export type Period = {
	id: string;
	unitId: string;
	code: string;
	name: string;
	beginsOn: string;
	cutOffOn: string;
	endsOn: string;
	dueOn: string;
};

/** A period with the report that was begun for it, if one was, and how many units below have written for it. */
export type PeriodState = Period & {
	reportId: string | null;
	state: ReportState | null;
	unitCount: number;
	senderCount: number;
};

/** Adds a period to an office's calendar, or changes one (`id`). */
export async function savePeriod(
	db: Db,
	actor: Actor,
	saved: Omit<Period, 'id'> & { id?: string | undefined }
): Promise<{ id: string }> {
	return command(db, actor, async (tx) => {
		await authorise(tx, actor, 'template.write', saved.unitId);
		const id = saved.id ?? newId();
		const actionId = newId();
		const row = {
			code: saved.code,
			name: saved.name,
			begins_on: saved.beginsOn,
			cut_off_on: saved.cutOffOn,
			ends_on: saved.endsOn,
			due_on: saved.dueOn,
			action_id: actionId
		};
		if (saved.id === undefined) {
			await tx
				.insertInto('report_periods')
				.values({ ...row, id, unit_id: saved.unitId })
				.execute();
		} else {
			const changed = await tx
				.updateTable('report_periods')
				.set(row)
				.where('id', '=', id)
				.where('unit_id', '=', saved.unitId)
				.executeTakeFirst();
			if (changed.numUpdatedRows === 0n) throw problem('input.not_found');
		}
		const homeId = await homeOf(tx, saved.unitId, today());
		const { unitId, id: _id, ...details } = saved;
		const verb = saved.id === undefined ? 'create' : 'edit';
		return {
			result: { id },
			actions: [{ id: actionId, homeId, noun: 'report_period', recordId: id, verb, unitId, details }]
		};
	});
}

/** An office's calendar, latest first, with how far each report is. */
export async function listPeriods(db: Db, actor: Actor, unitId: string): Promise<PeriodState[]> {
	await authorise(db, actor, 'report.read', unitId);
	const { rows } = await sql<PeriodState>`
		select p.id, p.unit_id as "unitId", p.code, p.name, p.begins_on as "beginsOn", p.cut_off_on as "cutOffOn",
			p.ends_on as "endsOn", p.due_on as "dueOn", r.id as "reportId", r.state,
			(select count(*) from unit_versions v where v.parent_id = p.unit_id and v.valid @> ${today()}::date) as "unitCount",
			(select count(distinct n.unit_id) from report_narratives n
				join unit_versions v on v.unit_id = n.unit_id and v.parent_id = p.unit_id and v.valid @> ${today()}::date
				where n.code = p.code and n.begins_on = p.begins_on) as "senderCount"
		from report_periods p
		left join lateral (select id, state from reports
			where unit_id = p.unit_id and code = p.code and begins_on = p.begins_on and as_of = p.cut_off_on
			order by id desc limit 1) r on true
		where p.unit_id = ${unitId}::uuid order by p.cut_off_on desc, p.code limit 100`.execute(db);
	return rows;
}

/** Periods a unit may write narratives for: those of the office directly above it. */
export async function listPeriodsOf(db: Db, officeId: string): Promise<Period[]> {
	const { rows } = await sql<Period>`
		select id, unit_id as "unitId", code, name, begins_on as "beginsOn", cut_off_on as "cutOffOn", ends_on as "endsOn", due_on as "dueOn"
		from report_periods where unit_id = ${officeId}::uuid order by cut_off_on desc, code limit 100`.execute(db);
	return rows;
}

export type Sender = { unitId: string; code: string; name: string; sent: number; accepted: number; returned: number };

/** Every unit directly under an office with how many sections it has sent for a period; those that sent nothing first. */
export async function listSenders(
	db: Db,
	actor: Actor,
	of: { unitId: string; code: string; beginsOn: string }
): Promise<Sender[]> {
	await authorise(db, actor, 'report.read', of.unitId);
	const { rows } = await sql<Sender>`
		select v.unit_id as "unitId", v.code, v.name, count(n.id) filter (where n.state = 'sent') as sent,
			count(n.id) filter (where n.state = 'accepted') as accepted, count(n.id) filter (where n.state = 'returned') as returned
		from unit_versions v
		left join report_narratives n on n.unit_id = v.unit_id and n.code = ${of.code} and n.begins_on = ${of.beginsOn}::date
		where v.parent_id = ${of.unitId}::uuid and v.valid @> ${today()}::date
		group by v.unit_id, v.code, v.name order by count(n.id) > 0, v.code`.execute(db);
	return rows;
}
