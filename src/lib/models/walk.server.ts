import { sql, type RawBuilder } from 'kysely';
import { unitsWhere, type Actor } from '#lib/accounts/actor.ts';
import type { Db } from '#lib/server/db.ts';
import { seesWhole } from '#lib/units/authority.server.ts';
import {
	DAY,
	FACETS,
	isDecided,
	isNamed,
	listed,
	narrowed,
	readSought,
	type ListFilter,
	type Sought
} from './narrow.server.ts';

/** A place in a list, `day` as it is sorted by: `infinity` for none. */
export type Place = { day: string; id: string };
/** A page to be found: what comes after a place in the list, or backwards what comes before it. */
export type Stretch = { from: Place | null; backwards: boolean; limit: number };

/** So many lines are looked through in less time than the index of terms is asked for a common one. */
const NEAREST = 2000;
/** Under so few units a list is gathered whole. */
const FEW_UNITS = 100;
const FEW_HOMES = 4;
/** Where there are so few with all other terms, the beginning of a word is looked for in their names. */
const FEW_NAMES = 500;
const SHORT = 2;
/** The month, in the numbers of `registration_terms`, of what has no day. */
const NO_MONTH = 99_999;

/**
 * The registrations of a stretch of a list, in its order or backwards. Of a wide unit those near at hand are looked through
 * first; where they are not enough, each month's are found by their terms, the nearest month first, until there are enough.
 */
export async function findStretch(db: Db, actor: Actor, filter: ListFilter, stretch: Stretch): Promise<Place[]> {
	const sought = await readSought(db, filter.search);
	if (sought?.last === '') return [];
	const where = await listed(db, actor, filter, sought);
	const isWhole = await seesWhole(db, actor, 'model.read', filter.unitId);
	if (!isWhole && (await isOverFew(db, filter.unitId))) return read(db, { where, stretch });
	const isNarrowed = sought !== null || narrowed(filter).length > 0;
	if (isWhole && isNarrowed) {
		const near = await read(db, { where, stretch, among: nearest(filter, stretch) });
		if (near.length === stretch.limit) return near;
	}
	const terms = [...facetTerms(filter), ...(isWhole ? [] : await homeTerms(db, actor, filter.unitId))];
	const isByTerms = sought ? sought.decided !== 'many' : terms.length > 0;
	if (!isByTerms) return read(db, { where, stretch });
	const months = await monthsOf(db, filter, stretch);
	const walked = { where, stretch, months };
	if (!sought) return walk(db, { ...walked, terms });
	const named = sql<boolean>`${await listed(db, actor, filter, null)} and ${isNamed(sought)}`;
	const found = await walk(db, { ...walked, where: named, terms: await searched(db, { terms, sought, months }) });
	if (sought.decided === 'none') return found;
	const decided = await read(db, { where: sql`${where} and ${isDecided(sought)}`, stretch });
	return merged([...found, ...decided], stretch);
}

/** How many of what is looked for stand in each state; null where there are more than `most`. */
export async function countSought(
	db: Db,
	actor: Actor,
	{ filter, most }: { filter: ListFilter; most: number }
): Promise<Map<string, number> | null> {
	const sought = await readSought(db, filter.search);
	if (!sought || sought.last === '') return new Map();
	const isWhole = await seesWhole(db, actor, 'model.read', filter.unitId);
	const isPlain = sought.decided === 'many' || (!isWhole && (await isOverFew(db, filter.unitId)));
	const found = isPlain
		? sql`select r.state from registrations r where ${await listed(db, actor, filter, sought)}`
		: await foundByTerms(db, actor, { filter, sought, isWhole });
	const { rows } = await sql<{ state: string; count: number }>`
		select state, count(*)::int as count from (select state from (${found}) found limit ${most + 1}) counted group by state`.execute(
		db
	);
	const all = rows.reduce((sum, row) => sum + row.count, 0);
	return all > most ? null : new Map(rows.map((row) => [row.state, row.count]));
}

