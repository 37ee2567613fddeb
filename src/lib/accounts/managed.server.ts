import { sql } from 'kysely';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { may, visibleTo } from '#lib/units/authority.server.ts';
import type { Actor } from './actor.ts';

export type Managed = { id: string; name: string; email: string; unitId: string };

/**
 * A person whose way in the actor may renew: one who has roles, today or later, and none of them outside the actor's
 * units. Else an administrator below could take over the account of one above. Throws `account.not_found`.
 */
export async function managed(db: Db, actor: Actor, userId: string): Promise<Managed> {
	const { rows } = await sql<Managed>`
		select u.id, u.name, u.email, g.unit_id as "unitId" from users u join role_grants g on g.user_id = u.id
		where u.id = ${userId}::uuid and (upper_inf(g.valid) or upper(g.valid) > ${today()}::date) order by g.id`.execute(db);
	for (const { unitId } of rows)
		if (!(await may(db, actor, 'account.manage', unitId))) throw problem('account.not_found');
	const [person] = rows;
	if (!person) throw problem('account.not_found');
	return person;
}

/** Everybody with a role, past ones too, on a unit whose accounts the actor runs today. */
export async function peopleOf(db: Db, actor: Actor): Promise<string[]> {
	const { rows } = await sql<{ userId: string }>`
		select distinct user_id as "userId" from role_grants where ${visibleTo(actor, 'account.manage', { unit: 'role_grants.unit_id' })}`.execute(
		db
	);
	return rows.map(({ userId }) => userId);
}
