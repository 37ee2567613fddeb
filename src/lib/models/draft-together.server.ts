import { sql } from 'kysely';
import { unitsWhere, type Actor } from '#lib/accounts/actor.ts';
import { write } from '#lib/actions/action.server.ts';
import { isAlike, modelKey } from '#lib/import/model-names.ts';
import { today } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db.ts';
import { homesOf } from '#lib/units/unit.server.ts';
import { listLevels, type LevelYears } from './choice.server.ts';
import { enrol } from './enrol.server.ts';
import { drafted, heldOf, type RegistrationInput } from './registration.server.ts';

/** What somebody wants to begin. `code`: of its unit; `distinct`: somebody looked, and it is no other one's double. */
export type DraftWish = {
	actor: Actor;
	code: string;
	distinct: boolean;
	input: Omit<RegistrationInput, 'unitId'>;
};

type Named = Pick<RegistrationInput, 'unitId' | 'year' | 'name'>;

/**
 * Begins what many people register at once, as `draft` begins one. Answers for each its id; null for those that something stands
 * against, or might: they are untouched, and `draft` tells why.
 */
export async function draftTogether(tx: Tx, wishes: readonly DraftWish[]): Promise<({ id: string } | null)[]> {
	const day = today();
	const units = await writableUnits(tx, wishes, day);
	const homes = await homesOf(tx, [...new Set(units.values())], day);
	const levels = await listLevels(tx);
	const offered = wishes.map((wish, n) => {
		const unitId = units.get(n);
		const homeId = homes.get(unitId ?? '');
		const isOfToday = (wish.input.registeredOn ?? day) === day;
		if (unitId === undefined || homeId === undefined || !isOfToday || !isInForce(levels, wish.input)) return null;
		return { wish, homeId, input: { ...wish.input, unitId } };
	});
	const known = await namesBeside(
		tx,
		offered.flatMap((one) => one?.input ?? [])
	);
	const begun = offered.map((one) => {
		if (!one) return null;
		const { wish, homeId, input } = one;
		if (!wish.distinct && known.some((other) => isDouble(other, input))) return null;
		known.push(input);
		return { wish, input, held: heldOf(input, { state: 'draft', homeId }) };
	});
	const entries = begun.filter((one) => one !== null);
	if (entries.length > 0) {
		await enrol(
			tx,
			entries.map(({ held, input: { modelId, replicatedFromId, tags } }) => ({ held, modelId, replicatedFromId, tags }))
		);
		await write(
			tx,
			entries.map(({ wish, held }) => ({ actor: wish.actor, action: drafted(held) }))
		);
	}
	return begun.map((one) => one && { id: one.held.id });
}

/** Open units of today by the number of the wish, where its actor may write; who may write there sees the unit, too. */
async function writableUnits(tx: Tx, wishes: readonly DraftWish[], day: string): Promise<Map<number, string>> {
	const asked = wishes.map(({ actor, code }, wish) => ({
		wish,
		code,
		everything: actor.everything,
		units: unitsWhere(actor, 'model.write')
	}));
	const { rows } = await sql<{ wish: number; id: string }>`
		select w.wish, v.unit_id as id
		from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) as w (wish int, code text, everything boolean, units uuid[])
		join unit_versions v on v.code = w.code and v.valid @> ${day}::date
		where w.everything or exists (
			select 1 from unit_paths p where p.unit_id = v.unit_id and p.ancestor_id = any(w.units)
				and p.valid @> ${day}::date and upper_inf(p.known))`.execute(tx);
	return new Map(rows.map(({ wish, id }) => [wish, id]));
}

function isInForce(levels: readonly LevelYears[], { level, year }: Pick<RegistrationInput, 'level' | 'year'>): boolean {
	return levels.some((one) => one.level === level && one.firstYear <= year && year <= (one.lastYear ?? year));
}

/** What these units have registered in these years and the ones before, whoever may see it. */
async function namesBeside(tx: Tx, sought: readonly Named[]): Promise<Named[]> {
	const { rows } = await sql<Named>`
		select r.unit_id as "unitId", r.year, r.name from registrations r
		where r.unit_id = any(${[...new Set(sought.map(({ unitId }) => unitId))]}::uuid[]) and r.state <> 'withdrawn'
			and r.year = any(${[...new Set(sought.flatMap(({ year }) => [year, year - 1]))]}::int[])`.execute(tx);
	return rows;
}

function isDouble(other: Named, { unitId, year, name }: Named): boolean {
	const isNear = other.unitId === unitId && (other.year === year || other.year === year - 1);
	return isNear && isAlike(modelKey(other.name), modelKey(name));
}
