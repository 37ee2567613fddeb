import type { Actor } from '#lib/accounts/actor.ts';
import type { Db } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { getByCode, listOwn } from './unit.server.ts';
import type { Unit } from './unit.ts';

/** The unit a page is about: `?unit=CODE` in the address, else the topmost of the actor's own. */
export async function chosenUnit(db: Db, actor: Actor, url: URL): Promise<Unit> {
	const code = url.searchParams.get('unit');
	if (code) return getByCode(db, actor, code);
	const [first] = await listOwn(db, actor);
	if (!first) throw problem('access.no_unit');
	return first;
}
