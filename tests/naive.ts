import type { RegistrationInput } from '#lib/models/registration.server.ts';
import { yearBefore } from '#lib/figures/figure.ts';

/** What is true of one registration, as a clerk with a notebook would keep it. For tests: a second way to every figure. */
export type Fact = {
	id: string;
	input: RegistrationInput & { registeredOn: string };
	returned: boolean;
	withdrawn: boolean;
	decided: { outcome: 'recognised' | 'not_recognised'; on: string } | null;
	typicalOn: string | null;
};

type Asked = { unitId: string; from: string; asOf: string };
type Book = { parents: ReadonlyMap<string, string | null>; units: readonly string[]; facts: readonly Fact[] };

/** The figure's value counted by hand; undefined for figures that this book does not keep. */
export function naive(figure: string, book: Book, asked: Asked): number | null | undefined {
	const counted = registered(book, asked);
	const before = registered(book, { ...asked, from: yearBefore(asked.from), asOf: yearBefore(asked.asOf) });
	const decided = (outcome: string) =>
		counted.filter((fact) => fact.decided?.outcome === outcome && fact.decided.on <= asked.asOf);
	switch (figure) {
		case 'models.registered':
			return counted.length;
		case 'models.new':
			return counted.filter((fact) => fact.input.novelty === 'new').length;
		case 'models.continuing':
			return counted.filter((fact) => fact.input.novelty === 'continuing').length;
		case 'models.recognised':
			return decided('recognised').length;
		case 'models.not_recognised':
			return decided('not_recognised').length;
		case 'models.recognition_rate':
			return counted.length === 0 ? null : decided('recognised').length / counted.length;
		case 'models.typical':
			return counted.filter((fact) => fact.typicalOn && fact.typicalOn <= asked.asOf).length;
		case 'models.registered_change':
			return counted.length - before.length;
		case 'models.registered_change_rate':
			return before.length === 0 ? null : (counted.length - before.length) / before.length;
		case 'models.units_registered':
			return bases(book, asked).filter((unit) => counted.some((fact) => fact.input.unitId === unit)).length;
		case 'models.units_not_registered':
			return bases(book, asked).filter((unit) => !counted.some((fact) => fact.input.unitId === unit)).length;
		default:
			return undefined;
	}
}

/** Base units, which are expected to register, are those that nobody stands under. */
function bases(book: Book, asked: Asked): string[] {
	return book.units.filter((unit) => isUnder(book, unit, asked.unitId) && ![...book.parents.values()].includes(unit));
}

function registered(book: Book, asked: Asked): Fact[] {
	return book.facts.filter((fact) => {
		const day = fact.input.registeredOn;
		return (
			!fact.withdrawn &&
			!fact.returned &&
			day >= asked.from &&
			day <= asked.asOf &&
			isUnder(book, fact.input.unitId, asked.unitId)
		);
	});
}

function isUnder(book: Book, unit: string, ancestor: string): boolean {
	for (let at: string | null | undefined = unit; at; at = book.parents.get(at)) if (at === ancestor) return true;
	return false;
}
