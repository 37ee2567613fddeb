import type { Actor } from '#lib/accounts/actor.ts';
import type { Rights } from '#lib/reports/report.ts';
import type { Db } from '#lib/server/db.ts';
import { may } from '#lib/units/authority.server.ts';

/** What the actor may do with reports of a unit. */
export async function rightsOn(db: Db, actor: Actor, unitId: string): Promise<Rights> {
	const [write, sign] = await Promise.all([
		may(db, actor, 'report.write', unitId),
		may(db, actor, 'report.sign', unitId)
	]);
	return { 'report.write': write, 'report.sign': sign };
}
