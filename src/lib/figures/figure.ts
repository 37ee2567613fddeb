/** What a figure is. Pure: declared by nouns, asked on the server, explained on screens. */

/** Facet → the values that count. A posting matches when each facet has one of its values. */
export type Where = Readonly<Record<string, readonly string[]>>;

/** Parts that must be disjoint and complete: proved on the records before a report can be signed. */
export type Partition = { name: string; parts: readonly { name: string; where: Where }[] };

type Common = {
	/** `<noun>.<what>`: the stable name that scripts, addresses and documents use. Label and definition are messages. */
	name: string;
	/** What is counted; also how the value is printed. */
	unitOfMeasure: 'registration' | 'unit' | 'percent' | 'percent_change' | 'difference';
	/** Facets by which it may be broken down or narrowed, besides `unit` and `month`. */
	facets: readonly string[];
	/** Where the way of counting comes from, and since when it holds. */
	law: string;
	from: string;
	partitions?: readonly Partition[];
};

/** Sums postings whose day lies in the period. */
export type Flow = Common & { kind: 'flow'; measure: string; where?: Where };
/** Sums postings up to the cut-off of cases that entered their cohort in the period: comparable with the cohort's size. */
export type Cohort = Common & { kind: 'cohort'; measure: string; where?: Where };
/** Numerator over denominator, recomputed from records, never averaged. */
type Ratio = Common & { kind: 'ratio'; numerator: Flow | Cohort; denominator: Flow | Cohort };
/** Units with at least one such record: counted, never added. */
type UnitsWith = Common & { kind: 'units_with'; base: Flow | Cohort };
/** Units expected to have one and without any. */
type UnitsWithout = Common & { kind: 'units_without'; base: Flow | Cohort };
/** Against the same days of the year before: the difference, or the difference as a share of the year before. */
type Change = Common & { kind: 'change'; base: Flow | Cohort; relative: boolean };

export type Figure = Flow | Cohort | Ratio | UnitsWith | UnitsWithout | Change;

/** On which tree: of each record's own day, of today, or of a named day ('YYYY-MM-DD'). */
export type Structure = 'then' | 'now' | (string & {});

/** `from` and `asOf`: legal days, both inclusive; `from` defaults to the first of January of asOf's year. */
export type Question = {
	unitId: string;
	from?: string;
	asOf?: string;
	knownAt?: Date;
	structure?: Structure;
	by?: readonly string[];
	where?: Where;
};

export type Part = {
	key: Readonly<Record<string, string>>;
	value: number | null;
	numerator?: number;
	denominator?: number;
};

/** `value` null means not applicable, which is not zero. Percentages are shares 0…1. */
export type Answer = {
	figure: string;
	value: number | null;
	numerator?: number;
	denominator?: number;
	about: boolean;
	unitId: string;
	from: string;
	asOf: string;
	knownAt: Date;
	structure: Structure;
	where: Where;
	parts: Part[];
	/** `records`: the list behind it is not for this reader; `value`: neither is the number, because it is of few. */
	closed?: 'records' | 'value';
};

/** One line behind a figure. `caseId` is null where the record is a unit. `quantity` is 1 for most nouns. */
export type FigureRecord = { caseId: string | null; unitId: string; onDate: string | null; quantity: number };

/** Facets of a question besides those of the figure. */
export const COMMON_FACETS = ['unit', 'month'] as const;

/** The same period one year earlier; 29 February becomes the 28th. */
export function yearBefore(day: string): string {
	const earlier = `${Number(day.slice(0, 4)) - 1}${day.slice(4)}`;
	return earlier.endsWith('-02-29') ? `${earlier.slice(0, 8)}28` : earlier;
}

/** The figures that a figure is read from in the ledger: itself, both halves of a share, or what a count or change is of. */
export function basesOf(figure: Figure): (Flow | Cohort)[] {
	switch (figure.kind) {
		case 'flow':
		case 'cohort':
			return [figure];
		case 'ratio':
			return [figure.numerator, figure.denominator];
		case 'units_with':
		case 'units_without':
		case 'change':
			return [figure.base];
	}
}
