import { sql, type RawBuilder } from 'kysely';
import { forgetMade, listMade, noteMade } from '#lib/ledger/readiness.server.ts';
import { temporary, type Tx } from '#lib/server/db.ts';
import { countWrongPathChanges, renewPathChanges } from './path-change.server.ts';

/** Units are kept as bits, so many in a row. As in the columns' type. */
export const CHUNK = 1024;

/** All bits clear, and the one of a unit's number set, as SQL; `bit_or` of these is a set of units. */
export const NONE = sql`B'0'::bit(1024)`;
export const bitOf = (number: RawBuilder<unknown>): RawBuilder<unknown> =>
	sql`set_bit(${NONE}, ${number} % ${sql.lit(CHUNK)}, 1)`;
export const chunkOf = (number: RawBuilder<unknown>): RawBuilder<unknown> => sql`(${number} / ${sql.lit(CHUNK)})`;

/** Raised whenever bits would be other ones: those of before are then made anew. */
export const OBLIGATIONS = { what: 'obligations', version: 2 } as const;

/** From so many chunks on, all are made anew, in the background: who reorganises a country does not wait for it. */
const MANY = 1000;

/** Makes anew who is expected to have records, of all units, and on which days something moves under them. */
export async function buildObligations(tx: Tx): Promise<void> {
	await number(tx);
	// In memory, and without walking what a planner that knows nothing of these paths takes for few; given back at the transaction's end.
	await sql`set local work_mem = '256MB'`.execute(tx);
	await sql`delete from obligations`.execute(tx);
	await insertObligations(tx, sql``);
	await renewPathChanges(tx);
	await noteMade(tx, OBLIGATIONS);
}

/** The same, of those units above which these stand now or were known to; once their paths are written. `changed`: SQL of ids. */
export async function renewObligations(tx: Tx, changed: RawBuilder<unknown>): Promise<void> {
	const made = (await listMade(tx)).find(({ what }) => what === OBLIGATIONS.what);
	if (!made) return;
	// What an earlier or later program made, this one cannot keep true.
	if (made.version !== OBLIGATIONS.version) return forgetMade(tx, OBLIGATIONS.what);
	await number(tx);
	await temporary(
		tx,
		'obliged_anew',
		sql`
		select distinct path.ancestor_id, ${chunkOf(sql`own.number`)} as chunk
		from unit_paths path join unit_numbers own on own.unit_id = path.unit_id
		where path.unit_id in (${changed})`
	);
	const { rows: anew } = await sql`select from obliged_anew limit ${MANY}`.execute(tx);
	if (anew.length === MANY) return forgetMade(tx, OBLIGATIONS.what);
	await sql`
		delete from obligations o using obliged_anew anew where anew.ancestor_id = o.ancestor_id and anew.chunk = o.chunk`.execute(
		tx
	);
	await insertObligations(
		tx,
		sql`join obliged_anew anew on anew.ancestor_id = p.ancestor_id and anew.chunk = ${chunkOf(sql`own.number`)}`
	);
	await renewPathChanges(tx, sql`select ancestor_id from obliged_anew`);
}

/** Gives a number to every unit that has none, to those that stand together one after another: their bits fill few chunks. */
async function number(tx: Tx): Promise<void> {
	await sql`
		insert into unit_numbers (unit_id)
		select unit.id from units unit
		left join lateral (
			select array_agg(path.ancestor_id order by path.depth desc) as way from unit_paths path
			where path.unit_id = unit.id and upper_inf(path.known)
		) above on true
		where unit.id not in (select unit_id from unit_numbers)
		order by above.way`.execute(tx);
}

/** From one day on which a bit changes to the next they all stay. `narrow`: SQL that narrows `p`, the paths, and `own`, their units. */
async function insertObligations(tx: Tx, narrow: RawBuilder<unknown>): Promise<void> {
	await temporary(tx, 'obliged_now', obliged(narrow));
	await sql`
		insert into obligations (ancestor_id, chunk, since, until, bits)
		${segments(sql`obliged_now`)}`.execute(tx);
}

/** SQL of who is expected to have records under whom, with the days, as `since` and `until`. */
function obliged(narrow: RawBuilder<unknown>): RawBuilder<unknown> {
	return sql`
		select ancestor_id, ${chunkOf(sql`number`)} as chunk, ${bitOf(sql`number`)} as bits,
			coalesce(lower(days), '-infinity'::date) as since, coalesce(upper(days), 'infinity'::date) as until
		from (
			select p.ancestor_id, own.number, p.valid * state.valid as days
			from unit_paths p
			join unit_numbers own on own.unit_id = p.unit_id
			${narrow}
			join unit_states state on state.unit_id = p.unit_id and state.valid && p.valid and not state.closed and upper_inf(state.known)
			join unit_kinds kind on kind.kind = state.kind and kind.registers
			where upper_inf(p.known)
		) open`;
}

/** SQL of the rows of `obligations` that these add up to. */
function segments(rows: RawBuilder<unknown>): RawBuilder<unknown> {
	return sql`
		select edge.ancestor_id, edge.chunk, edge.since, edge.until, bit_or(open.bits)
		from (
			select ancestor_id, chunk, since,
				lead(since, 1, 'infinity'::date) over (partition by ancestor_id, chunk order by since) as until
			from (
				select ancestor_id, chunk, since from ${rows} union select ancestor_id, chunk, until from ${rows} where until < 'infinity'
			) changes
		) edge
		join ${rows} open on open.ancestor_id = edge.ancestor_id and open.chunk = edge.chunk
			and open.since <= edge.since and edge.since < open.until
		group by 1, 2, 3, 4`;
}

/** How many chunks of obligations, on however many days, and days of moves are not what paths and states say. */
export async function countWrongObligations(tx: Tx): Promise<number> {
	await temporary(tx, 'obliged_now', obliged(sql``));
	const { rows } = await sql<{ wrong: number }>`
		select count(*)::bigint as wrong from (
			(select * from obligations except all ${segments(sql`obliged_now`)})
			union all (${segments(sql`obliged_now`)} except all select * from obligations)
		) differing`.execute(tx);
	return (rows[0]?.wrong ?? 0) + (await countWrongPathChanges(tx));
}
