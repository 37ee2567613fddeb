import { sql } from 'kysely';
import { unitsWhere, type Actor } from '#lib/accounts/actor.ts';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import type { Level } from './model.ts';

export type UnitChoice = { id: string; code: string; name: string };
export type LevelYears = { level: Level; firstYear: number; lastYear: number | null };
export type Theme = { year: number; title: string; unitName: string };

/** What the form offers: the units one may write for, levels with the years they are in force, the themes of those years. */
export async function choices(
	db: Db,
	actor: Actor
): Promise<{ units: UnitChoice[]; levels: LevelYears[]; themes: Theme[] }> {
	const [units, levels, themes] = await Promise.all([listWritable(db, actor), listLevels(db), listThemes(db, actor)]);
	return { units, levels, themes };
}

/** Units of today for which the actor may write, in the order of their codes. */
export async function listWritable(db: Db, actor: Actor): Promise<UnitChoice[]> {
	const condition = actor.everything
		? sql`true`
		: sql`exists (select 1 from unit_paths p where p.unit_id = v.unit_id and p.ancestor_id = any(${unitsWhere(actor, 'model.write')}::uuid[])
			and p.valid @> ${today()}::date and upper_inf(p.known))`;
	const { rows } = await sql<UnitChoice>`
		select v.unit_id as id, v.code, v.name from unit_versions v
		where v.valid @> ${today()}::date and ${condition} order by v.code`.execute(db);
	return rows;
}

/** Levels and the years in which they are in force on at least one day. */
export async function listLevels(db: Db): Promise<LevelYears[]> {
	const { rows } = await sql<LevelYears>`
		select level, extract(year from lower(valid))::int as "firstYear", extract(year from upper(valid) - 1)::int as "lastYear"
		from recognition_levels order by position`.execute(db);
	return rows;
}

/** Themes that the units above (or at) the actor's own have given to years. */
async function listThemes(db: Db, actor: Actor): Promise<Theme[]> {
	const own = actor.grants.map((grant) => grant.unitId);
	const condition = actor.everything
		? sql`true`
		: sql`t.unit_id in (select ancestor_id from unit_paths where unit_id = any(${own}::uuid[]) and valid @> ${today()}::date and upper_inf(known))`;
	const { rows } = await sql<Theme>`
		select t.year, t.title, v.name as "unitName" from year_themes t
		join unit_versions v on v.unit_id = t.unit_id and v.valid @> ${today()}::date
		where ${condition} order by t.year desc, v.code`.execute(db);
	return rows;
}

/** A registration at a level that was not in force on any day of its year is refused with `model.level_not_in_year`. */
export async function refuseUnlessInForce(db: Db, level: Level, year: number): Promise<void> {
	const { rows } = await sql`
		select 1 from recognition_levels
		where level = ${level} and valid && daterange(make_date(${year}::int, 1, 1), make_date(${year}::int + 1, 1, 1))`.execute(
		db
	);
	if (rows.length === 0) throw problem('model.level_not_in_year', { level, year });
}
