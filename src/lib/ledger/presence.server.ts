import { sql, type RawBuilder } from 'kysely';
import { temporary, type Tx } from '#lib/server/db.ts';
import { bitOf, chunkOf, NONE } from '#lib/units/obligation.server.ts';
import { noteMade } from './readiness.server.ts';

/** Raised whenever bits would be other ones: those of before are then made anew. */
export const PRESENCE_VERSION = 1;

/** Makes anew which units have records of a measure. Units must have their numbers. */
export async function buildPresences(tx: Tx, measure: string): Promise<void> {
	await sql`delete from presences where measure = ${measure}`.execute(tx);
	await temporary(tx, 'present_now', presences(measure));
	await sql`insert into presences (measure, by_day, on_from, chunk, bits) select * from present_now order by 1, 2, 3, 4`.execute(
		tx
	);
	await noteMade(tx, { what: measure, version: PRESENCE_VERSION });
}

/**
 * SQL of the presences of a measure, from all its postings. What is taken back is so on its own day: a unit has records in a
 * month when it has any on one of its days.
 */
function presences(measure: string): RawBuilder<unknown> {
	return sql`
		with by_day as (
			select p.on_date, ${chunkOf(sql`own.number`)} as chunk, bit_or(${bitOf(sql`own.number`)}) as bits
			from (
				select on_date, unit_id from postings where measure = ${measure} group by 1, 2 having sum(quantity) > 0
			) p join unit_numbers own on own.unit_id = p.unit_id
			group by 1, 2
		)
		select ${measure}::text as measure, true as by_day, on_date as on_from, chunk, bits from by_day
		union all
		select ${measure}, false, date_trunc('month', on_date::timestamp)::date, chunk, bit_or(bits) from by_day group by 3, 4`;
}

/**
 * Sets and clears the bits of the units and days of these postings, as all of their postings say. `table`: of postings that
 * are folded now.
 */
export async function markPresences(tx: Tx, table: string): Promise<void> {
	const { rows } = await sql`
		select from ${sql.table(table)} p join readiness r on r.what = p.measure and r.version = ${PRESENCE_VERSION} limit 1`.execute(
		tx
	);
	if (rows.length === 0) return;
	await temporary(
		tx,
		'marked',
		sql`
		select touched.measure, touched.by_day, touched.on_from, ${chunkOf(sql`own.number`)} as chunk,
			bit_or(case when has.some then ${bitOf(sql`own.number`)} else ${NONE} end) as present,
			bit_or(${bitOf(sql`own.number`)}) as touched
		from (
			select distinct p.measure, p.unit_id, span.* from ${sql.table(table)} p
			join readiness r on r.what = p.measure and r.version = ${PRESENCE_VERSION}
			cross join lateral (values (true, p.on_date, p.on_date),
				(false, date_trunc('month', p.on_date::timestamp)::date, (date_trunc('month', p.on_date::timestamp) + interval '1 month')::date - 1)
			) span (by_day, on_from, on_to)
		) touched
		join unit_numbers own on own.unit_id = touched.unit_id
		cross join lateral (
			select exists (
				select from postings p where p.measure = touched.measure and p.unit_id = touched.unit_id
					and p.on_date between touched.on_from and touched.on_to
				group by p.on_date having sum(p.quantity) > 0) as some
		) has
		group by 1, 2, 3, 4`
	);
	await sql`
		insert into presences (measure, by_day, on_from, chunk, bits) select measure, by_day, on_from, chunk, ${NONE} from marked
		on conflict do nothing`.execute(tx);
	await sql`
		update presences had set bits = (had.bits & ~marked.touched) | marked.present from marked
		where had.measure = marked.measure and had.by_day = marked.by_day and had.on_from = marked.on_from and had.chunk = marked.chunk`.execute(
		tx
	);
}

/**
 * How many presences of a measure are not what its postings say. Of those that wait to be folded they say nothing: where
 * there are any, days of theirs are left out.
 */
export async function countWrongPresences(tx: Tx, measure: string): Promise<number> {
	await temporary(tx, 'present_now', presences(measure));
	const { rows } = await sql<{ wrong: number }>`
		with waiting as materialized (
			select p.on_date as day, date_trunc('month', p.on_date::timestamp)::date as month
			from unfolded u join postings p using (home_id, id) where p.measure = ${measure}
		)
		select count(*)::bigint as wrong from present_now should
		full join (select * from presences where measure = ${measure}) had
			on had.by_day = should.by_day and had.on_from = should.on_from and had.chunk = should.chunk
		where coalesce(had.bits, ${NONE}) <> coalesce(should.bits, ${NONE})
			and coalesce(had.on_from, should.on_from) not in (
				select case when coalesce(had.by_day, should.by_day) then day else month end from waiting)`.execute(tx);
	return rows[0]?.wrong ?? 0;
}
