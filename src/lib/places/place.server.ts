import { sql, type RawBuilder } from 'kysely';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import type { Extent, Place, PlaceKind, PlaceTier } from './place.ts';

const COLUMNS = sql<Place>`v.place_id as id, v.code, v.full_name as name, v.kind, v.tier, v.parent_id as "parentId"`;

/** The place that a code means on a day; null where it means none. The same code means another place on another day. */
export async function placeOf(db: Db, code: string, day = today()): Promise<Place | null> {
	const { rows } = await sql<Place>`
		select ${COLUMNS} from place_versions v where v.code = ${code} and v.valid @> ${day}::date`.execute(db);
	return rows[0] ?? null;
}

/** A place as it is on a day, or as it last was before, or as it first was. Refuses an id that no place has. */
export async function get(db: Db, placeId: string, day = today()): Promise<Place & { isOfDay: boolean }> {
	const { rows } = await sql<Place & { isOfDay: boolean }>`
		select ${COLUMNS}, v.valid @> ${day}::date as "isOfDay" from place_versions v where v.place_id = ${placeId}::uuid
		order by v.valid @> ${day}::date desc, lower(v.valid) <= ${day}::date desc, lower(v.valid) desc limit 1`.execute(db);
	const place = rows[0];
	if (!place) throw problem('place.not_found', { code: placeId });
	return place;
}

/** A place on the way: how many communes lie in it on the day. */
export type Branch = Place & { communes: number };

/** Places that lie directly in one (null: the provinces) on a day, by code, with the number of communes in each. */
export async function listIn(db: Db, placeId: string | null, day = today()): Promise<Branch[]> {
	const inside = placeId === null ? sql`v.tier = 'province'` : sql`v.parent_id = ${placeId}::uuid`;
	const { rows } = await sql<Branch>`
		with communes as (
			select c.parent_id, d.parent_id as above_id from place_versions c
			left join place_versions d on d.place_id = c.parent_id and d.tier = 'district' and d.valid @> ${day}::date
			where c.tier = 'commune' and c.valid @> ${day}::date
		), counted as (
			select id, count(*)::int as communes from (
				select parent_id as id from communes union all select above_id from communes where above_id is not null) up
			group by id
		)
		select ${COLUMNS}, coalesce(counted.communes, 0) as communes
		from place_versions v left join counted on counted.id = v.place_id
		where ${inside} and v.valid @> ${day}::date
		order by v.code nulls last, v.name_key`.execute(db);
	return rows;
}

/** A page of the places in one (null: of the country) on a day, with all that lie in those, by code. Without a code a place is not told here. */
export async function listPage(
	db: Db,
	placeId: string | null,
	page: { day: string; tier?: PlaceTier | undefined; limit: number; after?: string | undefined }
): Promise<(Place & { code: string; parent: string | null })[]> {
	const { rows } = await sql<Place & { code: string; parent: string | null }>`
		select ${COLUMNS}, p.code as parent from place_versions v
		left join place_versions p on p.place_id = v.parent_id and p.valid @> ${page.day}::date
		where v.valid @> ${page.day}::date and v.code > ${page.after ?? ''}
			and (${placeId}::uuid is null or ${placeId}::uuid in (p.place_id, p.parent_id))
			and (${page.tier ?? null}::text is null or v.tier = ${page.tier ?? null})
		order by v.code limit ${page.limit}`.execute(db);
	return rows;
}

/** The places that one lies in on a day, province first; ended places as they last lay. */
export async function listAbove(db: Db, place: Pick<Place, 'parentId'>, day = today()): Promise<Place[]> {
	if (place.parentId === null) return [];
	const above = await get(db, place.parentId, day);
	return [...(await listAbove(db, above, day)), above];
}

/** How many places of each kind there are on a day. */
export async function countKinds(
	db: Db,
	day = today()
): Promise<{ kind: PlaceKind; tier: PlaceTier; count: number }[]> {
	const { rows } = await sql<{ kind: PlaceKind; tier: PlaceTier; count: number }>`
		select kind, tier, count(*)::int as count from place_versions where valid @> ${day}::date
		group by kind, tier
		order by array_position(array['province', 'district', 'commune'], tier), count(*) desc`.execute(db);
	return rows;
}

/** `from` null: since before all counting; `until`: the last day. */
export type PlaceVersion = {
	id: string;
	code: string | null;
	name: string;
	kind: PlaceKind;
	parentName: string | null;
	law: string | null;
	from: string;
	until: string | null;
};

