import { unitsWhere, type Actor } from '#lib/accounts/actor.ts';
import { figureNamed } from '#lib/catalogue.ts';
import { askEach } from '#lib/figures/each.server.ts';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { typedDay } from '#lib/vietnamese/day.ts';

/** The day that an address asks the tree for; today where it says nothing. Throws `figure.day_invalid`. */
export function askedDay(url: URL): string {
	const typed = url.searchParams.get('day')?.trim() || today();
	const day = typedDay(typed);
	if (!day) throw problem('figure.day_invalid', { day: typed.slice(0, 40) });
	return day;
}

/** Who administers only sees the tree without the models. */
export function counts(actor: Actor): boolean {
	return unitsWhere(actor, 'model.read').length > 0;
}

/** The question that the numbers of a tree answer: the year until the day, on the tree of the day. */
export function periodOf(day: string) {
	return { from: `${day.slice(0, 4)}-01-01`, asOf: day, structure: day };
}

/** Models registered by these units of a tree and by all under them, for who may count them. */
export async function countsOf(
	db: Db,
	actor: Actor,
	{ day, unitId, among }: { day: string; unitId: string; among: readonly string[] }
): Promise<Map<string, number>> {
	const figure = figureNamed('models.registered');
	if (!counts(actor) || figure.kind !== 'flow') return new Map();
	return askEach(db, actor, { figure, question: { unitId, ...periodOf(day) }, among });
}
