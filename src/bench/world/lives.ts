import { sql, type RawBuilder } from 'kysely';
import type { Tx } from '#lib/server/db.ts';
import { CORNERS, DEEDS } from './names.ts';

/** What is made in one go: the registrations of a province in a year, with all that became of them. */
export type Batch = { homeId: string; province: string; year: number; lastYear: number; count: number; seed: number };

/** A whole number from 0, below another, for the slot `s` of a batch: the same for the same seed, whatever the machine. */
function chance(batch: Batch, what: number, below: RawBuilder<unknown> | number): RawBuilder<number> {
	const limit = typeof below === 'number' ? sql.lit(below) : below;
	return sql<number>`mod(hashtextextended(s.slot, ${sql.lit(batch.seed * 1000 + what)}) & 9223372036854775807, ${limit})::int`;
}

/** An id whose time is that of the act, as the application's own are (UUIDv7): what is made together lies together. */
export function idAt(at: RawBuilder<unknown>, key: RawBuilder<unknown>): RawBuilder<string> {
	return sql<string>`(lpad(to_hex((extract(epoch from ${at}) * 1000)::bigint), 12, '0') || '7' || substr(md5(${key}), 1, 3)
		|| '8' || substr(md5(${key}), 4, 15))::uuid`;
}

/** The office's hours of a day, for the slot `l`. */
export function onDay(day: RawBuilder<unknown>): RawBuilder<unknown> {
	return sql`((${day} + time '08:00') at time zone 'Asia/Ho_Chi_Minh' + make_interval(secs => l.second))`;
}

/**
 * Lays out a batch in temporary tables: `places` (who registers), `earlier` (last year's registrations of the province, for
 * what goes on and what is copied) and `lives` (one row for each registration, with all that chance decides about it).
 */
export async function layOut(tx: Tx, batch: Batch): Promise<void> {
	await sql`drop table if exists pg_temp.places, pg_temp.earlier, pg_temp.lives`.execute(tx);
	await sql`
		create temporary table places on commit drop as
		select (row_number() over (order by v.code) - 1)::int as n, v.unit_id, substr(commune.name, length('Đảng uỷ ') + 1) as name,
			substr(commune.name_key, length('dang ui ') + 1) as key
		from unit_paths p
		join unit_versions v on v.unit_id = p.unit_id
		join unit_kinds k on k.kind = v.kind and k.registers
		join unit_versions commune on commune.unit_id = case v.kind when 'commune_committee' then v.unit_id else v.parent_id end
		where p.ancestor_id = ${batch.homeId}::uuid and upper_inf(p.known)`.execute(tx);
	await sql`
		create temporary table earlier on commit drop as
		select (row_number() over (order by r.id) - 1)::int as n, r.id, r.model_id, r.unit_id, r.level, r.kind, r.field, r.subject,
			r.novelty, r.state, r.name, r.name_key, r.place, r.registered_on
		from registrations r join places using (unit_id) where r.year = ${sql.lit(batch.year - 1)}`.execute(tx);
	await sql`analyze places, earlier`.execute(tx);
	await sql`create temporary table lives on commit drop as ${lives(batch)}`.execute(tx);
	await sql`analyze lives`.execute(tx);
}

const DECIDED = sql`('recognised', 'not_recognised')`;
const STANDING = sql`('registered', 'in_progress', 'self_assessed', 'appraised', 'recognised', 'not_recognised')`;