async function foundByTerms(
	db: Db,
	actor: Actor,
	{ filter, sought, isWhole }: { filter: ListFilter; sought: Sought; isWhole: boolean }
): Promise<RawBuilder<unknown>> {
	const seen = await listed(db, actor, filter, null);
	const months = await monthsOf(db, filter, { from: null, backwards: false, limit: 0 });
	const narrow = [...facetTerms(filter), ...(isWhole ? [] : await homeTerms(db, actor, filter.unitId))];
	const terms = await searched(db, { terms: narrow, sought, months });
	const decided = sql`union all
		select r.state from registrations r where ${seen} and ${isDecided(sought)} and not ${isNamed(sought)}`;
	return sql`
		select named.state from unnest(${months}::int[]) as months (month)
		cross join lateral (
			select r.state from registrations r where ${hasTerms(terms)} and ${seen} and ${isNamed(sought)} offset 0) named
		${sought.decided === 'none' ? sql`` : decided}`;
}

/** Those of two ways in one order, each once: as texts, days and ids stand in it, and `infinity` after every day. */
function merged(places: readonly Place[], { backwards, limit }: Stretch): Place[] {
	const byKey = new Map(places.map((place) => [`${place.day}~${place.id}`, place]));
	const keys = [...byKey.keys()].sort();
	if (!backwards) keys.reverse();
	return keys.slice(0, limit).flatMap((key) => byKey.get(key) ?? []);
}

function within({ from, backwards }: Stretch): RawBuilder<boolean> {
	if (!from) return sql<boolean>`true`;
	return sql<boolean>`(${DAY}, r.id) ${backwards ? sql`>` : sql`<`} (${from.day}::date, ${from.id}::uuid)`;
}

function orderOf({ backwards }: Stretch): RawBuilder<unknown> {
	return backwards ? sql`asc` : sql`desc`;
}

type Reading = { where: RawBuilder<boolean>; stretch: Stretch; among?: RawBuilder<unknown> };

async function read(db: Db, { where, stretch, among = sql`registrations` }: Reading): Promise<Place[]> {
	const order = orderOf(stretch);
	const { rows } = await sql<Place>`
		select ${DAY}::text as day, r.id from ${among} r where ${where} and ${within(stretch)}
		order by ${DAY} ${order}, r.id ${order} limit ${stretch.limit}`.execute(db);
	return rows;
}

function nearest({ year }: ListFilter, stretch: Stretch): RawBuilder<unknown> {
	const order = orderOf(stretch);
	return sql`(select r.* from registrations r where ${year ? sql`r.year = ${year}` : sql`true`} and ${within(stretch)}
		order by ${DAY} ${order}, r.id ${order} limit ${NEAREST})`;
}

type Walk = { where: RawBuilder<boolean>; stretch: Stretch; months: readonly number[]; terms: readonly string[] };

/** Month by month: `offset 0` keeps the planner at the terms, which it takes for rare where they are not, and the other way round. */
async function walk(db: Db, { where, stretch, months, terms }: Walk): Promise<Place[]> {
	const order = orderOf(stretch);
	const { rows } = await sql<Place>`
		select found.day::text as day, found.id
		from unnest(${months}::int[]) with ordinality as months (month, place)
		cross join lateral (
			select * from (
				select ${DAY} as day, r.id from registrations r
				where ${hasTerms(terms)} and ${where} and ${within(stretch)} offset 0) of_month
			order by of_month.day ${order}, of_month.id ${order} limit ${stretch.limit}) found
		order by months.place, found.day ${order}, found.id ${order} limit ${stretch.limit}`.execute(db);
	return rows;
}

/** Has `r` all the terms in the month `months`? `?` stands for its number. */
function hasTerms(terms: readonly string[]): RawBuilder<boolean> {
	return sql<boolean>`registration_terms(r.name_key, r.registered_on, r.home_id, r.unit_id, r.year, r.level, r.field, r.subject,
		r.novelty, r.state) @@ replace(${terms.join(' & ')}, '?', lpad(months.month::text, 5, '0'))::tsquery`;
}

function term(text: string): string {
	return `'?${text.replaceAll(/['\\]/g, '$&$&')}'`;
}

function facetTerms(filter: ListFilter): string[] {
	return FACETS.flatMap(([column, letter]) => (filter[column] ? [term(`#${letter}${filter[column]}`)] : []));
}

