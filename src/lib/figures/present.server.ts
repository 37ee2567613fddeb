import { sql, type RawBuilder } from 'kysely';
import { cover, type Days } from '#lib/ledger/folding.ts';
import { PRESENCE_VERSION } from '#lib/ledger/presence.server.ts';
import type { Db } from '#lib/server/db.ts';
import { bitOf, CHUNK, chunkOf, NONE, OBLIGATIONS } from '#lib/units/obligation.server.ts';
import { conditionOfFew, standsWith, type Asked } from './condition.server.ts';
import type { Cohort, Flow } from './figure.ts';

/** How many units are expected to have records, and how many of them have, whole and by child. */
export type Present = { obliged: number; value: number; children: { child: string; value: number }[] };

/** SQL of what the question is answered with beside the bits: the day on which units are expected to have records, and who took over whom. */
export type Standing = { day: string; takers: (gone: RawBuilder<unknown>) => RawBuilder<unknown> };

/**
 * Can bits answer? Not for parts by facets, not for what was known earlier. On trees of other days they do too: that a unit has
 * records does not depend on where it stands.
 */
export function canBitsTell(figure: Flow | Cohort, asked: Asked): boolean {
	const where = { ...figure.where, ...asked.where };
	const told = asked.by.length === 0 || (asked.by.length === 1 && asked.by[0] === 'unit');
	return figure.kind === 'flow' && asked.known === 'infinity' && told && Object.keys(where).length === 0;
}

/** Are they all there? After a country was reorganised they are made anew in the background. */
export async function areBitsKept(db: Db, { measure }: Flow | Cohort): Promise<boolean> {
	const { rows } = await sql<{ ready: boolean }>`
		select count(*) = 2 as ready from readiness
		where (what = ${OBLIGATIONS.what} and version = ${OBLIGATIONS.version})
			or (what = ${measure} and version = ${PRESENCE_VERSION})`.execute(db);
	return rows[0]?.ready ?? false;
}

/** Counts by bits; one statement, so that it sees each posting once, whoever folds meanwhile. */
export async function countPresent(db: Db, figure: Flow | Cohort, asked: Asked, standing: Standing): Promise<Present> {
	const { rows } = await sql<{ kind: 'obliged' | 'whole' | 'child'; child: string | null; value: number }>`
		with ${units(figure, asked, standing)}
		select 'obliged' as kind, null::uuid as child, coalesce(sum(bit_count(bits)), 0)::bigint as value from obliged
		union all
		select 'whole', null, coalesce(sum(bit_count(bits)), 0)::bigint from whole
		${asked.by.length === 0 ? sql`` : byChild}
		order by kind, child`.execute(db);
	const found = (kind: string) => rows.filter((row) => row.kind === kind);
	return {
		obliged: found('obliged')[0]?.value ?? 0,
		value: found('whole')[0]?.value ?? 0,
		children: found('child').map(({ child, value }) => ({ child: child ?? '', value }))
	};
}

/** Which of those expected to have records have some, or none, in the order of their ids; `after`: the last of the page before. */
export async function listPresent(
	db: Db,
	have: 'have' | 'lack',
	of: { figure: Flow | Cohort; asked: Asked; standing: Standing; after: string; limit: number }
): Promise<string[]> {
	const next = of.after === '' ? sql`` : sql`and own.unit_id > ${of.after}::uuid`;
	const is = have === 'have' ? sql`=` : sql`<>`;
	const { rows } = await sql<{ unitId: string }>`
		with ${units(of.figure, of.asked, of.standing)}
		select own.unit_id as "unitId" from obliged
		left join whole on whole.chunk = obliged.chunk
		join unit_numbers own on ${chunkOf(sql`own.number`)} = obliged.chunk
		where ${isIn(sql`obliged.bits`)} = 1 and ${isIn(sql`coalesce(whole.bits, ${NONE})`)} ${is} 1 ${next}
		order by own.unit_id limit ${of.limit}`.execute(db);
	return rows.map(({ unitId }) => unitId);
}

/** SQL: the bit of the unit `own` in these. */
const isIn = (bits: RawBuilder<unknown>) => sql`get_bit(${bits}, own.number % ${sql.lit(CHUNK)})`;

/**
 * SQL of sets of units, one bit each: `obliged`, expected to have records; `part`, who of them has some, through which child;
 * `whole`, through any. The days' bits together, less those of units that have to be looked at singly, and these as their
 * postings say.
 */
