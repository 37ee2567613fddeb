import { sql, type RawBuilder } from 'kysely';
import { forgetMoved, unfold } from '#lib/ledger/fold.server.ts';
import { shareLedger } from '#lib/ledger/ledger.server.ts';
import type { Tx } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { fold } from '#lib/vietnamese/text.ts';
import { formatDay } from '#lib/vietnamese/format.ts';
import { changesOf } from './event-log.server.ts';
import { statesOf, type State } from './history.ts';
import { renewObligations } from './obligation.server.ts';

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
const EVENTS_LOCK = 731_904_114;

/** The one moment from which what is derived now is known; who signs meanwhile waits, as for postings. */
async function startKnowing(tx: Tx): Promise<string> {
	await sql`select pg_advisory_xact_lock(${EVENTS_LOCK})`.execute(tx);
	await shareLedger(tx);
	const { rows } = await sql<{ at: string }>`select clock_timestamp()::text as at`.execute(tx);
	const at = rows[0]?.at;
	if (at === undefined) throw new Error('clock_timestamp() answered nothing');
	return at;
}

type StateRow = {
	unit_id: string;
	event_id: string;
	code: string;
	name: string;
	short_name: string | null;
	kind: string;
	parent_id: string | null;
	place: string | null;
	flags: readonly string[];
	closed: boolean;
	heirless: boolean;
	begins: string;
	spans: string;
	ends: string | null;
};

/**
 * Ends as known what is no more so, and adds what is new; what stays as it was is not touched. Compared here and not in SQL,
 * where a planner that knows nothing of the wanted rows would look each of a country's units up alone.
 */
async function writeStates(
	tx: Tx,
	{ ids, states, at }: { ids: readonly string[]; states: readonly State[]; at: string }
): Promise<void> {
	const wanted = new Map(rowsOf(states).map((row) => [keyOf(row), row]));
	const { rows: present } = await sql<StateRow & { id: string }>`
		select id, unit_id, event_id, code, name, short_name, kind, parent_id, place, flags, closed, heirless,
			lower(valid) as begins, lower(span) as spans, upper(valid) as ends
		from unit_states where unit_id = any(${[...ids]}::uuid[]) and upper_inf(known)`.execute(tx);
	const ended: string[] = [];
	for (const row of present) {
		const now = wanted.get(keyOf(row));
		if (now && textOf(now) === textOf(row)) wanted.delete(keyOf(row));
		else ended.push(row.id);
	}
	await sql`
		update unit_states set known = tstzrange(lower(known), greatest(lower(known), ${at}::timestamptz))
		where id = any(${ended}::uuid[])`.execute(tx);
	const added = [...wanted.values()].map((row) => ({ ...row, name_key: fold(row.name) }));
	await sql`
		insert into unit_states (id, unit_id, event_id, code, name, name_key, short_name, kind, parent_id, place, flags, closed,
			heirless, valid, span, known)
		select gen_random_uuid(), unit_id, event_id, code, name, name_key, short_name, kind, parent_id, place, flags, closed,
			heirless, daterange(begins, ends), daterange(spans, ends), tstzrange(${at}::timestamptz, null)
		from jsonb_to_recordset(${JSON.stringify(added)}::jsonb) as w (unit_id uuid, event_id uuid, code text, name text,
			name_key text, short_name text, kind text, parent_id uuid, place text, flags text[], closed boolean, heirless boolean,
			spans date, begins date, ends date)`.execute(tx);
}

/** For a unit's first row all days before count too. */
function rowsOf(states: readonly State[]): StateRow[] {
	const first = new Map(states.toReversed().map((state) => [state.unitId, state]));
	return states.map((state) => ({
		unit_id: state.unitId,
		event_id: state.eventId,
		code: state.code,
		name: state.name,
		short_name: state.shortName,
		kind: state.kind,
		parent_id: state.parentId,
		place: state.place,
		flags: state.flags,
		closed: state.closed,
		heirless: state.heirless,
		begins: state.from,
		spans: first.get(state.unitId) === state ? '-infinity' : state.from,
		ends: state.until
	}));
}

/** A unit begins to be something once on a day. */
const keyOf = (row: StateRow): string => `${row.unit_id} ${row.begins}`;

/** Equal texts are equal rows. */
function textOf({ code, name, short_name, kind, parent_id, place, flags, ...row }: StateRow): string {
	const traits = [code, name, short_name, kind, parent_id, place, flags];
	return JSON.stringify([traits, row.event_id, row.closed, row.heirless, row.spans, row.ends]);
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
	const changed = sql`select unit_id from path_wanted union select unnest(${[...ids]}::uuid[])`;
	// A country's half a million paths are sorted and compared in memory; given back at the end of the transaction.
	await sql`select set_config('work_mem', '64MB', true)`.execute(tx);
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
	await unfold(tx, movedDays(changed));
	const same = sql`w.unit_id = p.unit_id and w.ancestor_id = p.ancestor_id and w.depth = p.depth
		and w.inherited = p.inherited and w.undivided = p.undivided and w.valid = p.valid and upper_inf(p.known)`;
	// In the order in which they lie: of a country's quarter of a million, each would else be fetched from elsewhere.
	await sql`
		update unit_paths set known = tstzrange(lower(known), greatest(lower(known), ${at}::timestamptz))
		where ctid = any(array(select p.ctid from unit_paths p
			where upper_inf(p.known) and p.unit_id in (${changed})
				and not exists (select 1 from path_wanted w where ${same})
			order by p.ctid))`.execute(tx);
	await sql`
		insert into unit_paths (ancestor_id, unit_id, depth, inherited, undivided, valid, known)
		select w.ancestor_id, w.unit_id, w.depth, w.inherited, w.undivided, w.valid, tstzrange(${at}::timestamptz, null) from path_wanted w
		where not exists (select 1 from unit_paths p where ${same})`.execute(tx);
	await forgetMoved(tx, at, changed);
	await renewObligations(tx, changed);
}

/** The units that will stand elsewhere than they are known to, each with the days on which they do; as SQL. `changed`: of their ids. */
function movedDays(changed: RawBuilder<unknown>): RawBuilder<unknown> {
	const place = sql`unit_id, ancestor_id, depth`;
	return sql`
		select unit_id, range_agg(days) as days from (
			select unit_id, (coalesce(present.days, '{}') - coalesce(wanted.days, '{}'))
				+ (coalesce(wanted.days, '{}') - coalesce(present.days, '{}')) as days
			from (
				select ${place}, range_agg(valid) as days from unit_paths
				where upper_inf(known) and unit_id in (${changed})
				group by ${place}
			) present
			full join (select ${place}, range_agg(valid) as days from path_wanted group by ${place}) wanted using (${place})
		) compared where not isempty(days) group by unit_id`;
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
