import { sql } from 'kysely';
import { communeOf, listCommunes, type Commune, type Committee } from '#lib/maps/commune-value.server.ts';
import { placeUnits, type ProvinceUnit } from '#lib/maps/value.server.ts';
import { REORGANISED_ON } from '#lib/places/gazetteer.ts';
import { follow, get, listIn, listPage, placeOf } from '#lib/places/place.server.ts';
import { readFullName } from '#lib/places/place.ts';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { fold } from '#lib/vietnamese/text.ts';
import { listPublicPlaces } from './public.server.ts';

/**
 * Where the models of a public register lie, among the places of today. A commune's committee, and who stands under it, lies in
 * that commune; of other units the place that was written tells it, where it can mean one commune only.
 */

/** `areas`: the places that are told apart; the rest says which committees and which written places mean which of them. */
export type Placing = {
	tier: 'province' | 'commune';
	/** The province whose communes these are; `isOnlyOne`: the whole register lies in it. */
	province: { code: string; name: string; isOnlyOne: boolean } | null;
	areas: { id: string; code: string; name: string }[];
	/** Only models of these units, and of those under them, are told. */
	roots: string[];
	committees: { unitId: string; placeId: string }[];
	texts: { text: string; isEarlier: boolean; placeId: string }[];
};

const AREAS_AT_MOST = 1000;

/**
 * By provinces where the register is one of several, else by the communes of its own; `code`: a province, or a commune of one,
 * whose communes are told instead of the provinces. Null where nobody told in which province the unit is.
 */
export async function readPlacing(
	db: Db,
	{ unitId, code }: { unitId: string; code: string | null }
): Promise<Placing | null> {
	const own = await committees(db, { unitId, way: 'above' });
	const placed = await placeUnits(db, own.length > 0 ? own : await committees(db, { unitId, way: 'below' }), today());
	const [first] = placed.keys();
	if (first === undefined) return null;
	if (own.length > 0) return placeCommunes(db, { unitId, provinceId: first, units: placed.get(first) ?? [] });
	const place = code === null ? null : await placeOf(db, code);
	const within = place?.tier === 'commune' ? place.parentId : (place?.id ?? null);
	const units = within === null ? undefined : placed.get(within);
	if (within !== null && units) return placeCommunes(db, { unitId: null, provinceId: within, units });
	const provinces = await listIn(db, null);
	return {
		tier: 'province',
		province: null,
		areas: provinces.map((each) => ({ id: each.id, code: each.code ?? '', name: each.name })),
		roots: [unitId],
		committees: [...placed].flatMap(([placeId, some]) => some.map(({ id }) => ({ unitId: id, placeId }))),
		texts: []
	};
}

/** Committees of provinces above a unit or below it, as each was last called. */
async function committees(
	db: Db,
	{ unitId, way }: { unitId: string; way: 'above' | 'below' }
): Promise<ProvinceUnit[]> {
	const path =
		way === 'above'
			? sql`p.unit_id = ${unitId}::uuid and p.ancestor_id = v.unit_id`
			: sql`p.ancestor_id = ${unitId}::uuid and p.unit_id = v.unit_id`;
	const { rows } = await sql<ProvinceUnit>`
		select distinct on (v.unit_id) v.unit_id as id, v.code, v.name, v.place, lower(v.valid) as since
		from unit_versions v where v.kind = 'province_committee'
			and exists (select from unit_paths p where ${path} and upper_inf(p.known))
		order by v.unit_id, lower(v.valid) desc`.execute(db);
	return rows;
}

type Within = { unitId: string | null; provinceId: string; units: readonly { id: string; givenId: string }[] };

