import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { z } from 'zod';
import type { Actor } from '#lib/accounts/actor.ts';
import { command } from '#lib/actions/action.server.ts';
import type { Db, Tx } from '#lib/server/db.ts';
import { Problem, problem } from '#lib/server/problem.ts';
import { word } from '#lib/ui/word.ts';
import { authoriseAll } from './authority.server.ts';
import { derive } from './derive.server.ts';
import type { Followers, RolesMoved } from './follower.ts';
import { undoLinks } from './link.server.ts';
import { undoHandOver } from './responsibility.server.ts';
import { removeShares } from './share.server.ts';
import { homeOf } from './unit.server.ts';

const Moved = z.object({
	roles: z
		.object({
			ended: z.array(z.object({ grantId: z.string(), until: z.string().nullable() })),
			given: z.array(z.string())
		})
		.default({ ended: [], given: [] })
});

/**
 * Takes back everything that was recorded in one go: units, roles, links and attributions are as if it had not been, and
 * what was known meanwhile stays known as of then. Refused as soon as something later depends on it.
 */
export async function undo(
	db: Db,
	actor: Actor,
	{ actionId, reason, followers }: { actionId: string; reason: string; followers: Followers }
): Promise<{ events: number }> {
	return command(db, actor, async (tx) => {
		const { eventIds, undone, recordId } = await eventsOf(tx, actionId);
		const touched = await touchedBy(tx, eventIds);
		await authoriseAll(tx, actor, 'unit.reorganise', touched.all);
		if (undone) throw problem('unit_event.undone_already');
		const moved = await rolesMoved(tx, actionId);
		await refuseUsed(tx, { opened: touched.opened, eventIds, followers, moved });
		const undoId = newId();
		await sql`
			insert into unit_event_undoings (event_id, action_id)
			select id, ${undoId}::uuid from unnest(${eventIds}::uuid[]) as e (id)`.execute(tx);
		const homeId = await homeOf(tx, touched.all[0] ?? recordId, '9999-12-30');
		await deriveWithout(tx, touched.all);
		await removeShares(tx, eventIds);
		await undoLinks(tx, eventIds);
		await undoHandOver(tx, actionId);
		await followers.roles.undo(tx, moved);
		const details = { undoes: actionId, events: eventIds.length };
		return {
			result: { events: eventIds.length },
			actions: [
				{ id: undoId, homeId, noun: 'unit', recordId, verb: 'undo', unitId: touched.all[0] ?? null, reason, details }
			]
		};
	});
}

async function eventsOf(tx: Tx, actionId: string): Promise<{ eventIds: string[]; undone: boolean; recordId: string }> {
	const { rows } = await sql<{ id: string; undone: boolean }>`
		select id, exists (select 1 from unit_event_undoings u where u.event_id = e.id) as undone
		from unit_events e where action_id = ${actionId}::uuid order by sequence`.execute(tx);
	const [first] = rows;
	if (!first) throw problem('unit_event.not_found');
	const recordId = rows.length === 1 ? first.id : actionId;
	return { eventIds: rows.map((row) => row.id), undone: first.undone, recordId };
}

async function touchedBy(tx: Tx, eventIds: readonly string[]): Promise<{ all: string[]; opened: string[] }> {
	const { rows } = await sql<{ id: string; opened: boolean }>`
		select unit_id as id, bool_or(change = 'open') as opened from unit_changes
		where event_id = any(${[...eventIds]}::uuid[]) group by unit_id`.execute(tx);
	const opened = rows.filter((row) => row.opened).map((row) => row.id);
	return { all: rows.map((row) => row.id), opened };
}

async function rolesMoved(tx: Tx, actionId: string): Promise<RolesMoved> {
	const { rows } = await sql<{ details: unknown }>`
		select details from actions where id = ${actionId}::uuid`.execute(tx);
	return Moved.parse(rows[0]?.details ?? {}).roles;
}

type Used = { opened: readonly string[]; eventIds: readonly string[]; followers: Followers; moved: RolesMoved };

/** A unit that began with the event must have nothing yet, and nobody may have attributed cases by hand since. */
async function refuseUsed(tx: Tx, { opened, eventIds, followers, moved }: Used): Promise<void> {
	// Cases of a unit that ended here, divided later by a split of who took it over; not those given away before it ended.
	const dividedSince = sql`select 1 from unit_changes c join unit_events e on e.id = c.event_id
		join case_shares s on s.unit_id = c.unit_id and lower(s.valid) > e.effective_on and upper_inf(s.known)
		where c.event_id = any(${[...eventIds]}::uuid[]) and c.change = 'close' and s.event_id <> all(${[...eventIds]}::uuid[])
			and not exists (select 1 from case_shares earlier where earlier.unit_id = s.unit_id and earlier.case_id = s.case_id
				and lower(earlier.valid) < lower(s.valid) and upper_inf(earlier.known))`;
	const { rows } = await sql<{ roles: boolean; shares: boolean; units: boolean }>`
		select exists (select 1 from role_grants where unit_id = any(${[...opened]}::uuid[])
				and id <> all(${moved.given}::uuid[])) as roles,
			exists (select 1 from case_shares where event_id = any(${[...eventIds]}::uuid[]) and means = 'hand'
				and upper_inf(known)) or exists (${dividedSince}) as shares,
			exists (select 1 from unit_states s where s.parent_id = any(${[...opened]}::uuid[]) and upper_inf(s.known)
				and s.unit_id not in (select unit_id from unit_changes where event_id = any(${[...eventIds]}::uuid[]))) as units`.execute(
		tx
	);
	const found = rows[0];
	const what = found?.roles ? 'roles' : found?.shares ? 'shares' : found?.units ? 'units' : null;
	if (what) throw problem('unit_event.undo_depends', { what: word('undo_depends', what) });
	for (const holding of followers.holdings) {
		if (opened.length > 0 && (await holding.uses(tx, opened)))
			throw problem('unit_event.undo_depends', { what: word('undo_depends', holding.noun) });
	}
}

async function deriveWithout(tx: Tx, unitIds: readonly string[]): Promise<void> {
	try {
		await derive(tx, unitIds);
	} catch (reason) {
		if (!(reason instanceof Problem) || !reason.code.startsWith('unit_event.')) throw reason;
		throw problem('unit_event.undo_depends', { what: String(reason.params['unit'] ?? '…') }, reason);
	}
}
