import { createHash } from 'node:crypto';
import type { Actor } from '#lib/accounts/actor.ts';
import { FOLLOWERS } from '#lib/followers.server.ts';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { Problem } from '#lib/server/problem.ts';
import { word } from '#lib/ui/word.ts';
import type { Newcomer, RoleDecisions, UnitEvent } from '#lib/units/event.schema.ts';
import { preview, type Effect } from '#lib/units/event.server.ts';
import { getByCode, names } from '#lib/units/unit.server.ts';
import { dayPlus } from '#lib/vietnamese/day.ts';
import { formatDay } from '#lib/vietnamese/format.ts';

/** What of a form is shown before it is recorded. `isLate`, `isFuture`: of the effective day. */
export type Shown = Awaited<ReturnType<typeof rehearse>>;

/**
 * Rehearses an event for its preview. Roles of which nobody has said yet where they go are rehearsed as ending, and come back
 * with a choice.
 */
export async function rehearse(
	db: Db,
	actor: Actor,
	of: { event: UnitEvent; roles: RoleDecisions; fileId: string | null }
) {
	const { event, roles, fileId } = of;
	const undecided = await heldOn(db, actor, event);
	const assumed = Object.fromEntries(undecided.map((grantId) => [grantId, null]));
	const effect = await preview(db, actor, {
		events: [event],
		roles: { ...assumed, ...roles },
		followers: FOLLOWERS,
		fileId
	});
	return told(db, event, { effect, roles });
}

/** One event for another is not what was seen. */
export function fingerprint(event: UnitEvent): string {
	return createHash('sha256').update(JSON.stringify(event)).digest('hex').slice(0, 32);
}

/** Roles on a unit that ends without one heir. */
async function heldOn(db: Db, actor: Actor, event: UnitEvent): Promise<string[]> {
	if (event.kind !== 'split' && event.kind !== 'close') return [];
	if ((event.kind === 'split' ? event.rest : event.heir) !== null) return [];
	const { effectiveOn } = event;
	const find = (day: string) => getByCode(db, actor, event.unit, day);
	const unit = await find(dayPlus(effectiveOn, -1)).catch((error: unknown) => {
		if (error instanceof Problem && error.code === 'unit.not_found') return find(effectiveOn);
		throw error;
	});
	const day = effectiveOn > today() ? effectiveOn : today();
	return (await FOLLOWERS.roles.list(db, [unit.id], day)).map((held) => held.grantId);
}

async function told(db: Db, event: UnitEvent, { effect, roles }: { effect: Effect; roles: RoleDecisions }) {
	const heirs = effect.closings.flatMap((closing) => closing.heirId ?? []);
	const known = await names(db, [...heirs, ...effect.closings.map((closing) => closing.unitId)]);
	return {
		isFuture: event.effectiveOn > today(),
		isLate: event.effectiveOn < today(),
		day: formatDay(event.effectiveOn),
		opened: effect.opened,
		changed: effect.changed,
		attributed: effect.attributed,
		receivers: receiversOf(event),
		closings: effect.closings.map((closing) => ({
			name: closing.name,
			code: known.get(closing.unitId)?.code ?? '',
			heir: closing.heirId === null ? null : (known.get(closing.heirId)?.name ?? newcomerOf(event)?.name ?? '…'),
			divided: closing.divided,
			children: closing.children,
			cases: countOf(closing.open, 'cases'),
			reports: countOf(closing.open, 'reports'),
			roles: closing.roles.map(({ grantId, person, role }) => ({
				grantId,
				person,
				role: word('role', role),
				asked: closing.heirId === null,
				chosen: roles[grantId] === undefined ? '' : (roles[grantId] ?? 'end')
			}))
		}))
	};
}

function countOf(open: Effect['closings'][number]['open'], what: 'cases' | 'reports'): number {
	return open.filter((one) => one.what === what).reduce((sum, one) => sum + one.count, 0);
}

/** Whom people of a divided unit may go over to. */
function receiversOf(event: UnitEvent): { value: string; label: string }[] {
	if (event.kind !== 'split') return [];
	return event.parts.map(({ into }) =>
		typeof into === 'string' ? { value: into, label: into } : { value: into.code, label: `${into.name} (${into.code})` }
	);
}

/** The unit that a closed one goes over to, where the event itself brings it into being. */
function newcomerOf(event: UnitEvent): Newcomer | null {
	if (event.kind === 'merge') return typeof event.into === 'string' ? null : event.into;
	if (event.kind !== 'split') return null;
	const rest = event.parts.map(({ into }) => into).find((into) => typeof into !== 'string' && into.code === event.rest);
	return typeof rest === 'object' ? rest : null;
}
