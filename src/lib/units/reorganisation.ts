/** A whole reorganisation from the rows of a sheet: which events it comes to, or what is wrong in which cell. Pure. */
import type { Refusal } from '#lib/spreadsheet/refusal.ts';
import { fold } from '#lib/vietnamese/text.ts';
import { UnitEvent, type UnitEventInput } from './event.schema.ts';
import { kindFromWords, type UnitKind } from './unit.ts';

export type Work = 'merge' | 'split' | 'keep' | 'rename' | 'move' | 'close' | 'establish';

/** A row as the sheet has it; empty texts where it says nothing. `columns`: letters of the cells that refusals point to. */
export type SheetRow = {
	sheet: string;
	row: number;
	columns: { code: string; newCode: string; newName: string };
	code: string;
	name: string;
	work: Work;
	newCode: string;
	newName: string;
	kindName: string;
	parentCode: string;
	takesRest: boolean;
	takesRoles: boolean;
};

/** A unit of the eve of the effective day. `depth`: how far it stands below the topmost. */
export type Standing = {
	id: string;
	code: string;
	name: string;
	kind: UnitKind;
	parentCode: string | null;
	depth: number;
};

export type Terms = { effectiveOn: string; decisionNumber: string | null; decidedOn: string | null; reason: string };

/** `expected`: units that a complete sheet names, every one of them. */
export type SheetBooks = { standing: ReadonlyMap<string, Standing>; expected: readonly Standing[] };

export type SheetCounts = Record<
	'rows' | 'before' | 'after' | 'established' | 'merged' | 'split' | 'moved' | 'renamed' | 'kept' | 'closed',
	number
>;

export type SheetPlan = {
	events: UnitEvent[];
	refused: Refusal[];
	counts: SheetCounts;
	/** Split units that nobody takes over as a whole: their row, and where the roles of their people go, if it says. */
	divided: { unitId: string; row: SheetRow; rolesTo: string | null }[];
};

/** Works a sheet out. When one row is refused there are no events: all of it is recorded, or nothing. */
export function planSheet(rows: readonly SheetRow[], books: SheetBooks, terms: Terms): SheetPlan {
	const reading = read(rows, books);
	const { refused } = reading;
	for (const row of rows) checkRow(row, reading);
	for (const group of reading.byOld.values()) checkGroup(group, reading);
	const newcomers = readNewcomers(reading);
	const named = new Set(rows.map((row) => row.code));
	for (const unit of books.expected) {
		if (named.has(unit.code)) continue;
		const place = { sheet: rows[0]?.sheet ?? '', row: 0, column: rows[0]?.columns.code ?? 'A' };
		refused.push({ ...place, code: 'left_out', params: { unit: unit.name }, value: unit.code });
	}
	const counts = countsOf(reading, newcomers);
	if (refused.length > 0) return { events: [], refused, counts, divided: [] };
	const inputs = [
		...establishing(newcomers),
		...changing(reading),
		...merging(reading),
		...splitting(reading),
		...closing(reading)
	];
	return {
		events: inputs.map((input) => UnitEvent.parse({ ...terms, ...input })),
		refused,
		counts,
		divided: dividedOf(reading)
	};
}

type Told = UnitEventInput extends infer E ? (E extends UnitEventInput ? Omit<E, keyof Terms> : never) : never;

type Reading = {
	rows: readonly SheetRow[];
	books: SheetBooks;
	byOld: Map<string, SheetRow[]>;
	/** Codes of units that go on, as they are after the day. */
	continuing: Set<string>;
	refused: Refusal[];
};

function read(rows: readonly SheetRow[], books: SheetBooks): Reading {
	const old = rows.filter((row) => row.work !== 'establish');
	const goesOn = old.filter((row) => row.work === 'keep' || row.work === 'rename' || row.work === 'move');
	return {
		rows,
		books,
		byOld: new Map(Map.groupBy(old, (row) => row.code)),
		continuing: new Set(goesOn.map((row) => row.newCode || row.code)),
		refused: []
	};
}

function refuse(
	{ refused }: Reading,
	row: SheetRow,
	{ at, code, ...params }: { at: keyof SheetRow['columns']; code: string } & Record<string, string | number>
): void {
	const value = { code: row.code, newCode: row.newCode, newName: row.newName }[at];
	refused.push({ sheet: row.sheet, row: row.row, column: row.columns[at], code, params, value });
}

