import { sql } from 'kysely';
import type { Actor } from '#lib/accounts/actor.ts';
import { askEach } from '#lib/figures/each.server.ts';
import { REORGANISED_ON } from '#lib/places/gazetteer.ts';
import { follow } from '#lib/places/place.server.ts';
import { readFullName } from '#lib/places/place.ts';
import type { Db } from '#lib/server/db.ts';
import { may } from '#lib/units/authority.server.ts';
import { dayPlus } from '#lib/vietnamese/day.ts';
import { fold } from '#lib/vietnamese/text.ts';
import type { MapQuestion } from './value.server.ts';

/** `values` by commune; `rest`: what no one commune can be given, such as what belongs to a commune that was divided. */
export type CommuneValues = { values: Map<string, { value: number; unitCode: string | null }>; rest: number };

export type Committee = {
	id: string;
	code: string;
	name: string;
	place: string | null;
	since: string;
	above: string | null;
};
/** `provinceId`: the province it lay in then. */
export type Commune = { id: string; code: string; name: string; district: string | null; provinceId: string };

/**
 * A figure for each commune of a province on a day: what the committees of its communes, and all under them, registered.
 * Null where such a figure does not add up over units, or where the reader may not read the records.
 */
export async function askCommunes(
	db: Db,
	actor: Actor,
	{ question, unitId, placeId }: { question: MapQuestion; unitId: string; placeId: string }
): Promise<CommuneValues | null> {
	const { figure, from, asOf, structure, day } = question;
	if (figure.kind !== 'flow' && figure.kind !== 'cohort') return null;
	if (!(await may(db, actor, 'model.read', unitId))) return null;
	const counts = await askEach(db, actor, { figure, question: { unitId, from, asOf, structure } });
	const committees = await listCommittees(db, unitId, day);
	const communes = await listCommunes(db, placeId);
	const found = committees.flatMap((unit) => {
		const place = communeOf(unit, communes[unit.since < REORGANISED_ON ? 'before' : 'since']);
		return place ? [{ unit, placeId: place.id }] : [];
	});
	const places = found.map((one) => one.placeId);
	const arrivals = Map.groupBy(await follow(db, places, day), (one) => one.start);
	const values: CommuneValues['values'] = new Map();
	let rest = counts.get(unitId) ?? 0;
	for (const { unit, placeId: start } of found) {
		const [arrival, ...others] = arrivals.get(start) ?? [];
		if (!arrival || others.length > 0) continue;
		const count = counts.get(unit.id) ?? 0;
		const earlier = values.get(arrival.id);
		values.set(arrival.id, { value: (earlier?.value ?? 0) + count, unitCode: earlier ? null : unit.code });
		rest -= count;
	}
	return { values, rest };
}

async function listCommittees(db: Db, unitId: string, day: string): Promise<Committee[]> {
	const { rows } = await sql<Committee>`
		select v.unit_id as id, v.code, v.name, v.place, lower(v.valid) as since, above.name as above
		from unit_paths p
		join unit_versions v on v.unit_id = p.unit_id and v.valid @> ${day}::date and v.kind = 'commune_committee'
		left join unit_versions above on above.unit_id = v.parent_id and above.valid @> ${day}::date
		where p.ancestor_id = ${unitId}::uuid and p.valid @> ${day}::date and upper_inf(p.known)
		order by v.code`.execute(db);
	return rows;
}

/** The communes of a province, and those of the provinces that became it. */
export async function listCommunes(db: Db, placeId: string): Promise<{ before: Commune[]; since: Commune[] }> {
	const before = dayPlus(REORGANISED_ON, -1);
	const { rows } = await sql<Commune & { isOld: boolean }>`
		select v.place_id as id, v.code, v.full_name as name, d.full_name as district,
			d.parent_id as "provinceId", true as "isOld"
		from place_versions v
		join place_versions d on d.place_id = v.parent_id and d.tier = 'district' and d.valid @> ${before}::date
		where v.valid @> ${before}::date and v.tier = 'commune' and (d.parent_id = ${placeId}::uuid
			or d.parent_id in (select old_place_id from place_successions where new_place_id = ${placeId}::uuid))
		union all
		select v.place_id, v.code, v.full_name, null, v.parent_id, false from place_versions v
		where v.valid @> ${REORGANISED_ON}::date and v.tier = 'commune' and v.parent_id = ${placeId}::uuid`.execute(db);
	return { before: rows.filter((row) => row.isOld), since: rows.filter((row) => !row.isOld) };
}

/** By the code of its place; else by its name, and where several communes have that, by the district above. */
export function communeOf({ name, place, above }: Committee, communes: readonly Commune[]): Commune | undefined {
	const told = communes.find((one) => one.code === place);
	if (told) return told;
	const key = fold(name).replace(/^(dang uy|dang bo) /, '');
	const named = communes.filter((one) => fold(one.name) === key);
	if (named.length <= 1) return named[0];
	const upper = fold(above ?? '');
	const inDistrict = named.filter(({ district }) => {
		const bare = district && readFullName('district', district)?.name;
		return bare && upper.endsWith(fold(bare));
	});
	return inDistrict.length === 1 ? inDistrict[0] : undefined;
}