/** What a place was called, of what kind it was and in what it lay, latest first. */
export async function listVersions(db: Db, placeId: string): Promise<PlaceVersion[]> {
	const { rows } = await sql<PlaceVersion>`
		select v.id, v.code, v.full_name as name, v.kind, v.law, lower(v.valid) as "from", (upper(v.valid) - 1)::date as until,
			(select p.full_name from place_versions p where p.place_id = v.parent_id and p.valid @> lower(v.valid)) as "parentName"
		from place_versions v where v.place_id = ${placeId}::uuid order by lower(v.valid) desc`.execute(db);
	return rows;
}

/** A place that another came out of, or became; as it was called just before the day, or on it. */
export type Kin = {
	id: string;
	code: string | null;
	name: string;
	within: string | null;
	day: string;
	extent: Extent;
	isPrimary: boolean;
	isRemainder: boolean;
	confidence: string | null;
};

/** Places that became this one. */
export async function listPredecessors(db: Db, placeId: string): Promise<Kin[]> {
	return listKin(db, sql`s.new_place_id = ${placeId}::uuid`, {
		other: sql`s.old_place_id`,
		day: sql`s.effective_on - 1`
	});
}

/** Places that this one became. */
export async function listSuccessors(db: Db, placeId: string): Promise<Kin[]> {
	return listKin(db, sql`s.old_place_id = ${placeId}::uuid`, { other: sql`s.new_place_id`, day: sql`s.effective_on` });
}

async function listKin(
	db: Db,
	condition: RawBuilder<unknown>,
	{ other, day }: { other: RawBuilder<unknown>; day: RawBuilder<unknown> }
): Promise<Kin[]> {
	const { rows } = await sql<Kin>`
		select v.place_id as id, v.code, v.full_name as name, s.effective_on as day, s.extent, s.is_primary as "isPrimary",
			s.is_remainder as "isRemainder", s.confidence, concat_ws(', ', p.full_name, g.full_name) as within
		from place_successions s
		join place_versions v on v.place_id = ${other} and v.valid @> (${day})::date
		left join place_versions p on p.place_id = v.parent_id and p.valid @> (${day})::date
		left join place_versions g on g.place_id = p.parent_id and g.valid @> (${day})::date
		where ${condition} order by s.is_primary desc, v.code`.execute(db);
	return rows;
}

export type PlaceAlias = {
	id: string;
	kind: 'abolished' | 'spelling';
	name: string;
	within: string | null;
	code: string | null;
};

/** Other names by which a place is found. */
export async function listAliases(db: Db, placeId: string): Promise<PlaceAlias[]> {
	const { rows } = await sql<PlaceAlias>`
		select id, kind, name, within, code from place_aliases where place_id = ${placeId}::uuid order by name_key, id`.execute(
		db
	);
	return rows;
}

/** What an earlier or later place is on a day: `extent` 'whole' only if all of it went there on every step. */
export type Arrival = {
	start: string;
	id: string;
	name: string;
	code: string | null;
	extent: Extent;
	within: string | null;
};

/** Where places are on a day: themselves, or what they had become by then. */
export async function follow(db: Db, placeIds: readonly string[], day = today()): Promise<Arrival[]> {
	const { rows } = await sql<Arrival>`
		with recursive step as (
			select start, start as at, 'whole'::text as extent from unnest(${[...new Set(placeIds)]}::uuid[]) start
			union
			select step.start, s.new_place_id, case when step.extent = 'whole' then s.extent else step.extent end
			from step join place_successions s on s.old_place_id = step.at and s.effective_on <= ${day}::date
		)
		select step.start, v.place_id as id, v.full_name as name, v.code, step.extent,
			concat_ws(', ', p.full_name, g.full_name) as within
		from step join place_versions v on v.place_id = step.at and v.valid @> ${day}::date
		left join place_versions p on p.place_id = v.parent_id and p.valid @> ${day}::date
		left join place_versions g on g.place_id = p.parent_id and g.valid @> ${day}::date
		order by step.start, v.code`.execute(db);
	return rows;
}

/** What the places were read from: a package of the registry or an operator's files. Null: none are there. */
export async function findSource(
	db: Db
): Promise<{ source: 'package' | 'files'; name: string; loadedAt: Date } | null> {
	const { rows } = await sql<{ source: 'package' | 'files'; name: string; loadedAt: Date }>`
		select source, name, loaded_at as "loadedAt" from place_lists order by loaded_at desc, id desc limit 1`.execute(db);
	return rows[0] ?? null;
}
