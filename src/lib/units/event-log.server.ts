import { sql } from 'kysely';
import type { Db, Tx } from '#lib/server/db.ts';
import { normalise } from '#lib/vietnamese/text.ts';
import type { EventKind } from './event.ts';
import type { Change, DatedChange } from './history.ts';

export type NewEvent = {
	id: string;
	kind: EventKind;
	effectiveOn: string;
	decisionNumber?: string | null;
	decidedOn?: string | null;
	reason?: string | null;
	fileId?: string | null;
	changes: readonly Change[];
};

/** Writes down events in their order, and what each does. `derive` then makes it so. */
export async function insertEvents(tx: Tx, actionId: string, events: readonly NewEvent[]): Promise<void> {
	const rows = events.map((event, n) => ({
		n,
		id: event.id,
		kind: event.kind,
		effective_on: event.effectiveOn,
		decision_number: event.decisionNumber ?? null,
		decided_on: event.decidedOn ?? null,
		reason: event.reason ?? null,
		file_id: event.fileId ?? null
	}));
	await sql`
		insert into unit_events (id, kind, effective_on, decision_number, decided_on, reason, file_id, action_id)
		select id, kind, effective_on, decision_number, decided_on, reason, file_id, ${actionId}::uuid
		from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (n integer, id uuid, kind text, effective_on date,
			decision_number text, decided_on date, reason text, file_id uuid) order by n`.execute(tx);
	const changes = events.flatMap((event) =>
		event.changes.map((one, index) => ({
			event_id: event.id,
			position: index + 1,
			unit_id: one.unitId,
			change: one.change,
			sets: one.change === 'close' ? {} : tidy(one.sets),
			heir_id: one.change === 'close' ? one.heirId : null
		}))
	);
	const opened = changes.filter((one) => one.change === 'open').map((one) => one.unit_id);
	await sql`insert into units (id) select unnest(${opened}::uuid[])`.execute(tx);
	await sql`
		insert into unit_changes (event_id, position, unit_id, change, sets, heir_id)
		select event_id, position, unit_id, change, sets, heir_id
		from jsonb_to_recordset(${JSON.stringify(changes)}::jsonb) as r (event_id uuid, position integer, unit_id uuid, change text, sets jsonb,
			heir_id uuid)`.execute(tx);
}

function tidy<T extends { name?: string }>(sets: T): T {
	return sets.name === undefined ? sets : { ...sets, name: normalise(sets.name) };
}

/** Everything that events which hold did to these units. */
export async function changesOf(db: Db, unitIds: readonly string[]): Promise<DatedChange[]> {
	const { rows } = await sql<DatedChange>`
		select c.event_id as "eventId", e.effective_on as "effectiveOn", e.sequence, c.position, c.unit_id as "unitId",
			c.change, c.sets, c.heir_id as "heirId"
		from unit_changes c join unit_events e on e.id = c.event_id
		where c.unit_id = any(${[...unitIds]}::uuid[])
			and not exists (select 1 from unit_event_undoings u where u.event_id = c.event_id)`.execute(db);
	return rows;
}

/** Everything done to the units that ever had one of these codes, to those ever directly under them, and to all above. */
export async function changesAround(db: Db, codes: readonly string[]): Promise<DatedChange[]> {
	const { rows } = await sql<{ id: string }>`
		with named as (
			select distinct unit_id from unit_states where code = any(${[...codes]}::text[]) and upper_inf(known)
		), around as (
			select unit_id from named
			union select s.unit_id from unit_states s join named on named.unit_id = s.parent_id where upper_inf(s.known)
		)
		select unit_id as id from around
		union select p.ancestor_id from unit_paths p join around on around.unit_id = p.unit_id where upper_inf(p.known)`.execute(
		db
	);
	return changesOf(
		db,
		rows.map((row) => row.id)
	);
}
