import { sql } from 'kysely';
import { REORGANISED_ON } from '#lib/places/gazetteer.ts';
import type { Db, Tx } from '#lib/server/db.ts';
import { tellStale } from '#lib/server/public-pages.ts';
import { fold } from '#lib/vietnamese/text.ts';
import type { Field, Level } from './model.ts';
import type { Placing } from './public-place.server.ts';

/**
 * What the public may read of models: those recognised, with a decision that stands, under the unit of a site on the day of
 * registration. Facts only: what officers wrote about a model they wrote for offices, and it may name people.
 */

export type PublicModel = {
	id: string;
	name: string;
	year: number;
	level: Level;
	field: Field;
	place: string | null;
	unitName: string;
};

export type PublicModelPage = PublicModel & {
	replicas: { id: string | null; name: string; unitName: string }[];
	from: { id: string | null; name: string; unitName: string } | null;
};

export type RegisterFilter = {
	unitId: string;
	field?: string | null;
	year?: number | null;
	/** A unit that has such a model, by its code. */
	unit?: string | null;
	search?: string | null;
	/** Where it lies: a place of the placing by its id; null: none of them. */
	place?: { placing: Placing; id: string | null } | null;
};

const PAGE = 24;

const RECOGNISED = sql<boolean>`r.state in ('recognised', 'ended') and exists (select from recognitions c
	where c.registration_id = r.id and c.outcome = 'recognised' and c.revoked_by is null)`;
const UNIT_THEN = sql`cross join lateral (
	select u.code, u.name, u.name_key from unit_versions u where u.unit_id = r.unit_id
	order by (u.valid @> r.registered_on) desc, upper(u.valid) desc nulls first limit 1) v`;
const COLUMNS = sql<PublicModel>`r.id, r.name, r.year, r.level, r.field, r.place, v.name as "unitName"`;

function under(unitIds: readonly string[]) {
	return sql<boolean>`exists (select from unit_paths p where p.unit_id = r.unit_id and p.ancestor_id = any(${[...unitIds]}::uuid[])
		and upper_inf(p.known) and p.valid @> r.registered_on)`;
}

/** Joins the place of a registration, which is then `PLACE_ID`. */
function placed({ committees, texts }: Placing) {
	const placeIds = (some: readonly { placeId: string }[]) => some.map(({ placeId }) => placeId);
	const units = committees.map(({ unitId }) => unitId);
	// Looked up in arrays: the planner, who expects two rows, would go through a joined list once for each of thousands.
	return sql`left join lateral (select (${placeIds(committees)}::uuid[])[array_position(${units}::uuid[], p.ancestor_id)] as place_id
			from unit_paths p where p.unit_id = r.unit_id and p.ancestor_id = any(${units}::uuid[])
				and upper_inf(p.known) and p.valid @> r.registered_on
			order by p.depth limit 1) of_committee on true
		left join unnest(${texts.map(({ text }) => text)}::text[], ${texts.map(({ isEarlier }) => isEarlier)}::boolean[],
			${placeIds(texts)}::uuid[]) of_text (place, is_earlier, place_id)
			on of_text.place = r.place and of_text.is_earlier = (r.registered_on < ${REORGANISED_ON}::date)`;
}

function underAlso({ roots }: Placing, unitId: string) {
	return roots.every((root) => root === unitId) ? sql<boolean>`true` : under(roots);
}

const PLACE_ID = sql<string | null>`coalesce(of_committee.place_id, of_text.place_id)`;

/** The places that were written of models of none of the committees under these units, by whether before a day. */
export async function listPublicPlaces(
	db: Db,
	{ roots, apart, day }: { roots: readonly string[]; apart: readonly string[]; day: string }
): Promise<{ text: string; isEarlier: boolean }[]> {
	const { rows } = await sql<{ text: string; isEarlier: boolean }>`
		select distinct r.place as text, r.registered_on < ${day}::date as "isEarlier" from registrations r
		where r.place is not null and r.registered_on is not null and ${RECOGNISED} and ${under(roots)}
			and not exists (select from unit_paths p where p.unit_id = r.unit_id and p.ancestor_id = any(${[...apart]}::uuid[])
				and upper_inf(p.known) and p.valid @> r.registered_on)
		limit 20000`.execute(db);
	return rows;
}

/** How many of the register lie in each place of a placing; under null those of which that is not known. */
export async function countByPlace(
	db: Db,
	filter: Omit<RegisterFilter, 'place'>,
	placing: Placing
): Promise<Map<string | null, number>> {
	const { rows } = await sql<{ id: string | null; count: number }>`
		select ${PLACE_ID} as id, count(*)::int as count from registrations r ${UNIT_THEN} ${placed(placing)}
		where ${narrowed(filter)} and ${underAlso(placing, filter.unitId)} group by 1`.execute(db);
	return new Map(rows.map(({ id, count }) => [id, count]));
}

function narrowed({ unitId, field, year, unit, search, place }: RegisterFilter) {
	const words = (search ?? '').replaceAll('\0', '').split(/\s+/).filter(Boolean).slice(0, 8);
	return sql.join(
		[
			RECOGNISED,
			under([unitId]),
			...(place ? [underAlso(place.placing, unitId), sql`${PLACE_ID} is not distinct from ${place.id}::uuid`] : []),
			...(field ? [sql`r.field = ${field}`] : []),
			...(year ? [sql`r.year = ${year}`] : []),
			...(unit ? [sql`v.code = ${unit}`] : []),
			...words.map(isNamed)
		],
		sql` and `
	);
}

