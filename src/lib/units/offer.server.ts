import { sql } from 'kysely';
import type { Actor } from '#lib/accounts/actor.ts';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { compareText, fold } from '#lib/vietnamese/text.ts';
import { visibleTo } from './authority.server.ts';
import { listChildren } from './tree.server.ts';
import { listAbove, listOwn, listUnder } from './unit.server.ts';
import type { Unit } from './unit.ts';

/** A menu of more is nothing to choose from, and a page of some megabytes at the top of the country. */
const OFFERED_AT_MOST = 300;

type Named = { code: string; name: string };
/** What a menu of units offers, the topmost first. `isWhole`: there are no others that could be chosen. */
export type Offer = { units: Named[]; isWhole: boolean };

/**
 * All units at and under the actor's own. Where they are too many: the ways up from the chosen unit, itself and those
 * directly under it; the others are to be searched for.
 */
export async function offerUnits(db: Db, actor: Actor, chosen: Unit): Promise<Offer> {
	const own = await listOwn(db, actor);
	const isWhole = await areFew(
		db,
		own.map((unit) => unit.id)
	);
	const placed = isWhole
		? (await Promise.all(own.map((unit) => listUnder(db, unit.id))))
				.flat()
				.map((unit) => ({ ...unit, place: unit.depth }))
		: await aroundOf(db, { own, chosen });
	const byCode = new Map(placed.map((unit) => [unit.code, unit]));
	const sorted = [...byCode.values()].sort((a, b) => a.place - b.place || compareText(a.name, b.name));
	return { units: sorted.map(({ code, name }) => ({ code, name })), isWhole };
}

async function areFew(db: Db, unitIds: readonly string[]): Promise<boolean> {
	const { rows } = await sql<{ count: number }>`
		select count(*)::int as count from (
			select from unit_paths where ancestor_id = any(${[...unitIds]}::uuid[]) and valid @> ${today()}::date and upper_inf(known)
			limit ${OFFERED_AT_MOST + 1}) under`.execute(db);
	return (rows[0]?.count ?? 0) <= OFFERED_AT_MOST;
}

async function aroundOf(db: Db, { own, chosen }: { own: readonly Unit[]; chosen: Unit }) {
	const [above, under] = await Promise.all([listAbove(db, chosen.id), listChildren(db, chosen.id)]);
	const isOwn = (unit: Unit) => own.some(({ id }) => id === unit.id);
	const first = above.findIndex(isOwn);
	const way = first < 0 ? [] : above.slice(first);
	return [
		...[...way, chosen].map((unit, index) => ({ ...unit, place: index + 1 })),
		...own.map((unit) => ({ ...unit, place: 0 })),
		...under.slice(0, OFFERED_AT_MOST).map((unit) => ({ ...unit, place: way.length + 2 }))
	];
}

/** A unit that is found by its name or code; `above`: under whom it stands today. */
export type FoundUnit = Named & { above: string | null };

/** Units that the actor may see, whose name holds a text (no tone marks needed) or whose code begins with it, the exact ones first. */
export async function searchUnits(
	db: Db,
	actor: Actor,
	{ text, limit }: { text: string; limit: number }
): Promise<{ found: FoundUnit[]; total: number }> {
	const [key, code] = [fold(text), text.trim().toLowerCase()];
	const { rows } = await sql<FoundUnit & { total: number }>`
		select v.code, v.name, p.name as above, count(*) over ()::int as total
		from unit_versions v left join unit_versions p on p.unit_id = v.parent_id and p.valid @> ${today()}::date
		where v.valid @> ${today()}::date and ${visibleTo(actor, 'unit.read', { unit: 'v.unit_id' })}
			and (position(${key} in v.name_key) > 0 or starts_with(lower(v.code), ${code}))
		order by lower(v.code) <> ${code}, v.name_key <> ${key}, v.code limit ${limit}`.execute(db);
	return { found: rows.map(({ total: _total, ...unit }) => unit), total: rows[0]?.total ?? 0 };
}