/** Two in five go on from last year, a fourth take up another unit's model; the rest begin. */
function lives(batch: Batch): RawBuilder<unknown> {
	const { year } = batch;
	const roll = (what: number, below: RawBuilder<unknown> | number) => chance(batch, what, below);
	const pick = (what: number, from: string) =>
		sql`(${sql.lit(`{${from.replaceAll(' ', ',')}}`)}::text[])[1 + ${roll(what, from.split(' ').length)}]`;
	const field = pick(5, FIELD_CHANCES);
	return sql`
		select l.*, ${idAt(sql`l.drafted_at`, sql`l.slot`)} as id,
			coalesce(l.going_on, ${idAt(sql`l.drafted_at`, sql`'model ' || l.slot`)}) as model_id,
			l.state not in ('draft', 'submitted', 'returned') as accepted,
			case when l.state in ('appraised', 'recognised') then 75 + l.points::numeric / 10
				when l.state = 'not_recognised' then 40 + l.points::numeric / 10 end as score
		from (
			select s.slot, unit.unit_id, prev.id as previous_id, prev.model_id as going_on,
				src.id as source_id, src.model_id as source_model_id,
				coalesce(prev.level, case when src.id is not null then 'base' end, ${pick(6, LEVEL_CHANCES)}) as level,
				coalesce(prev.kind, src.kind, case ${roll(7, 50)} when 0 then 'exemplar' else 'model' end) as kind,
				coalesce(prev.field, src.field, ${field}) as field,
				coalesce(prev.subject, src.subject, case ${roll(8, 9)} when 0 then 'individual' else 'collective' end) as subject,
				case when prev.id is null then 'new' else 'continuing' end as novelty,
				${state(batch)} as state,
				coalesce(prev.name, src.name, replace(deed.text, '%', corner.text || ', ' || unit.name)) as name,
				coalesce(prev.name_key, src.name_key, replace(deed.key, '%', corner.key || ', ' || unit.key)) as name_key,
				case when prev.id is not null then prev.place when src.id is null then corner.text || ', ' || unit.name end as place,
				day.registered_on, make_date(${sql.lit(year)}, 12, 1) + ${roll(10, 20)} as decided_on, ${roll(11, 200)} as points,
				${roll(12, 28_000)} as second,
				((day.registered_on - ${roll(13, 3)} + time '07:00') at time zone 'Asia/Ho_Chi_Minh'
					+ make_interval(secs => ${roll(14, 3500)})) as drafted_at,
				${roll(15, 100)} < 22 as was_returned, ${roll(16, 100)} < 13 as is_corrected, ${roll(17, 100)} < 42 as is_typical,
				${roll(18, 100)} < 28 as is_proposed, ${roll(19, 100)} < 17 as is_rewarded
			from (select n, ${`${batch.province} ${year} `}::text || n as slot from generate_series(0, ${sql.lit(batch.count - 1)}) n) s
			cross join lateral (select make_date(${sql.lit(year)}, 1, 5) + ${roll(9, 325)} as registered_on) day
			left join earlier prev on prev.n = s.n and prev.state in ${DECIDED} and ${roll(1, 100)} < 43
			join places chosen on chosen.n = ${roll(2, sql`(select count(*) from places)`)}
			join places unit on unit.unit_id = coalesce(prev.unit_id, chosen.unit_id)
			left join earlier src on prev.id is null and src.n = ${roll(3, batch.count)} and src.state in ${STANDING}
				and src.unit_id <> unit.unit_id and ${roll(4, 100)} < 45
			join jsonb_to_recordset(${JSON.stringify(DEEDS)}::jsonb) as deed (field text, n int, "of" int, text text, key text)
				on deed.field = ${field} and deed.n = mod(${roll(20, 10_000)}, deed."of")
			join jsonb_to_recordset(${JSON.stringify(CORNERS)}::jsonb) as corner (n int, text text, key text)
				on corner.n = ${roll(21, CORNERS.length)}
		) l`;
}

/** A million of the country's are of culture and society: as many lines as a sheet of a workbook holds. */
const FIELD_CHANCES =
	'culture_society culture_society culture_society economy economy economy defence_security political_system';
const LEVEL_CHANCES =
	'base base base base base base base base base base base base base base base base district province bloc base';

/** In the last year a part is still under way; of the years before nearly everything is decided. Chances of a thousand. */
function state(batch: Batch): RawBuilder<string> {
	const fate = chance(batch, 22, 1000);
	const shares = batch.year === batch.lastYear ? UNDER_WAY : SETTLED;
	const until = shares.map(([name], i) => {
		const below = shares.slice(0, i + 1).reduce((sum, [, share]) => sum + share, 0);
		return sql`when ${fate} < ${sql.lit(below)} then ${sql.lit(name)}`;
	});
	return sql<string>`case ${sql.join(until, sql` `)} else 'recognised' end`;
}

const SETTLED: readonly (readonly [string, number])[] = [
	['draft', 6],
	['submitted', 3],
	['returned', 4],
	['withdrawn', 12],
	['ended', 10],
	['registered', 10],
	['in_progress', 10],
	['self_assessed', 5],
	['appraised', 10],
	['not_recognised', 80]
];
const UNDER_WAY: readonly (readonly [string, number])[] = [
	['draft', 20],
	['submitted', 20],
	['returned', 15],
	['withdrawn', 15],
	['ended', 5],
	['registered', 60],
	['in_progress', 80],
	['self_assessed', 25],
	['appraised', 60],
	['not_recognised', 50]
];
