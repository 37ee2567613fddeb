import type { Actor } from '#lib/accounts/actor.ts';
import type { Db } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { bearersOf } from './bearer.server.ts';
import { getByCode, getOfTree, listOwn } from './unit.server.ts';
import type { Unit } from './unit.ts';

/** The unit a page is about: `?unit=CODE` in the address, else the topmost of the actor's own. */
export async function chosenUnit(db: Db, actor: Actor, url: URL): Promise<Unit> {
	const code = url.searchParams.get('unit');
	return code ? getByCode(db, actor, code) : topmost(db, actor);
}

/** As `chosenUnit`, for pages that only read: a closed unit, by the code it had, keeps its records. */
export async function chosenOrClosed(db: Db, actor: Actor, url: URL): Promise<Unit> {
	const code = url.searchParams.get('unit');
	return code ? (await bearersOf(db, actor, code))[0] : topmost(db, actor);
}

/** The unit whose totals a page is about: `?unit=CODE` may name any unit of the actor's own province or bloc. */
export async function unitOfTotals(db: Db, actor: Actor, url: URL): Promise<Unit> {
	const code = url.searchParams.get('unit');
	return code ? getOfTree(db, actor, code) : topmost(db, actor);
}

async function topmost(db: Db, actor: Actor): Promise<Unit> {
	const [first] = await listOwn(db, actor);
	if (!first) throw problem('access.no_unit');
	return first;
}