/** Names are found without marks of tone; a place as it was written. */
function isNamed(word: string) {
	const like = (text: string) => `%${text.replace(/[\\%_]/g, '\\$&')}%`;
	return sql`(r.name_key like ${like(fold(word))} or v.name_key like ${like(fold(word))} or r.place ilike ${like(word)})`;
}

/** A page of the register of a site's unit, the newest year first. */
export async function listPublic(
	db: Db,
	filter: RegisterFilter,
	page = 1
): Promise<{ rows: PublicModel[]; total: number; pages: number }> {
	const where = narrowed(filter);
	const from = sql`registrations r ${UNIT_THEN} ${filter.place ? placed(filter.place.placing) : sql``}`;
	const { rows: counted } = await sql<{ total: number }>`
		select count(*)::int as total from ${from} where ${where}`.execute(db);
	const { rows } = await sql<PublicModel>`
		select ${COLUMNS} from ${from} where ${where}
		order by r.year desc, r.name_key, r.id limit ${PAGE} offset ${(page - 1) * PAGE}`.execute(db);
	const total = counted[0]?.total ?? 0;
	return { rows, total, pages: Math.max(1, Math.ceil(total / PAGE)) };
}

/** What the register can be narrowed by: years, and units that have such a model. */
export async function listChoices(
	db: Db,
	unitId: string
): Promise<{ years: number[]; units: { code: string; name: string }[] }> {
	const { rows } = await sql<{ year: number; code: string; name: string }>`
		select distinct r.year, v.code, v.name from registrations r ${UNIT_THEN}
		where ${RECOGNISED} and ${under([unitId])} limit 5000`.execute(db);
	const units = new Map(rows.map(({ code, name }) => [code, { code, name }]));
	return {
		years: [...new Set(rows.map(({ year }) => year))].sort((a, b) => b - a),
		units: [...units.values()].sort((a, b) => a.name.localeCompare(b.name, 'vi'))
	};
}

export type Recognised = Pick<PublicModel, 'name' | 'unitName' | 'year'>;

/** The recognised models among these registrations, whosever they are, by registration. */
export async function findRecognised(db: Db, ids: readonly string[]): Promise<Map<string, Recognised>> {
	const { rows } = await sql<Recognised & { id: string }>`
		select r.id, r.name, v.name as "unitName", r.year from registrations r ${UNIT_THEN}
		where r.id = any(${[...ids]}::uuid[]) and ${RECOGNISED}`.execute(db);
	return new Map(rows.map(({ id, ...model }) => [id, model]));
}

/** One recognised model of a site's unit; null: there is none that is public. */
export async function findPublic(db: Db, of: { unitId: string; id: string }): Promise<PublicModelPage | null> {
	const { rows } = await sql<PublicModelPage & { modelId: string }>`
		select ${COLUMNS}, r.model_id as "modelId"
		from registrations r ${UNIT_THEN} where r.id = ${of.id}::uuid and ${RECOGNISED} and ${under([of.unitId])}`.execute(db);
	if (!rows[0]) return null;
	const { modelId, ...model } = rows[0];
	const copies = await listPublicCopies(db, { unitId: of.unitId, modelId });
	return {
		...model,
		replicas: copies.filter(({ isSource }) => !isSource).map(lineOf),
		from: copies.filter(({ isSource }) => isSource).map(lineOf)[0] ?? null
	};
}

type Copy = { id: string | null; name: string; unitName: string; isSource: boolean };

function lineOf({ isSource: _isSource, ...copy }: Copy): Omit<Copy, 'isSource'> {
	return copy;
}

/** Where a model was taken over, and what it was taken over from: recognised ones only; `id` where the page is on this site. */
async function listPublicCopies(db: Db, of: { unitId: string; modelId: string }): Promise<Copy[]> {
	const { rows } = await sql<Copy>`
		select distinct on (m.id) case when ${under([of.unitId])} then r.id end as id, r.name, v.name as "unitName",
			(me.replicated_from_id = m.id) is true as "isSource"
		from models me join models m on m.replicated_from_id = me.id or m.id = me.replicated_from_id
		join registrations r on r.model_id = m.id ${UNIT_THEN}
		where me.id = ${of.modelId}::uuid and ${RECOGNISED} order by m.id, r.year desc limit 100`.execute(db);
	return rows;
}

/** Tells who keeps public pages that the register of the sites above these registrations, and above their copies, has changed. */
export async function tellRegisterStale(tx: Tx, registrationIds: readonly string[]): Promise<void> {
	const { rows } = await sql<{ id: string }>`
		with changed as (select model_id from registrations where id = any(${[...registrationIds]}::uuid[])),
		shown as (
			select model_id as id from changed
			union select m.id from models m join changed c on m.replicated_from_id = c.model_id
			union select m.replicated_from_id from models m join changed c on m.id = c.model_id)
		select distinct s.id from registrations r
		join unit_paths p on p.unit_id = r.unit_id and upper_inf(p.known) join sites s on s.unit_id = p.ancestor_id
		where r.state <> 'withdrawn' and r.model_id in (select id from shown)`.execute(tx);
	if (rows.length > 0) await tellStale(tx, { siteIds: rows.map(({ id }) => id) });
}