async function placeCommunes(db: Db, { unitId, provinceId, units }: Within): Promise<Placing> {
	const province = await get(db, provinceId);
	const given = new Set(units.map(({ givenId }) => givenId));
	const listed = await listCommunes(db, provinceId);
	const before = given.has(provinceId)
		? listed.before
		: listed.before.filter((commune) => given.has(commune.provinceId));
	const communes = { before, since: listed.since };
	const roots = unitId === null ? units.map(({ id }) => id) : [unitId];
	const listedUnits = await communeCommittees(db, roots);
	const found = listedUnits.flatMap((unit) => {
		const commune = communeOf(unit, communes[unit.since < REORGANISED_ON ? 'before' : 'since']);
		return commune ? [{ unitId: unit.id, start: commune.id }] : [];
	});
	const written = await listPublicPlaces(db, {
		roots,
		apart: found.map((one) => one.unitId),
		day: REORGANISED_ON
	});
	const readable = { before: spoken(before), since: spoken(listed.since) };
	const read = written.flatMap(({ text, isEarlier }) => {
		const commune = communeIn(text, isEarlier ? readable.before : [...readable.since, ...readable.before]);
		return commune ? [{ text, isEarlier, start: commune.id }] : [];
	});
	const starts = [...found, ...read].map(({ start }) => start);
	const arrivals = Map.groupBy(await follow(db, [...starts, ...before.map(({ id }) => id)]), (one) => one.start);
	/** A commune that was divided is no one place of today. */
	const arrived = (start: string) => {
		const [only, ...others] = arrivals.get(start) ?? [];
		return only && others.length === 0 ? only.id : null;
	};
	const near = new Set([...arrivals.values()].flat().map(({ id }) => id));
	const areas = await listPage(db, provinceId, { day: today(), tier: 'commune', limit: AREAS_AT_MOST });
	return {
		tier: 'commune',
		province: { code: province.code ?? '', name: province.name, isOnlyOne: unitId !== null },
		areas: areas.filter(({ id }) => near.size === 0 || near.has(id)).map(({ id, code, name }) => ({ id, code, name })),
		roots,
		committees: found.flatMap(({ unitId: id, start }) => {
			const placeId = arrived(start);
			return placeId === null ? [] : [{ unitId: id, placeId }];
		}),
		texts: read.flatMap(({ text, isEarlier, start }) => {
			const placeId = arrived(start);
			return placeId === null ? [] : [{ text, isEarlier, placeId }];
		})
	};
}

/** Committees of communes under units at any time, as each was last called. */
async function communeCommittees(db: Db, roots: readonly string[]): Promise<Committee[]> {
	const { rows } = await sql<Committee>`
		select distinct on (v.unit_id) v.unit_id as id, v.code, v.name, v.place, lower(v.valid) as since, a.name as above
		from unit_versions v left join unit_versions a on a.unit_id = v.parent_id and a.valid && v.valid
		where v.kind = 'commune_committee' and exists (select from unit_paths p
			where p.unit_id = v.unit_id and p.ancestor_id = any(${[...roots]}::uuid[]) and upper_inf(p.known))
		order by v.unit_id, lower(v.valid) desc, lower(a.valid) desc`.execute(db);
	return rows;
}

type Spoken = { commune: Commune; name: string; district: string | null };

/** Names as they are compared. */
function spoken(communes: readonly Commune[]): Spoken[] {
	return communes.map((commune) => ({
		commune,
		name: fold(commune.name),
		district: commune.district && fold(readFullName('district', commune.district)?.name ?? commune.district)
	}));
}

/** "thôn Bản Mới, xã Suối Giàng, huyện Văn Chấn": the commune that is named; none where it may be one of several. */
function communeIn(text: string, communes: readonly Spoken[]): Commune | null {
	const parts = fold(text).split(/\s*[,;.()-]\s*/);
	const named = communes.filter(({ name }) => parts.some((part) => part === name || part.endsWith(` ${name}`)));
	const nearer = named.filter(({ district }) => district && parts.some((part) => part.endsWith(district)));
	const [only, ...others] = named.length > 1 && nearer.length > 0 ? nearer : named;
	return only && others.length === 0 ? only.commune : null;
}