/** The terms for what is looked for, with the others. A short beginning of a word has too many endings to be one of them. */
async function searched(
	db: Db,
	{ terms, sought, months }: { terms: readonly string[]; sought: Sought; months: readonly number[] }
): Promise<string[]> {
	const whole = [...terms, ...sought.words.map(term)];
	const all = [...whole, `${term(sought.last)}:*`];
	if (whole.length === 0 || sought.last.length > SHORT) return all;
	const { rows } = await sql<{ count: number }>`
		select count(*)::int as count from (
			select from unnest(${months}::int[]) as months (month)
			cross join lateral (select from registrations r where ${hasTerms(whole)} offset 0) found limit ${FEW_NAMES}) named`.execute(
		db
	);
	return (rows[0]?.count ?? 0) < FEW_NAMES ? whole : all;
}

/** Is it above so few units that all they have registered is sorted in no time? */
async function isOverFew(db: Db, unitId: string): Promise<boolean> {
	const { rows } = await sql<{ count: number }>`
		select count(*)::int as count from (
			select from unit_paths where ancestor_id = ${unitId}::uuid and upper_inf(known) limit ${FEW_UNITS + 1}) under`.execute(
		db
	);
	return (rows[0]?.count ?? 0) <= FEW_UNITS;
}

/** One term for where they may be at home: under the unit of the list, or where the actor's own units are; none where that is many. */
async function homeTerms(db: Db, actor: Actor, unitId: string): Promise<string[]> {
	for (const unitIds of [[unitId], actor.everything ? [] : unitsWhere(actor, 'model.read')]) {
		const homes = await listHomes(db, unitIds);
		if (homes.length > 0 && homes.length <= FEW_HOMES)
			return [`(${[...homes, 'self'].map((home) => term(`@${home}`)).join(' | ')})`];
	}
	return [];
}

/**
 * What `homeOf` may ever have answered for units that ever stood under these, or whose cases were given to such: a province or
 * what stood topmost, above these or, where a unit came from or went elsewhere, above that. The unit itself, where it had no way
 * up on the day, is `self` in the terms. None where provinces are under these: those are many.
 */
async function listHomes(db: Db, unitIds: readonly string[]): Promise<string[]> {
	const own = sql`any(${[...unitIds]}::uuid[])`;
	const { rows } = await sql<{ id: string }>`
		with above (unit_id) as (
			select ancestor_id from unit_paths where unit_id = ${own}
			union
			select p.ancestor_id from unit_paths moved join unit_paths p on p.unit_id = moved.unit_id
			where moved.ancestor_id = ${own} and not moved.unmoved
			union
			select p.ancestor_id from case_shares share
			join unit_paths heir on heir.unit_id = share.heir_id and heir.ancestor_id = ${own}
			join unit_paths p on p.unit_id = share.unit_id
		)
		select above.unit_id as id from above
		where exists (
			select from unit_states s join unit_kinds k using (kind)
			where s.unit_id = above.unit_id and (k.tier = 'province' or s.parent_id is null))
		and not exists (
			select from unit_kinds k join unit_states s on s.kind = k.kind join unit_paths under on under.unit_id = s.unit_id
			where k.tier = 'province' and under.ancestor_id = ${own} and s.unit_id <> all(${[...unitIds]}::uuid[]))`.execute(db);
	return rows.map((row) => row.id);
}

/** The months of a stretch, the nearest first: of the country at most some hundred. */
async function monthsOf(db: Db, { year }: ListFilter, { from, backwards }: Stretch): Promise<number[]> {
	const ofYear = year ? sql`r.year = ${year}` : sql`true`;
	const end = (order: RawBuilder<unknown>) =>
		sql`(select ${DAY} from registrations r where ${ofYear} and ${DAY} < 'infinity' order by ${DAY} ${order}, r.id ${order} limit 1)`;
	const { rows } = await sql<{ first: string | null; last: string | null }>`
		select ${end(sql`asc`)}::text as first, ${end(sql`desc`)}::text as last`.execute(db);
	const [first, last] = [monthOf(rows[0]?.first ?? null), monthOf(rows[0]?.last ?? null)];
	const here = monthOf(from?.day ?? null);
	const dated = Array.from({ length: first === NO_MONTH ? 0 : last - first + 1 }, (_, n) => last - n);
	const months = [NO_MONTH, ...dated].filter((month) => !from || (backwards ? month >= here : month <= here));
	return backwards ? months.reverse() : months;
}

function monthOf(day: string | null): number {
	const [year, month] = (day ?? 'infinity').split('-').map(Number);
	return year && month ? year * 12 + month : NO_MONTH;
}
