import { sql } from 'kysely';
import { shareLedger } from '#lib/ledger/ledger.server.ts';
import type { Tx } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { fold } from '#lib/vietnamese/text.ts';
import { formatDay } from '#lib/vietnamese/format.ts';
import { changesOf } from './event-log.server.ts';
import { statesOf, type State } from './history.ts';

/** Deeper than this is a circle. */
const DEEPEST = 30;

/**
 * Makes states and paths of these units, and of all that stand under them, what the events that hold say. What was known
 * until now stays known as of then. Refuses histories that cannot be: a change before the unit was or after it ended, a
 * circle, a unit under one that is closed, a code that two have on one day.
 */
export async function derive(tx: Tx, unitIds: readonly string[]): Promise<void> {
	const ids = [...new Set(unitIds)];
	const at = await startKnowing(tx);
	const states: State[] = [];
	for (const changes of Map.groupBy(await changesOf(tx, ids), (one) => one.unitId).values()) {
		const made = statesOf(changes);
		if (!Array.isArray(made)) {
			const { code, day, unitId } = made;
			throw problem(code, { unit: await lastName(tx, unitId), day: formatDay(day) });
		}
		states.push(...made);
	}
	await writeStates(tx, { ids, states, at });
	await refuseTakenCodes(tx, ids);
	await refuseOrphans(tx, ids);
	await writePaths(tx, ids, at);
}

/** Two at once would each derive without the other. */
const EVENTS_LOCK = 731_904_113;

/** The one moment from which what is derived now is known; who signs meanwhile waits, as for postings. */
async function startKnowing(tx: Tx): Promise<string> {
	await sql`select pg_advisory_xact_lock(${EVENTS_LOCK})`.execute(tx);
	await shareLedger(tx);
	const { rows } = await sql<{ at: string }>`select clock_timestamp()::text as at`.execute(tx);
	const at = rows[0]?.at;
	if (at === undefined) throw new Error('clock_timestamp() answered nothing');
	return at;
}

/** Ends as known what is no more so, and adds what is new; what stays as it was is not touched. */
async function writeStates(
	tx: Tx,
	{ ids, states, at }: { ids: readonly string[]; states: readonly State[]; at: string }
): Promise<void> {
	const first = new Map(states.toReversed().map((state) => [state.unitId, state]));
	const isFirst = (state: State): boolean => first.get(state.unitId) === state;
	const json = JSON.stringify(
		states.map((state) => ({
			unit_id: state.unitId,
			event_id: state.eventId,
			code: state.code,
			name: state.name,
			name_key: fold(state.name),
			short_name: state.shortName,
			kind: state.kind,
			parent_id: state.parentId,
			place: state.place,
			flags: state.flags,
			closed: state.closed,
			heirless: state.heirless,
			begins: state.from,
			spans: isFirst(state) ? '-infinity' : state.from,
			ends: state.until
		}))
	);
	const wanted = sql`jsonb_to_recordset(${json}::jsonb) as w (unit_id uuid, event_id uuid, code text, name text,
		name_key text, short_name text, kind text, parent_id uuid, place text, flags text[], closed boolean, heirless boolean, spans date, begins date,
		ends date)`;
	const same = sql`s.unit_id = w.unit_id and s.valid = daterange(w.begins, w.ends) and s.span = daterange(w.spans, w.ends) and upper_inf(s.known)
		and (s.event_id, s.code, s.name, s.kind, s.closed, s.heirless, s.flags)
			= (w.event_id, w.code, w.name, w.kind, w.closed, w.heirless, w.flags)
		and (s.short_name, s.parent_id, s.place) is not distinct from (w.short_name, w.parent_id, w.place)`;
	await sql`
		update unit_states s set known = tstzrange(lower(s.known), greatest(lower(s.known), ${at}::timestamptz))
		where s.unit_id = any(${[...ids]}::uuid[]) and upper_inf(s.known)
			and not exists (select 1 from ${wanted} where ${same})`.execute(tx);
	await sql`
		insert into unit_states (id, unit_id, event_id, code, name, name_key, short_name, kind, parent_id, place, flags, closed,
			heirless, valid, span, known)
		select gen_random_uuid(), w.unit_id, w.event_id, w.code, w.name, w.name_key, w.short_name, w.kind, w.parent_id, w.place,
			w.flags, w.closed, w.heirless, daterange(w.begins, w.ends), daterange(w.spans, w.ends), tstzrange(${at}::timestamptz, null)
		from ${wanted} where not exists (select 1 from unit_states s where ${same})`.execute(tx);
}

