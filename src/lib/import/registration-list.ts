import type { Level } from '#lib/models/model.ts';
import type { Refusal } from '#lib/spreadsheet/refusal.ts';
import { REGISTRATION_COLUMNS, type ColumnMapping, type Meaning } from './columns.ts';
import { groupField, groupNovelty, readRow, type ReadRow } from './registration-row.ts';
import { findTable, type Table } from './table.ts';
import type { Title } from './title.ts';
import { columnLetter, type Sheet, type Workbook } from './workbook.ts';

/** What was found on a sheet. `headings` with their meanings are what the reader may correct. */
export type SheetSummary = {
	name: string;
	state: 'read' | 'hidden' | 'no_table';
	headerRow: number | null;
	headings: { column: number; text: string; meaning: Meaning | null }[];
	title: Title | null;
	rowCount: number;
	declaredTotal: number | null;
};

/** `readCount` is how many rows of registrations the tables have, accepted or not. */
export type RegistrationList = {
	year: number;
	sheets: SheetSummary[];
	rows: ReadRow[];
	refused: Refusal[];
	readCount: number;
	declaredTotal: number | null;
};

export type ReadingOptions = {
	year: number;
	/** The day on which the list is read; later dates are refused. */
	today: string;
	/** For rows whose level neither their cell nor their caption says. */
	level?: Level | undefined;
	mapping?: ColumnMapping | undefined;
};

/** Reads an office's list of registered models. Mistakes are values: each row is in `rows`, or in `refused` at least once. */
export function readRegistrations(workbook: Workbook, options: ReadingOptions): RegistrationList {
	const found = workbook.sheets.map((sheet) => ({ sheet, table: tableOf(sheet, options.mapping) }));
	const lists = found.filter(({ table }) => table?.columns.has('name'));
	const result: RegistrationList = {
		year: options.year,
		sheets: found.map(({ sheet, table }) => summary(sheet, table)),
		rows: [],
		refused: [],
		readCount: 0,
		declaredTotal: null
	};
	if (lists.length === 0) {
		for (const { sheet, table } of found) {
			if (sheet.hidden || sheet.rows.length === 0) continue;
			const row = table?.headerRow ?? sheet.rows[0]?.number ?? 1;
			result.refused.push({ sheet: sheet.name, row, column: 'A', code: 'no_table', params: {}, value: '' });
		}
	}
	for (const { sheet, table } of lists) {
		if (!table) continue;
		readTable({ sheet, table, options, isOneOfMany: lists.length > 1 }, result);
	}
	return result;
}

function tableOf(sheet: Sheet, mapping: ColumnMapping | undefined): Table | null {
	if (sheet.hidden) return null;
	const keys: readonly Meaning[] = ['name', 'unit', 'field', 'registered_on'];
	return findTable(sheet, { vocabulary: REGISTRATION_COLUMNS, keys, mapping: mapping?.[sheet.name] });
}

function summary(sheet: Sheet, table: Table | null): SheetSummary {
	const isList = table?.columns.has('name') ?? false;
	return {
		name: sheet.name,
		state: sheet.hidden ? 'hidden' : isList ? 'read' : 'no_table',
		headerRow: table?.headerRow ?? null,
		headings: table?.headings ?? [],
		title: table?.title ?? null,
		rowCount: isList ? (table?.rows.length ?? 0) : 0,
		declaredTotal: isList ? (table?.declaredTotal ?? null) : null
	};
}

type Source = { sheet: Sheet; table: Table; options: ReadingOptions; isOneOfMany: boolean };

function readTable({ sheet, table, options, isOneOfMany }: Source, result: RegistrationList): void {
	result.readCount += table.rows.length;
	if (table.declaredTotal !== null) result.declaredTotal = (result.declaredTotal ?? 0) + table.declaredTotal;
	const sheetUnitName = table.title.unitName ?? (isOneOfMany && !isPlainName(sheet.name) ? sheet.name.trim() : null);
	const missing = missingColumns(table, sheetUnitName !== null);
	if (missing.length > 0) {
		const place = { sheet: sheet.name, row: table.headerRow, column: columnLetter(0), params: {}, value: '' };
		result.refused.push(...missing.map((meaning) => ({ ...place, code: `no_column_${meaning}` })));
		return;
	}
	const context = {
		sheet: sheet.name,
		columns: table.columns,
		sheetUnitName,
		onlyUnitName: sheetUnitName,
		year: options.year,
		today: options.today,
		asOf: table.title.asOf,
		level: options.level ?? table.title.level
	};
	for (const row of table.rows) {
		const reading = readRow(row, context);
		if ('row' in reading) result.rows.push(reading.row);
		else result.refused.push(...reading.refused);
	}
}

/** Names that spreadsheet programs give by themselves say nothing of a unit. */
function isPlainName(name: string): boolean {
	return /^(?:sheet|trang tính|trang|bảng|book|table)\s*\d*$/iu.test(name.trim());
}

/** What a registration needs and the table has no column for, nor captions that say it. */
function missingColumns({ columns, rows }: Table, hasUnit: boolean): Meaning[] {
	const missing: Meaning[] = [];
	const isPaired = (one: Meaning, first: Meaning, second: Meaning) =>
		columns.has(one) || (columns.has(first) && columns.has(second));
	if (!columns.has('unit') && !hasUnit) missing.push('unit');
	if (!columns.has('field') && !rows.some((row) => groupField(row.groups))) missing.push('field');
	if (!isPaired('subject', 'subject_collective', 'subject_individual')) missing.push('subject');
	if (!isPaired('novelty', 'novelty_new', 'novelty_continuing') && !rows.some((row) => groupNovelty(row.groups))) {
		missing.push('novelty');
	}
	if (!columns.has('registered_on')) missing.push('registered_on');
	return missing;
}