function checkRow(row: SheetRow, reading: Reading): void {
	const { standing } = reading.books;
	if (row.work === 'establish') {
		if (row.newCode === '') refuse(reading, row, { at: 'newCode', code: 'new_code_missing' });
		return;
	}
	const unit = standing.get(row.code);
	if (row.code === '') refuse(reading, row, { at: 'code', code: 'old_code_missing' });
	else if (!unit) refuse(reading, row, { at: 'code', code: 'old_unknown' });
	else if (row.name !== '' && !isAlike(row.name, unit.name))
		refuse(reading, row, { at: 'code', code: 'name_differs', name: unit.name });
	if ((row.work === 'merge' || row.work === 'split') && row.newCode === '')
		refuse(reading, row, { at: 'newCode', code: 'new_code_missing' });
	if (row.work === 'rename' && row.newName === '') refuse(reading, row, { at: 'newName', code: 'new_name_missing' });
	if (row.work === 'move' && row.parentCode === '') refuse(reading, row, { at: 'newCode', code: 'parent_missing' });
	if (row.work === 'close' && row.newCode !== '' && !isKnown(row.newCode, reading))
		refuse(reading, row, { at: 'newCode', code: 'new_unknown' });
	if (row.parentCode !== '' && !isKnown(row.parentCode, reading))
		refuse(reading, row, { at: 'newCode', code: 'parent_unknown', parent: row.parentCode });
}

/** "xã Tân Lập" and "Đảng uỷ xã Tân Lập" are one; another name means that the code is wrong. */
function isAlike(a: string, b: string): boolean {
	const [one, other] = [fold(a), fold(b)];
	return one.includes(other) || other.includes(one);
}

function isKnown(code: string, { rows, books, continuing }: Reading): boolean {
	return books.standing.has(code) || continuing.has(code) || rows.some((row) => row.newCode === code);
}

/** The rows of one old unit: one, unless it is split; of a split at least two go to different units. */
function checkGroup(group: readonly SheetRow[], reading: Reading): void {
	const [first, ...others] = group;
	if (!first || first.code === '') return;
	const parts = group.filter((row) => row.work === 'split');
	const stays = group.filter((row) => row.work === 'keep');
	if (parts.length === 0) {
		for (const row of others) refuse(reading, row, { at: 'code', code: 'named_twice', row: first.row });
		return;
	}
	for (const row of group) {
		if (row.work !== 'split' && row.work !== 'keep')
			refuse(reading, row, { at: 'code', code: 'named_twice', row: first.row });
	}
	if (new Set(group.map((row) => row.newCode)).size < 2) refuse(reading, first, { at: 'newCode', code: 'split_one' });
	for (const row of parts.filter((one) => one.takesRest).slice(1))
		refuse(reading, row, { at: 'newCode', code: 'rest_twice' });
	for (const row of parts.filter((one) => one.takesRoles).slice(1))
		refuse(reading, row, { at: 'newCode', code: 'roles_twice' });
	for (const row of stays.slice(1)) refuse(reading, row, { at: 'code', code: 'named_twice', row: first.row });
}

type Newcomer = { code: string; name: string; kind: UnitKind; parent: string };

/** Units that begin with the day: codes of merges and splits which no unit has that goes on, or that the sheet leaves alone. */
function readNewcomers(reading: Reading): Map<string, Newcomer> {
	const { rows, books, byOld, continuing } = reading;
	const going = rows.filter((row) => ['merge', 'split', 'establish'].includes(row.work) && row.newCode !== '');
	const newcomers = new Map<string, Newcomer>();
	for (const [code, group] of Map.groupBy(going, (row) => row.newCode)) {
		const isThere = continuing.has(code) || (books.standing.has(code) && !byOld.has(code));
		const [first] = group;
		if (!first || (isThere && first.work !== 'establish')) continue;
		if (isThere) {
			refuse(reading, first, { at: 'newCode', code: 'code_taken' });
			continue;
		}
		const newcomer = readNewcomer(code, group, reading);
		if (newcomer) newcomers.set(code, newcomer);
	}
	return newcomers;
}

function readNewcomer(code: string, group: readonly SheetRow[], reading: Reading): Newcomer | null {
	const [first] = group;
	const named = group.filter((row) => row.newName !== '');
	const name = named[0]?.newName;
	if (!first) return null;
	if (name === undefined) {
		refuse(reading, first, { at: 'newName', code: 'new_name_missing' });
		return null;
	}
	for (const row of named)
		if (fold(row.newName) !== fold(name)) refuse(reading, row, { at: 'newName', code: 'two_names', name });
	const placed = group.filter((row) => row.parentCode !== '');
	const old = reading.books.standing.get(first.code);
	const parent = placed[0]?.parentCode ?? old?.parentCode ?? '';
	for (const row of placed)
		if (row.parentCode !== parent) refuse(reading, row, { at: 'newCode', code: 'two_parents', parent });
	const kindName = group.find((row) => row.kindName !== '')?.kindName ?? name;
	const kind = kindFromWords(fold(kindName)) ?? old?.kind ?? null;
	if (parent === '') refuse(reading, first, { at: 'newCode', code: 'parent_missing' });
	if (kind === null) refuse(reading, first, { at: 'newName', code: 'kind_unknown' });
	return kind === null ? null : { code, name, kind, parent };
}

