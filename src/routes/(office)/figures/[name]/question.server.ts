import type { Actor } from '#lib/accounts/actor.ts';
import { figureNamed } from '#lib/catalogue.ts';
import type { Figure, Question } from '#lib/figures/figure.ts';
import type { FigureAddress, Paging } from '#lib/figures/figure-address.ts';
import { readFigureAddress } from '#lib/figures/read-address.ts';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { unitOfTotals } from '#lib/units/chosen.server.ts';
import { getByCode } from '#lib/units/unit.server.ts';
import type { Unit } from '#lib/units/unit.ts';
import { typedDay } from '#lib/vietnamese/day.ts';

/** An address read: the question with units by id, and the address itself with every default written out. */
export type Asked = { figure: Figure; unit: Unit; question: Question; address: FigureAddress; paging: Paging };

/** Reads what a figure's address asks. Refuses unknown figures and units, days that do not exist and what is no address. */
export async function readQuestion(db: Db, actor: Actor, at: { name: string; url: URL }): Promise<Asked> {
	const figure = figureNamed(at.name);
	const read = readFigureAddress(at.name, isoDays(at.url.searchParams));
	if (!read) throw problem('figure.address_invalid');
	const unit = await unitOfTotals(db, actor, at.url);
	const asOf = read.asOf ?? today();
	const from = read.from ?? `${asOf.slice(0, 4)}-01-01`;
	const { structure = 'then', where, knownAt, by } = read;
	const question = {
		unitId: unit.id,
		from,
		asOf,
		structure,
		by,
		where: { ...where, ...(where['unit'] ? { unit: await unitIds(db, actor, where['unit']) } : {}) },
		...(knownAt ? { knownAt: new Date(knownAt) } : {})
	};
	const address = { figure: at.name, unit: unit.code, from, asOf, knownAt, structure, where };
	return { figure, unit, question, address, paging: { after: read.after, side: read.side } };
}

async function unitIds(db: Db, actor: Actor, codes: readonly string[]): Promise<string[]> {
	const units = await Promise.all(codes.slice(0, 100).map((code) => getByCode(db, actor, code)));
	return units.map((unit) => unit.id);
}

/** Forms send days as people type them. */
function isoDays(search: URLSearchParams): URLSearchParams {
	const params = new URLSearchParams(search);
	for (const key of ['from', 'asOf', 'structure']) {
		const value = params.get(key);
		if (value === '') params.delete(key);
		if (!value || !/^\s*\d/.test(value)) continue;
		const day = typedDay(value);
		if (!day) throw problem('figure.day_invalid', { day: value.slice(0, 40) });
		params.set(key, day);
	}
	return params;
}