function units(figure: Flow | Cohort, asked: Asked, standing: Standing): RawBuilder<unknown> {
	const { months, days } = cover(
		{ from: asked.from, to: asked.asOf },
		{ byCohort: false, hasYears: false, hasDays: true }
	);
	const spans = [...months.map((part) => span(false, part)), ...days.map((part) => span(true, part))];
	const day = sql`${standing.day}::date`;
	const under = (ancestor: RawBuilder<unknown>) =>
		sql`o.ancestor_id = ${ancestor} and o.since <= ${day} and ${day} < o.until`;
	return sql`
		child as materialized (
			select distinct unit_id from unit_paths
			where ancestor_id = ${asked.unitId}::uuid and depth = 1 and upper_inf(known) and valid @> ${day}
		), single as materialized (${singly(figure, asked, day)}), own as materialized (${postingsOf(figure, asked)}),
		taken as materialized (
			select own.child, number.number from own
			left join (${standing.takers(sql`select unit_id from own`)}) taker on taker.unit_id = own.unit_id
			join unit_numbers number on number.unit_id = coalesce(taker.ancestor_id, own.unit_id)
		), apart as (
			select ${chunkOf(sql`number`)} as chunk, bit_or(${bitOf(sql`number`)}) as bits
			from single join unit_numbers using (unit_id) group by 1
		), plain as materialized (
			select had.chunk, had.bits & ~coalesce(apart.bits, ${NONE}) as bits
			from (
				select chunk, bit_or(bits) as bits from presences
				where measure = ${figure.measure} and (${sql.join(spans, sql` or `)}) group by 1
			) had left join apart on apart.chunk = had.chunk
		), obliged as materialized (select o.chunk, o.bits from obligations o where ${under(sql`${asked.unitId}::uuid`)}),
		part as (
			select child.unit_id as child, o.chunk, o.bits & plain.bits as bits
			from child cross join lateral (select o.chunk, o.bits from obligations o where ${under(sql`child.unit_id`)} offset 0) o
			join plain on plain.chunk = o.chunk
			union all
			select number.unit_id, obliged.chunk, obliged.bits & plain.bits & ${bitOf(sql`number.number`)}
			from unit_numbers number join obliged on obliged.chunk = ${chunkOf(sql`number.number`)} join plain on plain.chunk = obliged.chunk
			where number.unit_id = ${asked.unitId}::uuid
			union all
			select taken.child, obliged.chunk, obliged.bits & ${bitOf(sql`taken.number`)}
			from taken join obliged on obliged.chunk = ${chunkOf(sql`taken.number`)}
		), whole as (
			select chunk, bit_or(bits) as bits from part group by chunk
		)`;
}

const byChild = sql`
	union all
	select 'child', child, sum(bit_count(bits))::bigint from (
		select child, chunk, bit_or(bits) as bits from part group by 1, 2) part group by 2 having sum(bit_count(bits)) > 0`;

function span(byDay: boolean, { from, to }: Days): RawBuilder<unknown> {
	return sql`by_day = ${byDay} and on_from between ${from}::date and ${to}::date`;
}

/**
 * SQL of the units whose postings have to be looked at: some wait to be folded; the unit stood elsewhere for a part of the
 * period, or, where the tree is that of a day, its cases were shared out; it has ended, and others have what it had.
 */
function singly(figure: Flow | Cohort, asked: Asked, day: RawBuilder<unknown>): RawBuilder<unknown> {
	const [from, to] = [sql`${asked.from}::date`, sql`${asked.asOf}::date`];
	const waiting = sql`
		select p.unit_id from unfolded u cross join lateral (
			select p.unit_id from postings p where p.home_id = u.home_id and p.id = u.id and p.measure = ${figure.measure}
				and p.on_date between ${from} and ${to} offset 0) p`;
	const known = sql`upper_inf(known) and not unmoved`;
	const ended = sql`
		select unit_id from unit_paths
		where ancestor_id = ${asked.unitId}::uuid and ${known} and inherited and valid @> ${day}`;
	if (asked.structure !== 'then') {
		const shared = sql`select unit_id from case_shares where valid @> ${day} and upper_inf(known)`;
		return sql`${waiting} union ${ended} union ${shared}`;
	}
	const changes = (edge: RawBuilder<unknown>) => sql`(${edge} > ${from} and ${edge} <= ${to})`;
	return sql`
		${waiting} union ${ended} union
		select unit_id from unit_paths
		where ${known} and (${changes(sql`lower(valid)`)} or ${changes(sql`upper(valid)`)}) and ancestor_id in (
			select ${asked.unitId}::uuid
			union all
			select unit_id from unit_paths where ancestor_id = ${asked.unitId}::uuid and depth = 1 and upper_inf(known)
				and valid && daterange(${from}, ${to}, '[]'))`;
}

/** SQL of those of the units `single` that have records, by the very condition that counts without bits, and through which child. */
function postingsOf(figure: Flow | Cohort, asked: Asked): RawBuilder<unknown> {
	const source = sql`single cross join lateral (
		select p.* from postings p where p.measure = ${figure.measure} and p.unit_id = single.unit_id
			and p.on_date between ${asked.from}::date and ${asked.asOf}::date offset 0) p`;
	return sql`
		select path.child, ${standsWith(asked)} as unit_id ${conditionOfFew(figure, asked, { source })}
		group by 1, 2 having sum(p.quantity) > 0`;
}
