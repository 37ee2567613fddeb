import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Actor } from '#lib/accounts/actor.ts';
import { command, type Acted, type NewAction } from '#lib/actions/action.server.ts';
import { today } from '#lib/server/clock.ts';
import { inTransaction, type Db, type Tx } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { authoriseAll } from './authority.server.ts';
import { derive } from './derive.server.ts';
import { keepDivisions } from './division.server.ts';
import { refuseForeignDocument } from './document.server.ts';
import { changesAround, insertEvents } from './event-log.server.ts';
import type { RoleDecisions, UnitEvent } from './event.schema.ts';
import type { Followers, HeldRole, Open, RoleMove, RolesMoved } from './follower.ts';
import { addLinks } from './link.server.ts';
import { outlook, type Outlook } from './outlook.ts';
import { planEvents, type Closing, type Planned } from './plan.ts';
import { handOver } from './responsibility.server.ts';
import { addShares, divide, type Share } from './share.server.ts';
import { homeOf } from './unit.server.ts';

/** What is recorded in one go: applied whole or not at all, in one transaction, and undone together. */
export type Reorganisation = {
	events: readonly UnitEvent[];
	/** Roles on units that end without one heir: where each goes. Those on merged units follow without being named. */
	roles?: RoleDecisions;
	followers: Followers;
	/** The decision document, which the actor kept before. */
	fileId?: string | null;
	/** Another one at the same time, or a second press of the button, with the same key does nothing. */
	key?: string;
};

/** What an event does, for who is to decide. Counts are of what is there now. */
export type Effect = {
	opened: { code: string; name: string }[];
	changed: number;
	closings: (Closing & { roles: (HeldRole & { toUnitId: string | null })[]; open: Open[] })[];
	attributed: number;
};

/** Records a reorganisation; answers its action's id, by which it can be undone, and what it did. */
export async function record(
	db: Db,
	actor: Actor,
	reorganisation: Reorganisation
): Promise<{ actionId: string; effect: Effect }> {
	return command(db, actor, (tx) => recordIn(tx, actor, reorganisation), reorganisation.key);
}

/** What `record` would do and refuse: it is done, looked at, and rolled back. */
export async function preview(db: Db, actor: Actor, reorganisation: Reorganisation): Promise<Effect> {
	return inTransaction(db, async (tx) => {
		// A savepoint of its own: who previews within a transaction goes on in it, with nothing changed.
		await sql`savepoint rehearsal`.execute(tx);
		try {
			return (await recordIn(tx, actor, reorganisation)).result.effect;
		} finally {
			await sql`rollback to savepoint rehearsal`.execute(tx);
		}
	});
}

async function recordIn(
	tx: Tx,
	actor: Actor,
	{ events, roles = {}, followers, fileId = null }: Reorganisation
): Promise<Acted<{ actionId: string; effect: Effect }>> {
	if (events.length === 0) throw problem('unit_event.nothing_changes', { unit: '…' });
	const actionId = newId();
	const view = outlook(await changesAround(tx, codesOf(events)));
	const planned = planEvents(view, events);
	await refuseRoots(tx, actor, planned);
	if (fileId !== null) await refuseForeignDocument(tx, actor, fileId);
	await insertEvents(
		tx,
		actionId,
		planned.map(({ id, event, changes }) => ({ ...event, id, changes, fileId }))
	);
	await keepDivisions(tx, planned);
	await derive(
		tx,
		planned.flatMap(({ changes }) => changes.map((one) => one.unitId))
	);
	const shares = await sharesOf(tx, planned, followers);
	await addShares(tx, shares, actionId);
	await addLinks(tx, planned, view);
	await handOver(tx, planned, view, actionId);
	const closings = planned.flatMap((one) => one.closings);
	const moves = await roleMoves(tx, { closings, roles, followers, view });
	const open = await openOn(tx, { closings, followers });
	const moved = await followers.roles.move(
		tx,
		moves.map(({ move }) => move),
		actionId
	);
	const effect = effectOf(planned, { view, moves, open, attributed: shares.length });
	return { result: { actionId, effect }, actions: [await acted(tx, { actionId, planned, moved })] };
}

function codesOf(events: readonly UnitEvent[]): string[] {
	const codes = (value: unknown): string[] => {
		if (typeof value === 'string') return [value];
		if (Array.isArray(value)) return value.flatMap(codes);
		if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(codes);
		return [];
	};
	// Every text of the event: what is no code finds nothing, and a new kind of event needs no line here.
	return [...new Set(events.flatMap(codes))];
}

/** The actor must be allowed to on every unit that is named; only the operator makes a unit under none. */
async function refuseRoots(tx: Tx, actor: Actor, planned: readonly Planned[]): Promise<void> {
	const opensRoot = planned.some(({ changes }) =>
		changes.some((one) => one.change === 'open' && one.sets.parentId === null)
	);
	if (opensRoot && !actor.everything) throw problem('access.denied');
	const fresh = new Set(
		planned.flatMap(({ changes }) => changes.flatMap((one) => (one.change === 'open' ? [one.unitId] : [])))
	);
	const named = planned.flatMap((one) => one.named).filter((id) => !fresh.has(id));
	await authoriseAll(tx, actor, 'unit.reorganise', [...new Set(named)]);
}

