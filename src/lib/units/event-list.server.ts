import { sql, type RawBuilder } from 'kysely';
import type { Actor } from '#lib/accounts/actor.ts';
import type { Db } from '#lib/server/db.ts';
import { visibleTo } from './authority.server.ts';
import type { EventKind } from './event.ts';
import { BEFORE_ALL } from './unit.ts';

/** A unit that an event is about, as it was called then. */
export type NamedUnit = { code: string; name: string };

/**
 * An event as lists tell it: what became (`from`) of which units, and who they went to (`to`); of many only the first are
 * named. `isLate`: it was recorded after the day from which it holds. `together`: how many were recorded in one go.
 */
export type ListedEvent = {
	id: string;
	actionId: string;
	sequence: number;
	kind: EventKind;
	effectiveOn: string;
	decisionNumber: string | null;
	decidedOn: string | null;
	reason: string | null;
	recordedAt: Date;
	by: string | null;
	undoneAt: Date | null;
	together: number;
	fileName: string | null;
	isLate: boolean;
	from: NamedUnit[];
	fromCount: number;
	to: NamedUnit[];
	toCount: number;
};

export type EventFilter = {
	unitId?: string | null;
	year?: number | null;
	kind?: EventKind | null;
	actionId?: string | null;
	after?: string | null;
	before?: string | null;
	limit?: number;
};

export type EventPage = { rows: ListedEvent[]; previous: string | null; next: string | null };

const PAGE = 50;
const NAMED_AT_MOST = 6;
/** Effective day and place in the order of recording. */
export const EVENT_CURSOR = /^(\d{4}-\d{2}-\d{2})\.(\d{1,15})$/;

/** Reorganisations that touched a unit which the actor may see, latest first, page by page. */
export async function listEvents(db: Db, actor: Actor, filter: EventFilter): Promise<EventPage> {
	const { limit = PAGE } = filter;
	const [, day, sequence] = EVENT_CURSOR.exec(filter.before ?? filter.after ?? '') ?? [];
	const backwards = day !== undefined && Boolean(filter.before);
	const from =
		day === undefined
			? sql``
			: sql`and (e.effective_on, e.sequence) ${backwards ? sql`>` : sql`<`} (${day}::date, ${sequence}::bigint)`;
	const { rows } = await sql<ListedEvent>`
		select ${COLUMNS} from unit_events e left join actions a on a.id = e.action_id ${SIDES}
		where ${touchedVisible(actor)} ${narrowing(filter)} ${from}
		order by e.effective_on ${backwards ? sql`asc, e.sequence asc` : sql`desc, e.sequence desc`} limit ${limit + 1}`.execute(
		db
	);
	const more = rows.length > limit;
	const shown = rows.slice(0, limit);
	if (backwards) shown.reverse();
	const [first, last] = [shown.at(0), shown.at(-1)];
	const cursor = (row: ListedEvent) => `${row.effectiveOn}.${row.sequence}`;
	return {
		rows: shown,
		previous: first && (backwards ? more : day !== undefined) ? cursor(first) : null,
		next: last && (backwards || more) ? cursor(last) : null
	};
}

/** The years in which reorganisations took effect that the actor may see, latest first. */
export async function listEventYears(db: Db): Promise<number[]> {
	const { rows } = await sql<{ year: number }>`
		select distinct extract(year from effective_on)::int as year from unit_events order by 1 desc limit 100`.execute(db);
	return rows.map((row) => row.year);
}

/** True for an event `e`, recorded by the action `a`, that touched a unit which the actor may see. */
export function touchedVisible(actor: Actor): RawBuilder<boolean> {
	if (actor.everything) return sql<boolean>`true`;
	return sql<boolean>`exists (select 1 from (${TOUCHED}) t (unit_id)
		where ${visibleTo(actor, 'unit.read', { unit: 't.unit_id' })})`;
}

