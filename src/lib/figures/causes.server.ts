import { sql } from 'kysely';
import type { Actor } from '#lib/accounts/actor.ts';
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
 * at most 50. Read with the very condition that gives the value; a reorganisation recorded later is not among them.
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
