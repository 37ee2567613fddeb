import type { Level } from '#lib/models/model.ts';
import type { Refusal } from '#lib/spreadsheet/refusal.ts';
import { headingKey } from './columns.ts';
import { placeRows, type NewUnit, type PlacedRow } from './placing.ts';
import { isAlike, modelKey, type ModelKey } from './model-names.ts';
import type { RegistrationList } from './registration-list.ts';
import type { Notice, ReadRow } from './registration-row.ts';
import type { ListedUnit } from './unit-names.ts';

/** A registration that stands in the books, of the list's year or the year before. */
export type ExistingRegistration = {
	modelId: string;
	registrationId: string;
	name: string;
	unitId: string;
	year: number;
	level: Level;
	place: string | null;
};

type DoubtCode = 'already_registered' | 'alike_this_year' | 'alike_in_list' | 'alike_last_year' | 'several_last_year';

/** What a doubtful row may repeat: a model in the books, or an earlier row of the list; text `import_doubt_<code>`. */
export type Candidate = { code: DoubtCode; name: string; year: number; modelId?: string; sheet?: string; row?: number };

/**
 * A row as it would be written. `unitId`, or the unit to be made. `continuesModelId`: registers this model anew, for
 * the next year or at another level. `sameModelAs`: the same model as an earlier row, at another level.
 */
export type PreviewRow = ReadRow & {
	unitId: string | null;
	newUnit: NewUnit | null;
	verdict: 'accepted' | 'doubtful';
	candidates: Candidate[];
	continuesModelId: string | null;
	sameModelAs: { sheet: string; row: number } | null;
};

export type Preview = {
	year: number;
	sheets: RegistrationList['sheets'];
	rows: PreviewRow[];
	refused: Refusal[];
	newUnits: NewUnit[];
	declaredTotal: number | null;
	counts: { read: number; accepted: number; doubtful: number; refused: number };
};

export type AppraisalOptions = {
	units: readonly ListedUnit[];
	existing: readonly ExistingRegistration[];
	/** Make units that the list has and the books have not, under the sheet's unit, instead of refusing their rows. */
	createUnits: boolean;
};

/** Finds each row's unit, possible duplicates and the model it continues. Decides nothing: doubtful rows are the reader's. */
export function appraise(list: RegistrationList, { units, existing, createUnits }: AppraisalOptions): Preview {
	const placed = placeRows(list, { units, createUnits });
	const books = openBooks(existing, list.year);
	const earlier = new Map<string, Judged[]>();
	const judged = placed.rows.map((row) => judge(row, books, earlier));
	linkContinuing(judged, books);
	const refused = [...list.refused, ...placed.refused];
	const rows = judged.map((one) => one.result);
	const doubtful = rows.filter((row) => row.verdict === 'doubtful').length;
	return {
		year: list.year,
		sheets: list.sheets,
		rows,
		refused,
		newUnits: placed.newUnits,
		declaredTotal: list.declaredTotal,
		counts: {
			read: list.readCount,
			accepted: rows.length - doubtful,
			doubtful,
			refused: list.readCount - rows.length
		}
	};
}

type Known = ExistingRegistration & { key: ModelKey };
type Books = {
	year: number;
	thisYear: Map<string, Known[]>;
	lastYear: Map<string, Known[]>;
	lastYearByName: Map<string, Known[]>;
};

function openBooks(existing: readonly ExistingRegistration[], year: number): Books {
	const books: Books = { year, thisYear: new Map(), lastYear: new Map(), lastYearByName: new Map() };
	for (const one of existing) {
		const known = { ...one, key: modelKey(one.name) };
		if (one.year === year) add(books.thisYear, shelf(one.unitId, known.key), known);
		if (one.year !== year - 1) continue;
		add(books.lastYear, shelf(one.unitId, known.key), known);
		add(books.lastYearByName, known.key.whole, known);
	}
	return books;
}

function shelf(unit: string, key: ModelKey): string {
	return `${unit}|${key.withoutPlace}`;
}

function add<T>(map: Map<string, T[]>, key: string, value: T): void {
	const list = map.get(key);
	if (list) list.push(value);
	else map.set(key, [value]);
}

type Judged = { result: PreviewRow; key: ModelKey; shelf: string };

