import { sql } from 'kysely';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { fold, toneKey } from '#lib/vietnamese/text.ts';
import { follow, type Arrival } from './place.server.ts';
import type { PlaceTier } from './place.ts';

/** A name found. `until`: its last day, null where it is the name today; `becomes`: what the place is on the day asked. */
export type PlaceHit = {
	id: string;
	tier: PlaceTier;
	name: string;
	code: string | null;
	within: string | null;
	until: string | null;
	isAlias: boolean;
	becomes: Arrival[];
};

type Found = Omit<PlaceHit, 'becomes'> & { total: number };

/** "Xã Hồ Bốn cũ": what was called so before. */
const FORMER = /\s+(cũ|cu)\s*$/i;

/** Escapes what LIKE takes for a pattern. */
function literal(text: string): string {
	return text.replace(/[\\%_]/g, '\\$&');
}

/**
 * Places by name or code of any time, also by names that were abolished and by other spellings; present names first, and the
 * marks that were typed before others. Where a tone mark sits does not matter.
 */
export async function search(
	db: Db,
	text: string,
	{ day = today(), limit }: { day?: string; limit: number }
): Promise<{ hits: PlaceHit[]; total: number }> {
	const isFormer = FORMER.test(text);
	const wanted = text.replace(FORMER, '');
	const [key, mark] = [fold(wanted), toneKey(wanted)];
	if (key === '') return { hits: [], total: 0 };
	const code = /^\d{2,5}$/.test(key) ? key : null;
	const within = `%${literal(key)}%`;
	const { rows } = await sql<Found>`
		with named as (
			select v.place_id as id, v.tier, v.full_name as name, v.name_key, v.mark_key, v.code, v.valid, v.parent_id,
				null as within, false as "isAlias"
			from place_versions v where v.name_key like ${within} or v.code = ${code}
			union all
			select a.place_id, v.tier, a.name, a.name_key, a.mark_key, a.code, a.valid, v.parent_id, a.within, true
			from place_aliases a join lateral (
				select tier, parent_id from place_versions v where v.place_id = a.place_id
				order by v.valid @> ${day}::date desc, lower(v.valid) limit 1) v on true
			where a.name_key like ${within} or a.code = ${code}
		), shown as (
			select *, not "isAlias" and valid @> ${day}::date as present from named
		)
		select s.id, s.tier, s.name, s.code, s."isAlias",
			case when upper_inf(s.valid) then null else (upper(s.valid) - 1)::date end as until,
			coalesce(s.within, concat_ws(', ', p.full_name, g.full_name)) as within, count(*) over ()::int as total
		from shown s
		left join place_versions p on p.place_id = s.parent_id
			and p.valid @> coalesce(case when s.present then ${day}::date end, upper(s.valid) - 1, lower(s.valid), ${day}::date)
		left join place_versions g on g.place_id = p.parent_id and g.valid @> lower(p.valid)
		where not (${isFormer} and s.present)
		order by s.present desc, s.code is not distinct from ${code} desc,
			(s.mark_key = ${mark} or s.mark_key like ${`% ${literal(mark)}`}) desc,
			(s.name_key = ${key} or s.name_key like ${`% ${literal(key)}`}) desc,
			position(${mark} in s.mark_key) > 0 desc, s.tier <> 'province', s.tier <> 'district', s.name_key, s.code, s.id
		limit ${limit}`.execute(db);
	const arrivals = Map.groupBy(
		await follow(
			db,
			rows.map((row) => row.id),
			day
		),
		(one) => one.start
	);
	return {
		hits: rows.map(({ total: _total, ...hit }) => ({ ...hit, becomes: arrivals.get(hit.id) ?? [] })),
		total: rows[0]?.total ?? 0
	};
}