async function sharesOf(tx: Tx, planned: readonly Planned[], { holdings }: Followers): Promise<Share[]> {
	const shares: Share[] = [];
	for (const { id, divisions } of planned) {
		for (const division of divisions) shares.push(...(await divide(tx, { division, eventId: id, holdings })));
	}
	const twice = shares.find((one, index) =>
		shares.some((other, at) => at < index && other.caseId === one.caseId && other.unitId === one.unitId)
	);
	if (twice) throw problem('unit_event.case_twice', { case: twice.caseId });
	return shares;
}

type Move = { held: HeldRole; move: RoleMove };

/** Roles go where their unit goes; where it goes to several or to nobody, someone has to say. */
async function roleMoves(
	tx: Tx,
	of: { closings: readonly Closing[]; roles: RoleDecisions; followers: Followers; view: Outlook }
): Promise<Move[]> {
	const { closings, roles, followers, view } = of;
	const byUnit = new Map(closings.map((closing) => [closing.unitId, closing]));
	const day = closings.reduce((first, { effectiveOn }) => (effectiveOn < first ? effectiveOn : first), '9999-12-31');
	const held = closings.length === 0 ? [] : await followers.roles.list(tx, [...byUnit.keys()], later(day, today()));
	const undecided: HeldRole[] = [];
	const moves = held.flatMap((one): Move[] => {
		const closing = byUnit.get(one.unitId);
		if (!closing) return [];
		const from = later(closing.effectiveOn, today());
		const decided = roles[one.grantId];
		if (decided === undefined && closing.heirId === null) {
			undecided.push(one);
			return [];
		}
		const toUnitId = decided === undefined ? closing.heirId : decided === null ? null : named(view, decided, from);
		return [{ held: one, move: { grantId: one.grantId, toUnitId, day: from } }];
	});
	if (undecided.length > 0) {
		const people = [...new Set(undecided.map((one) => one.person))].slice(0, 5).join(', ');
		throw problem('unit_event.roles_undecided', { unit: byUnit.get(undecided[0]?.unitId ?? '')?.name ?? '…', people });
	}
	return moves;
}

function named(view: Outlook, code: string, day: string): string {
	const unit = view.find(code, day);
	if (!unit) throw problem('unit.not_found', { code });
	return unit.unitId;
}

const later = (a: string, b: string): string => (a > b ? a : b);

/** What is open on units that end. Nothing may be left with nobody; reports of a divided unit are nobody's to finish. */
async function openOn(
	tx: Tx,
	{ closings, followers }: { closings: readonly Closing[]; followers: Followers }
): Promise<Open[]> {
	const ids = closings.map((closing) => closing.unitId);
	const open: Open[] = [];
	if (ids.length > 0) for (const holding of followers.holdings) open.push(...(await holding.open(tx, ids)));
	for (const { unitId, name, heirId, divided } of closings) {
		if (heirId !== null) continue;
		const left = open.find((one) => one.unitId === unitId && one.count > 0 && (one.what === 'reports' || !divided));
		if (left) throw problem(`unit_event.${left.what}_open`, { unit: name, count: left.count });
	}
	return open;
}

function effectOf(
	planned: readonly Planned[],
	seen: { view: Outlook; moves: readonly Move[]; open: readonly Open[]; attributed: number }
): Effect {
	const changes = planned.flatMap((one) => one.changes);
	return {
		opened: changes.flatMap((one) => (one.change === 'open' ? [{ code: one.sets.code, name: one.sets.name }] : [])),
		changed: changes.filter((one) => one.change === 'set').length,
		closings: planned.flatMap((one) =>
			one.closings.map((closing) => ({
				...closing,
				roles: seen.moves
					.filter(({ held }) => held.unitId === closing.unitId)
					.map(({ held, move }) => ({ ...held, toUnitId: move.toUnitId })),
				open: seen.open.filter((one) => one.unitId === closing.unitId)
			}))
		),
		attributed: seen.attributed
	};
}

async function acted(
	tx: Tx,
	{ actionId, planned, moved }: { actionId: string; planned: readonly Planned[]; moved: RolesMoved }
): Promise<NewAction> {
	const [first] = planned;
	const unitId = first?.changes[0]?.unitId ?? first?.named[0] ?? actionId;
	const only = planned.length === 1 ? first?.event : undefined;
	return {
		id: actionId,
		homeId: await homeOf(tx, unitId, first?.event.effectiveOn ?? today()),
		noun: 'unit',
		recordId: planned.length === 1 ? (first?.id ?? actionId) : actionId,
		verb: only?.kind ?? 'reorganise',
		unitId,
		reason: first?.event.reason ?? null,
		details: {
			events: planned.length,
			effectiveOn: first?.event.effectiveOn,
			decisionNumber: first?.event.decisionNumber,
			closed: planned.reduce((sum, one) => sum + one.closings.length, 0),
			...(moved.ended.length > 0 && { roles: moved })
		}
	};
}