/** No two units are open with one code on one day. */
async function refuseTakenCodes(tx: Tx, ids: readonly string[]): Promise<void> {
	const { rows } = await sql`
		select 1 from unit_states s join unit_states other on other.code = s.code and other.unit_id <> s.unit_id
			and other.valid && s.valid and other.present
		where s.unit_id = any(${[...ids]}::uuid[]) and s.present limit 1`.execute(tx);
	if (rows.length > 0) throw problem('unit.code_taken');
}

/** Every open unit stands, on each of its days, under a unit that is open, or under none. */
async function refuseOrphans(tx: Tx, ids: readonly string[]): Promise<void> {
	const { rows } = await sql<{ name: string; parent: string; day: string }>`
		select s.name, s.parent_id as parent, lower(s.valid) as day from unit_states s
		where (s.unit_id = any(${[...ids]}::uuid[]) or s.parent_id = any(${[...ids]}::uuid[]))
			and s.present and s.parent_id is not null
			and not coalesce((select range_agg(above.valid) from unit_states above
				where above.unit_id = s.parent_id and above.present) @> s.valid, false)
		order by s.name limit 1`.execute(tx);
	const orphan = rows[0];
	if (!orphan) return;
	const parent = await lastName(tx, orphan.parent);
	throw problem('unit_event.parent_closed', { unit: orphan.name, parent, day: formatDay(orphan.day) });
}

/**
 * Paths of these units and of all under them: for each day, everyone above and the unit itself. Before it began a unit
 * stands where it began, after it ended with its heir: on no tree are its records nobody's.
 */
async function writePaths(tx: Tx, ids: readonly string[], at: string): Promise<void> {
	const known = sql`upper_inf(known)`;
	await sql`
		create temporary table if not exists path_wanted (ancestor_id uuid, unit_id uuid, depth integer, inherited boolean,
			undivided boolean, valid daterange) on commit drop`.execute(tx);
	await sql`truncate path_wanted`.execute(tx);
	await sql`
		with recursive affected as (
			select unit_id from unit_paths where ancestor_id = any(${[...ids]}::uuid[]) and ${known}
			union select unnest(${[...ids]}::uuid[])
		), up as (
			select s.unit_id as ancestor_id, s.unit_id, 0 as depth, s.closed as inherited, false as undivided, s.span as valid,
				s.parent_id, s.heirless
			from unit_states s join affected on affected.unit_id = s.unit_id where upper_inf(s.known)
			union all
			select above.unit_id, up.unit_id, up.depth + 1, up.inherited, up.undivided or up.heirless, up.valid * above.span,
				above.parent_id, above.heirless
			from up join unit_states above on above.unit_id = up.parent_id and above.span && up.valid and upper_inf(above.known)
			where up.depth < ${DEEPEST}
		)
		insert into path_wanted
		select ancestor_id, unit_id, depth, inherited, undivided, unnest(range_agg(valid)) from up group by 1, 2, 3, 4, 5`.execute(
		tx
	);
	// Of a temporary table the planner knows nothing.
	await sql`analyze path_wanted`.execute(tx);
	await refuseCircles(tx);
	const same = sql`w.unit_id = p.unit_id and w.ancestor_id = p.ancestor_id and w.depth = p.depth
		and w.inherited = p.inherited and w.undivided = p.undivided and w.valid = p.valid and upper_inf(p.known)`;
	await sql`
		update unit_paths p set known = tstzrange(lower(p.known), greatest(lower(p.known), ${at}::timestamptz))
		where upper_inf(p.known) and (p.unit_id in (select unit_id from path_wanted) or p.unit_id = any(${[...ids]}::uuid[]))
			and not exists (select 1 from path_wanted w where ${same})`.execute(tx);
	await sql`
		insert into unit_paths (ancestor_id, unit_id, depth, inherited, undivided, valid, known)
		select w.ancestor_id, w.unit_id, w.depth, w.inherited, w.undivided, w.valid, tstzrange(${at}::timestamptz, null) from path_wanted w
		where not exists (select 1 from unit_paths p where ${same})`.execute(tx);
}

async function refuseCircles(tx: Tx): Promise<void> {
	const { rows } = await sql<{ unit: string; day: string }>`
		select unit_id as unit, lower(valid) as day from path_wanted
		where ancestor_id = unit_id and depth > 0 order by depth limit 1`.execute(tx);
	const circle = rows[0];
	if (!circle) return;
	throw problem('unit_event.circle', { unit: await lastName(tx, circle.unit), day: formatDay(circle.day) });
}

async function lastName(tx: Tx, unitId: string): Promise<string> {
	const { rows } = await sql<{ name: string }>`
		select coalesce(
			(select name from unit_states where unit_id = ${unitId}::uuid order by upper_inf(known) desc, upper(valid) desc nulls first limit 1),
			(select sets ->> 'name' from unit_changes where unit_id = ${unitId}::uuid and change = 'open' limit 1),
			'…') as name`.execute(tx);
	return rows[0]?.name ?? '…';
}
