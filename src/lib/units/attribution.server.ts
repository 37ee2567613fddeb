import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { z } from 'zod';
import type { Actor } from '#lib/accounts/actor.ts';
import { command } from '#lib/actions/action.server.ts';
import { shareLedger } from '#lib/ledger/ledger.server.ts';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { authorise, visibleTo } from './authority.server.ts';
import { addShares, casesOf } from './share.server.ts';
import { homeOf } from './unit.server.ts';

const CASES_AT_MOST = 1000;

export const AttributionForm = z.strictObject({
	caseIds: z.array(z.uuid()).min(1, 'field_required').max(CASES_AT_MOST, 'field_too_long'),
	heirCode: z.string().trim().min(1, 'field_choose').max(60, 'field_too_long'),
	reason: z.string().trim().min(5, 'field_reason_brief').max(1000, 'field_too_long')
});

type Attribution = z.output<typeof AttributionForm> & { unitId: string };

/**
 * Attributes cases of a split unit to one of its successors by hand. Refuses a unit that nobody split or that somebody took
 * over as a whole, a case that is not undivided there, and a heir that is not a successor of that split.
 */
export async function attribute(db: Db, actor: Actor, given: Attribution): Promise<{ attributed: number }> {
	return command(db, actor, async (tx) => {
		const { unitId, heirCode, reason } = given;
		await authorise(tx, actor, 'unit.attribute', unitId);
		await sql`select pg_advisory_xact_lock(hashtextextended(${`attribute ${unitId}`}, 0))`.execute(tx);
		await shareLedger(tx);
		const split = await undividedSplit(tx, unitId);
		const heir = (await heirsOf(tx, split.eventId)).find((one) => one.code === heirCode);
		if (!heir) throw problem('unit_event.not_a_successor', { code: heirCode, unit: split.name });
		const standing = Map.groupBy(await casesOf(tx, unitId, split.day), (one) => one.caseId);
		const shares = [...new Set(given.caseIds)].flatMap((caseId) => {
			const on = standing.get(caseId);
			if (!on) throw problem('unit_event.case_not_undivided', { unit: split.name });
			return on.map((one) => ({
				unitId: one.unitId,
				caseId,
				heirId: heir.id,
				means: 'hand' as const,
				from: split.day,
				eventId: split.eventId
			}));
		});
		if (shares.length === 0) throw problem('unit_event.cases_missing');
		const actionId = newId();
		await addShares(tx, shares, actionId);
		const attributed = new Set(given.caseIds).size;
		const homeId = await homeOf(tx, unitId, today());
		const details = { cases: attributed, heir: heir.code, event: split.eventId };
		return {
			result: { attributed },
			actions: [
				{ id: actionId, homeId, noun: 'unit', recordId: split.eventId, verb: 'attribute', unitId, reason, details }
			]
		};
	});
}

type Split = { eventId: string; day: string; name: string };

/** The split by which a unit ended without anybody taking it over as a whole. */
async function undividedSplit(db: Db, unitId: string): Promise<Split> {
	const { rows } = await sql<Split>`
		select s.event_id as "eventId", lower(s.valid) as day, s.name from unit_states s
		join unit_events e on e.id = s.event_id and e.kind = 'split'
		where s.unit_id = ${unitId}::uuid and s.heirless and upper_inf(s.known)
		order by lower(s.valid) desc limit 1`.execute(db);
	const split = rows[0];
	if (!split) throw problem('unit_event.not_undivided');
	return split;
}

type Successor = { id: string; code: string; name: string };

/** The successors that a split names, as they are called today. */
async function heirsOf(db: Db, eventId: string): Promise<Successor[]> {
	const { rows } = await sql<Successor>`
		select d.heir_id as id, v.code, v.name from unit_divisions d
		cross join lateral (
			select s.code, s.name from unit_states s where s.unit_id = d.heir_id and upper_inf(s.known)
			order by lower(s.valid) desc limit 1
		) v
		where d.event_id = ${eventId}::uuid order by v.code`.execute(db);
	return rows;
}

/** A unit that was split and that nobody took over as a whole, with how many of its cases nobody was attributed yet. */
export type Undivided = { id: string; code: string; name: string; day: string; cases: number };

/** Split units with cases that stand with nobody, as far as the actor may see them; most cases first. */
export async function listUndivided(db: Db, actor: Actor): Promise<Undivided[]> {
	const { rows } = await sql<Undivided>`
		with split as (
			select s.unit_id, s.code, s.name, lower(s.valid) as day from unit_states s
			join unit_events e on e.id = s.event_id and e.kind = 'split'
			where s.heirless and upper_inf(s.known) and ${visibleTo(actor, 'unit.read', { unit: 's.unit_id' })}
		), standing as (
			select split.unit_id as split_id, split.day, p.unit_id from split
			join unit_paths p on p.ancestor_id = split.unit_id and upper_inf(p.known)
				and (p.unit_id = split.unit_id or (p.inherited and p.valid @> split.day))
			group by 1, 2, 3
		), held as (
			select g.split_id, p.unit_id, p.case_id from standing g
			join postings p on p.unit_id = g.unit_id
			left join case_shares s on s.unit_id = p.unit_id and s.case_id = p.case_id and s.valid @> g.day and upper_inf(s.known)
			where s.unit_id is null
			group by 1, 2, 3, g.day having min(p.on_date) < g.day
			union
			select g.split_id, s.unit_id, s.case_id from standing g
			join case_shares s on s.heir_id = g.unit_id and s.valid @> g.day and upper_inf(s.known)
			join postings p on p.unit_id = s.unit_id and p.case_id = s.case_id and p.on_date < g.day
		)
		select split.unit_id as id, split.code, split.name, split.day,
			(select count(distinct held.case_id) from held where held.split_id = split.unit_id) as cases
		from split order by cases desc, split.code`.execute(db);
	return rows;
}

export type UndividedCases = {
	unit: Undivided;
	heirs: Successor[];
	cases: { id: string; name: string; place: string | null; year: number; unitName: string }[];
};

/** The cases of one split unit that stand with nobody, by year and name, and who may take them. Throws `unit_event.not_undivided`. */
export async function undividedCases(db: Db, actor: Actor, unitId: string): Promise<UndividedCases> {
	await authorise(db, actor, 'model.read', unitId);
	const split = await undividedSplit(db, unitId);
	const ids = [...new Set((await casesOf(db, unitId, split.day)).map((one) => one.caseId))];
	const { rows } = await sql<UndividedCases['cases'][number]>`
		select r.id, r.name, r.place, r.year, v.name as "unitName" from registrations r
		cross join lateral (
			select s.name from unit_states s where s.unit_id = r.unit_id and upper_inf(s.known) order by lower(s.valid) desc limit 1
		) v
		where r.id = any(${ids}::uuid[]) order by r.year desc, r.name limit ${CASES_AT_MOST}`.execute(db);
	const { rows: units } = await sql<{ code: string }>`
		select code from unit_states where unit_id = ${unitId}::uuid and heirless and upper_inf(known) limit 1`.execute(db);
	const unit = { id: unitId, code: units[0]?.code ?? '', name: split.name, day: split.day, cases: ids.length };
	return { unit, heirs: await heirsOf(db, split.eventId), cases: rows };
}
