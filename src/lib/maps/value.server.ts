import { sql } from 'kysely';
import type { Actor } from '#lib/accounts/actor.ts';
import { ask } from '#lib/figures/ask.server.ts';
import type { Answer, Figure } from '#lib/figures/figure.ts';
import type { FigureAddress } from '#lib/figures/figure-address.ts';
import { follow, listIn, type Branch } from '#lib/places/place.server.ts';
import { readFullName } from '#lib/places/place.ts';
import { REORGANISED_ON } from '#lib/places/gazetteer.ts';
import type { Db } from '#lib/server/db.ts';
import { ofSameTree } from '#lib/units/authority.server.ts';
import { dayPlus } from '#lib/vietnamese/day.ts';
import { fold } from '#lib/vietnamese/text.ts';

/** The question of a map: on the tree and the provinces of `day`, which for 'now' is today. */
export type MapQuestion = { figure: Figure; from: string; asOf: string; structure: 'then' | 'now'; day: string };

/** What a province shows: an answer, or none where no unit of it is open to the reader; `address` where it is of one unit. */
export type ProvinceValue = {
	place: Branch;
	answer: Pick<Answer, 'value' | 'about' | 'closed'> | null;
	address: FigureAddress | null;
	unitId: string | null;
};

export type ProvinceUnit = { id: string; code: string; name: string; place: string | null; since: string };

/**
 * A figure for each province of a day: what the committee of the province answers. Only units whose totals the reader may
 * ask are looked for. Where several old committees stand on what is one province, sums are added and nothing else is told.
 */
export async function askProvinces(db: Db, actor: Actor, question: MapQuestion): Promise<ProvinceValue[]> {
	const { figure, from, asOf, structure, day } = question;
	const provinces = await listIn(db, null, day);
	const placed = await placeUnits(db, await listCommittees(db, actor, day), day);
	return Promise.all(
		provinces.map(async (place) => {
			const here = placed.get(place.id) ?? [];
			const answers = await Promise.all(
				here.map((unit) => ask(db, actor, figure, { unitId: unit.id, from, asOf, structure }))
			);
			const [unit] = here;
			const address =
				here.length === 1 && unit ? { figure: figure.name, unit: unit.code, from, asOf, structure } : null;
			return { place, answer: joined(figure, answers), address, unitId: address && unit ? unit.id : null };
		})
	);
}

function joined(figure: Figure, answers: readonly Answer[]): ProvinceValue['answer'] {
	const [first, ...others] = answers;
	if (!first || others.length === 0) return first ?? null;
	const adds = figure.kind === 'flow' || figure.kind === 'cohort';
	if (!adds) return { value: null, about: false };
	if (answers.some((one) => one.closed === 'value')) return { value: null, about: false, closed: 'value' };
	return {
		value: answers.reduce((sum, one) => sum + (one.value ?? 0), 0),
		about: answers.some((one) => one.about)
	};
}

/** Committees of provinces on a day whose totals the actor may ask. */
async function listCommittees(db: Db, actor: Actor, day: string): Promise<ProvinceUnit[]> {
	const { rows } = await sql<ProvinceUnit>`
		select v.unit_id as id, v.code, v.name, v.place, lower(v.valid) as since from unit_versions v
		where v.kind = 'province_committee' and v.valid @> ${day}::date and ${ofSameTree(actor, 'figure.read', 'v.unit_id')}
		order by v.code`.execute(db);
	return rows;
}

/**
 * Province on the day → units there, with the province that each was given: by the code of their place, else by their name
 * ("Tỉnh uỷ Kiên Giang").
 */
export async function placeUnits(
	db: Db,
	units: readonly ProvinceUnit[],
	day: string
): Promise<Map<string, (ProvinceUnit & { givenId: string })[]>> {
	// A code or a name means what it meant when the unit was given it.
	const lists = {
		before: await listIn(db, null, dayPlus(REORGANISED_ON, -1)),
		since: await listIn(db, null, REORGANISED_ON)
	};
	const found = units.flatMap((unit) => {
		const list = lists[unit.since < REORGANISED_ON ? 'before' : 'since'];
		const place = list.find((one) => one.code === unit.place) ?? list.find((one) => isNamedAfter(unit.name, one.name));
		return place ? [{ unit, placeId: place.id }] : [];
	});
	const arrivals = await follow(
		db,
		found.map((one) => one.placeId),
		day
	);
	const placed = new Map<string, (ProvinceUnit & { givenId: string })[]>();
	for (const { unit, placeId } of found) {
		const id = arrivals.find((one) => one.start === placeId)?.id;
		if (id) placed.set(id, [...(placed.get(id) ?? []), { ...unit, givenId: placeId }]);
	}
	return placed;
}

const COMMITTEE = /^(tinh uy|thanh uy|dang bo tinh|dang bo thanh pho) /;

function isNamedAfter(unitName: string, placeName: string): boolean {
	const bare = readFullName('province', placeName)?.name ?? placeName;
	return fold(unitName).replace(COMMITTEE, '') === fold(bare);
}