function judge(
	{ read, unitId, newUnit, unitKey, notices }: PlacedRow,
	books: Books,
	earlier: Map<string, Judged[]>
): Judged {
	const key = modelKey(read.name);
	const place = shelf(unitKey, key);
	const allNotices: Notice[] = [...read.notices, ...notices];
	const result: PreviewRow = {
		...read,
		unitId,
		newUnit,
		verdict: 'accepted',
		candidates: [],
		continuesModelId: null,
		sameModelAs: null,
		notices: allNotices
	};
	for (const known of (books.thisYear.get(place) ?? []).filter((one) => isAlike(one.key, key))) {
		if (isSameLevel(known.level, read.level)) {
			const code = known.key.whole === key.whole ? 'already_registered' : 'alike_this_year';
			result.candidates.push(inBooks(code, known));
		} else {
			result.continuesModelId = known.modelId;
			allNotices.push({ code: 'registered_at_other_level', params: { name: known.name } });
		}
	}
	if (read.novelty === 'new') {
		const last = (books.lastYear.get(place) ?? []).filter(
			(one) => isAlike(one.key, key) && !isElsewhere(one.place, read.place)
		);
		result.candidates.push(...last.map((known) => inBooks('alike_last_year', known)));
	}
	for (const other of (earlier.get(place) ?? []).filter((one) => isAlike(one.key, key))) {
		const { sheet, row, name } = other.result;
		if (!isSameLevel(other.result.level, read.level)) result.sameModelAs ??= { sheet, row };
		else result.candidates.push({ code: 'alike_in_list', name, year: books.year, sheet, row });
	}
	if (result.candidates.length > 0) result.verdict = 'doubtful';
	const judged = { result, key, shelf: place };
	add(earlier, place, judged);
	return judged;
}

/** An office that calls a model new and names another place than last year's is believed. */
function isElsewhere(a: string | null, b: string | null): boolean {
	if (a === null || b === null) return false;
	const [one, other] = [headingKey(a), headingKey(b)];
	return !one.includes(other) && !other.includes(one);
}

/** A level that nobody said may be any. */
function isSameLevel(a: Level | null, b: Level | null): boolean {
	return a === null || b === null || a === b;
}

function inBooks(code: DoubtCode, { name, year, modelId }: Known): Candidate {
	return { code, name, year, modelId };
}

/**
 * Ties continuing rows to last year's models, one row to a model and level: the same unit and name first, then the
 * same unit and a name alike, then, since units are renamed and lists pass between them, the only model of that name.
 */
function linkContinuing(judged: readonly Judged[], books: Books): void {
	const claimed = new Set<string>();
	const claim = (one: Judged, known: Known) => {
		one.result.continuesModelId = known.modelId;
		claimed.add(claimKey(known, one));
	};
	let open = judged.filter(({ result }) => result.novelty === 'continuing' && result.continuesModelId === null);
	const free = (one: Judged, list: readonly Known[] | undefined) => {
		const unclaimed = (list ?? []).filter((known) => !claimed.has(claimKey(known, one)));
		return [...new Map(unclaimed.map((known) => [known.modelId, known])).values()];
	};
	for (const isMatch of [(a: ModelKey, b: ModelKey) => a.whole === b.whole, isAlike]) {
		open = open.filter((one) => {
			const found = free(
				one,
				books.lastYear.get(one.shelf)?.filter((known) => isMatch(known.key, one.key))
			);
			const [known] = found;
			if (!known) return true;
			if (found.length === 1) claim(one, known);
			else {
				one.result.verdict = 'doubtful';
				one.result.candidates.push(...found.map((each) => inBooks('several_last_year', each)));
			}
			return false;
		});
	}
	const wanted = Map.groupBy(open, (one) => `${one.key.whole}|${one.result.level}`);
	for (const one of open) {
		const found = free(one, books.lastYearByName.get(one.key.whole));
		const [known] = found;
		const isOnly = found.length === 1 && wanted.get(`${one.key.whole}|${one.result.level}`)?.length === 1;
		if (known && isOnly) {
			claim(one, known);
			one.result.notices.push({ code: 'continues_from_other_unit', params: {} });
		} else if (books.lastYear.size > 0) one.result.notices.push({ code: 'continuing_without_last_year', params: {} });
	}
}

function claimKey(known: Known, one: Judged): string {
	return `${known.modelId}|${one.result.level}`;
}
