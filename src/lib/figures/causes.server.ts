import { sql } from 'kysely';
import type { Actor } from '#lib/accounts/actor.ts';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { authorise } from '#lib/units/authority.server.ts';
import { complete, condition } from './condition.server.ts';
import { basesOf, type Figure, type Question } from './figure.ts';

/** An action that changed a figure after an instant, and by how much. */
export type Cause = {
	actionId: string;
	noun: string;
	caseId: string;
	unitId: string;
	verb: string;
	actorName: string;
	actedAt: Date;
	reason: string | null;
	quantity: number;
};

const AT_MOST = 50;

/**
 * Who did what to a figure since it was known at `since`: the actions behind the postings recorded later, oldest first,
 * at most 50. Read with the very condition that gives the value; reorganisations recorded later are told by `reorganised`.
 */
export async function causes(
	db: Db,
	actor: Actor,
	of: { figure: Figure; question: Question; since: Date }
): Promise<Cause[]> {
	await authorise(db, actor, 'model.read', of.question.unitId);
	const asked = complete(of.figure, { ...of.question, by: [] });
	const found: Cause[] = [];
	for (const base of basesOf(of.figure)) {
		const { rows } = await sql<Cause>`
			select a.id as "actionId", c.noun, c.case_id as "caseId", c.unit_id as "unitId", a.verb, a.actor_name as "actorName",
				a.acted_at as "actedAt", a.reason, c.quantity
			from (
				select p.home_id, p.action_id, p.noun, p.case_id, (array_agg(p.unit_id order by p.quantity))[1] as unit_id,
					sum(p.quantity)::bigint as quantity
				${condition(base, asked)} and p.recorded_at > ${of.since}::timestamptz
				group by p.home_id, p.action_id, p.noun, p.case_id having sum(p.quantity) <> 0
			) c join actions a on a.home_id = c.home_id and a.id = c.action_id
			order by a.id limit ${AT_MOST}`.execute(db);
		found.push(...rows);
	}
	return found;
}

/** A reorganisation recorded after an instant that changed the tree on which a figure was asked. */
export type Reorganised = {
	unitName: string;
	kind: string;
	actorName: string;
	actedAt: Date;
	reason: string | null;
	effectiveOn: string;
};

/** Reorganisations recorded since `since` that touch what stands, or stood, under the asked unit, by its cut-off or its tree's day. */
export async function reorganised(db: Db, of: { question: Question; since: Date }): Promise<Reorganised[]> {
	const { unitId, asOf = today(), structure = 'then' } = of.question;
	const until = structure === 'then' ? asOf : structure === 'now' ? today() : structure;
	const { rows } = await sql<Reorganised>`
		select distinct on (e.sequence) e.kind, e.reason, e.effective_on as "effectiveOn", a.actor_name as "actorName",
			a.acted_at as "actedAt", s.name as "unitName"
		from unit_events e
		join actions a on a.id = e.action_id
		join unit_changes c on c.event_id = e.id
		join unit_states s on s.unit_id = c.unit_id
		where e.recorded_at > ${of.since}::timestamptz and e.effective_on <= ${until}::date and exists (
			select 1 from (select unit_id from unit_paths where ancestor_id = ${unitId}::uuid) p where p.unit_id = c.unit_id)
		order by e.sequence, (c.change = 'close') desc, upper_inf(s.known) desc, lower(s.valid) limit ${AT_MOST}`.execute(db);
	return rows;
}
