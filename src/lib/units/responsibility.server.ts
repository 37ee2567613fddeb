import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { z } from 'zod';
import type { Actor } from '#lib/accounts/actor.ts';
import { command } from '#lib/actions/action.server.ts';
import { today } from '#lib/server/clock.ts';
import type { Db, Tx } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { Day } from '#lib/vietnamese/day.schema.ts';
import { dayPlus } from '#lib/vietnamese/day.ts';
import { formatDay } from '#lib/vietnamese/format.ts';
import { authorise, visibleTo } from './authority.server.ts';
import type { Outlook } from './outlook.ts';
import type { Planned } from './plan.ts';
import { getByCode, homeOf } from './unit.server.ts';

/** Who does the dân vận work for a unit, from a day on. The holder is named by its code. */
export const DutyForm = z.strictObject({
	holder: z.string().trim().min(1, 'field_required').max(60, 'field_too_long'),
	from: Day
});

export type Duty = { holderCode: string; holderName: string; from: string; until: string | null };

/**
 * Gives the dân vận work of a unit to a holder from a day on; the holder before ends on the day before. Refuses a day that is
 * not after the one from which the present holder has it, so that what was true once stays.
 */
export async function assignDuty(
	db: Db,
	actor: Actor,
	given: { unitId: string; holderCode: string; from: string }
): Promise<{ holderId: string }> {
	return command(db, actor, async (tx) => {
		await authorise(tx, actor, 'unit.establish', given.unitId);
		const holder = await getByCode(tx, actor, given.holderCode);
		const actionId = newId();
		await setHolder(tx, { unitId: given.unitId, holderId: holder.id, from: given.from, actionId });
		const homeId = await homeOf(tx, given.unitId, today());
		const details = { duty: 'dan_van', holder: holder.code, from: given.from };
		return {
			result: { holderId: holder.id },
			actions: [
				{
					id: actionId,
					homeId,
					noun: 'responsibility',
					recordId: given.unitId,
					verb: 'assign',
					unitId: given.unitId,
					details
				}
			]
		};
	});
}

type Handing = { unitId: string; holderId: string; from: string; actionId: string };

async function setHolder(tx: Tx, { unitId, holderId, from, actionId }: Handing): Promise<void> {
	const { rows } = await sql<{ id: string; from: string }>`
		select id, lower(valid) as "from" from responsibilities
		where unit_id = ${unitId}::uuid and duty = 'dan_van' and upper_inf(valid) for update`.execute(tx);
	const present = rows[0];
	if (present && present.from >= from) throw problem('unit.duty_earlier', { day: formatDay(present.from) });
	if (present) {
		await sql`
			update responsibilities set valid = daterange(lower(valid), ${from}::date)
			where id = ${present.id}::uuid`.execute(tx);
	}
	await sql`
		insert into responsibilities (id, unit_id, duty, holder_id, valid, action_id)
		values (${newId()}::uuid, ${unitId}::uuid, 'dan_van', ${holderId}::uuid, daterange(${from}::date, null),
			${actionId}::uuid)`.execute(tx);
}

/** Hands the work over where an event says so; refuses when who is to give it does not have it on that day. */
export async function handOver(tx: Tx, planned: readonly Planned[], view: Outlook, actionId: string): Promise<void> {
	for (const { event } of planned) {
		if (event.kind !== 'transfer') continue;
		const { effectiveOn } = event;
		const find = (code: string): string =>
			(view.find(code, dayPlus(effectiveOn, -1)) ?? view.find(code, effectiveOn))?.unitId ?? '';
		const [unitId, holderId, giverId] = [find(event.unit), find(event.to), find(event.from)];
		const { rows } = await sql`
			select 1 from responsibilities where unit_id = ${unitId}::uuid and duty = 'dan_van'
				and holder_id = ${giverId}::uuid and valid @> (${effectiveOn}::date - 1)`.execute(tx);
		if (rows.length === 0) throw problem('unit_event.duty_not_there', { unit: event.unit, holder: event.from });
		await setHolder(tx, { unitId, holderId, from: effectiveOn, actionId });
	}
}

/** Takes back what these actions handed over: who had the work before has it again, for as long. */
export async function undoHandOver(tx: Tx, actionId: string): Promise<void> {
	const { rows } = await sql<{ unitId: string; from: string; until: string | null }>`
		delete from responsibilities where action_id = ${actionId}::uuid
		returning unit_id as "unitId", lower(valid) as "from", upper(valid) as until`.execute(tx);
	for (const { unitId, from, until } of rows) {
		await sql`
			update responsibilities set valid = daterange(lower(valid), ${until}::date)
			where unit_id = ${unitId}::uuid and duty = 'dan_van' and upper(valid) = ${from}::date`.execute(tx);
	}
}

/** Who did and does the dân vận work of a unit, the present holder first. `until`: its last day. */
export async function listDuties(db: Db, actor: Actor, unitId: string): Promise<Duty[]> {
	const { rows } = await sql<Duty>`
		select v.code as "holderCode", v.name as "holderName", lower(r.valid) as "from", (upper(r.valid) - 1)::date as until
		from responsibilities r
		cross join lateral (
			select u.code, u.name from unit_versions u where u.unit_id = r.holder_id
			order by (u.valid @> ${today()}::date) desc, upper(u.valid) desc nulls first limit 1
		) v
		where r.unit_id = ${unitId}::uuid and r.duty = 'dan_van' and ${visibleTo(actor, 'unit.read', { unit: 'r.unit_id' })}
		order by lower(r.valid) desc`.execute(db);
	return rows;
}