const TOUCHED = sql`
	select c.unit_id from unit_changes c where c.event_id = e.id
	union all select c.heir_id from unit_changes c where c.event_id = e.id and c.heir_id is not null
	union all select d.heir_id from unit_divisions d where d.event_id = e.id
	union all select l.unit_id from unit_links l where e.kind = 'link' and e.id in (l.event_id, l.ended_by_event_id)
	union all select l.other_id from unit_links l where e.kind = 'link' and e.id in (l.event_id, l.ended_by_event_id)
	union all select r.unit_id from responsibilities r where e.kind = 'transfer' and r.action_id = e.action_id
	union all select r.holder_id from responsibilities r where e.kind = 'transfer' and r.action_id = e.action_id
	union all select a.unit_id where e.kind in ('link', 'transfer')`;

function narrowing({ unitId, year, kind, actionId }: EventFilter): RawBuilder<unknown> {
	const of = unitId ? sql`and ${unitId}::uuid in (${TOUCHED})` : sql``;
	const inYear = year ? sql`and e.effective_on between ${`${year}-01-01`}::date and ${`${year}-12-31`}::date` : sql``;
	return sql`${of} ${inYear} ${kind ? sql`and e.kind = ${kind}` : sql``}
		${actionId ? sql`and e.action_id = ${actionId}::uuid` : sql``}`;
}

/** Sub-units that only go along are not told. */
const TOLD = sql`
	select c.unit_id, case c.change when 'open' then 'to' else 'from' end as side from unit_changes c
		where c.event_id = e.id and (c.change <> 'set' or e.kind in ('rename', 'recode', 'move'))
	union select c.heir_id, 'to' from unit_changes c where c.event_id = e.id and c.heir_id is not null
	union select (c.sets ->> 'parentId')::uuid, 'to' from unit_changes c
		where c.event_id = e.id and e.kind = 'move' and c.sets ->> 'parentId' is not null
	union select d.unit_id, 'from' from unit_divisions d where d.event_id = e.id
	union select d.heir_id, 'to' from unit_divisions d where d.event_id = e.id
	union select l.unit_id, 'from' from unit_links l where e.kind = 'link' and e.id in (l.event_id, l.ended_by_event_id)
	union select l.other_id, 'to' from unit_links l where e.kind = 'link' and e.id in (l.event_id, l.ended_by_event_id)
	union select r.unit_id, 'from' from responsibilities r where e.kind = 'transfer' and r.action_id = e.action_id
	union select r.holder_id, 'to' from responsibilities r where e.kind = 'transfer' and r.action_id = e.action_id`;

const SIDES = sql`
	cross join lateral (
		select coalesce(json_agg(named) filter (where side = 'from' and n <= ${NAMED_AT_MOST}), '[]') as from_units,
			count(*) filter (where side = 'from') as from_count,
			coalesce(json_agg(named) filter (where side = 'to' and n <= ${NAMED_AT_MOST}), '[]') as to_units,
			count(*) filter (where side = 'to') as to_count
		from (
			select told.side, row_number() over (partition by told.side order by told.unit_id) as n, json_build_object(
				'code', s.code, 'name', s.name) as named
			from (${TOLD}) told (unit_id, side)
			left join lateral (
				select v.code, v.name from unit_states v where v.unit_id = told.unit_id
				order by upper_inf(v.known) desc, (v.valid @> e.effective_on) desc, lower(v.valid) desc limit 1
			) s on true
		) lines
	) sides`;

const COLUMNS = sql<ListedEvent>`
	e.id, e.action_id as "actionId", e.sequence, e.kind, e.effective_on as "effectiveOn",
	e.decision_number as "decisionNumber", e.decided_on as "decidedOn", e.reason, e.recorded_at as "recordedAt",
	a.actor_name as "by",
	(select u.recorded_at from unit_event_undoings u where u.event_id = e.id) as "undoneAt",
	(select count(*) from unit_events o where o.action_id = e.action_id) as together,
	(select f.name from files f where f.id = e.file_id) as "fileName",
	e.effective_on > ${BEFORE_ALL}::date and e.recorded_at >= e.effective_on + 1 as "isLate",
	sides.from_units as "from", sides.from_count as "fromCount", sides.to_units as "to", sides.to_count as "toCount"`;