/** Parents before what stands under them. */
function establishing(newcomers: ReadonlyMap<string, Newcomer>): Told[] {
	const done = new Set<string>();
	const ordered: Newcomer[] = [];
	const add = (unit: Newcomer, above: ReadonlySet<string>): void => {
		const parent = newcomers.get(unit.parent);
		if (parent && parent !== unit && !above.has(parent.code)) add(parent, new Set([...above, unit.code]));
		if (!done.has(unit.code)) ordered.push(unit);
		done.add(unit.code);
	};
	for (const unit of newcomers.values()) add(unit, new Set());
	return ordered.map((unit) => ({ kind: 'establish', unit }));
}

/** Other names and codes of units that go on, and where they stand. */
function changing({ rows, books }: Reading): Told[] {
	const goesOn = rows.filter((row) => ['keep', 'rename', 'move'].includes(row.work));
	const told = goesOn.flatMap((row): Told[] => {
		const unit = books.standing.get(row.code);
		const isRenamed = row.newName !== '' && row.newName !== unit?.name;
		return [
			...(isRenamed ? [{ kind: 'rename' as const, unit: row.code, name: row.newName }] : []),
			...(row.newCode !== '' && row.newCode !== row.code
				? [{ kind: 'recode' as const, unit: row.code, code: row.newCode }]
				: [])
		];
	});
	const moving = goesOn.filter(
		(row) => row.parentCode !== '' && row.parentCode !== books.standing.get(row.code)?.parentCode
	);
	const moves = [...Map.groupBy(moving, (row) => row.parentCode)].map(([parent, group]): Told => ({
		kind: 'move',
		units: group.map((row) => row.code),
		parent
	}));
	return [...told, ...moves];
}

function merging({ rows }: Reading): Told[] {
	const going = rows.filter((row) => row.work === 'merge');
	return [...Map.groupBy(going, (row) => row.newCode)].map(([into, group]): Told => ({
		kind: 'merge',
		units: group.map((row) => row.code),
		into
	}));
}

const isSplit = (group: readonly SheetRow[]) => group.some((row) => row.work === 'split');

function splitting({ byOld }: Reading): Told[] {
	return [...byOld].flatMap(([unit, group]): Told[] => {
		if (!isSplit(group)) return [];
		const parts = [...new Set(group.map((row) => row.newCode || row.code))].map((into) => ({ into }));
		const rest = group.find((row) => row.takesRest);
		return [{ kind: 'split', unit, parts, rest: rest?.newCode ?? null }];
	});
}

/** What stands lowest ends first. */
function closing({ rows, books }: Reading): Told[] {
	const depth = (row: SheetRow) => books.standing.get(row.code)?.depth ?? 0;
	return rows
		.filter((row) => row.work === 'close')
		.toSorted((a, b) => depth(b) - depth(a))
		.map((row): Told => ({ kind: 'close', unit: row.code, heir: row.newCode || null }));
}

function dividedOf({ byOld, books }: Reading): SheetPlan['divided'] {
	return [...byOld].flatMap(([code, group]) => {
		const [row] = group;
		const unit = books.standing.get(code);
		const goesOver = group.every((one) => one.work === 'split') && !group.some((one) => one.takesRest);
		if (!row || !unit || !isSplit(group) || !goesOver) return [];
		return [{ unitId: unit.id, row, rolesTo: group.find((one) => one.takesRoles)?.newCode ?? null }];
	});
}

function countsOf({ rows, byOld, continuing }: Reading, newcomers: ReadonlyMap<string, Newcomer>): SheetCounts {
	const of = (work: Work) => rows.filter((row) => row.work === work).length;
	return {
		rows: rows.length,
		before: byOld.size,
		after: newcomers.size + continuing.size,
		established: newcomers.size,
		merged: of('merge'),
		split: [...byOld.values()].filter(isSplit).length,
		moved: of('move'),
		renamed: of('rename'),
		kept: of('keep'),
		closed: of('close')
	};
}
