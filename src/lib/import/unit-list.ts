import type { Refusal } from '#lib/spreadsheet/refusal.ts';
import { normalise } from '#lib/vietnamese/text.ts';
import { UNIT_COLUMNS, type ColumnMapping, type Meaning } from './columns.ts';
import { findTable, type TableRow } from './table.ts';
import { cellText, columnLetter, type Sheet, type Workbook } from './workbook.ts';

/** A unit as listed; the parent's code is not yet looked up. `kindName` is in the list's words. */
type UnitRow = {
	sheet: string;
	row: number;
	code: string;
	name: string;
	kindName: string | null;
	parentCode: string | null;
};

/** `columnOf`: the letter under which a sheet has a meaning; 'A' where it has none. */
export type UnitList = { rows: UnitRow[]; refused: Refusal[]; columnOf: (sheet: string, meaning: Meaning) => string };

const CODE = /^[\p{L}\p{N}][\p{L}\p{N}._/-]{0,39}$/u;
const NAME_LENGTH = 300;

/** Reads a list of units: code, name, kind, code of the unit above. Unknown parents are the caller's to refuse. */
export function readUnits(workbook: Workbook, mapping?: ColumnMapping): UnitList {
	const columns = new Map<string, ReadonlyMap<Meaning, number>>();
	const columnOf = (sheet: string, meaning: Meaning) => columnLetter(columns.get(sheet)?.get(meaning) ?? 0);
	const result: UnitList = { rows: [], refused: [], columnOf };
	const seen = new Map<string, UnitRow>();
	for (const sheet of workbook.sheets.filter((one) => !one.hidden && one.rows.length > 0)) {
		readSheet(sheet, { mapping: mapping?.[sheet.name], seen, result, columns });
	}
	return result;
}

type Reading = {
	mapping: Readonly<Record<number, Meaning | null>> | undefined;
	seen: Map<string, UnitRow>;
	result: UnitList;
	columns: Map<string, ReadonlyMap<Meaning, number>>;
};

function readSheet(sheet: Sheet, { mapping, seen, result, columns }: Reading): void {
	const table = findTable(sheet, { vocabulary: UNIT_COLUMNS, keys: ['code', 'name', 'kind', 'parent'], mapping });
	const place = { sheet: sheet.name, row: table?.headerRow ?? 1, column: 'A', params: {}, value: '' };
	if (!table?.columns.has('name')) {
		result.refused.push({ ...place, code: 'no_table' });
		return;
	}
	if (!table.columns.has('code')) {
		result.refused.push({ ...place, code: 'no_column_code' });
		return;
	}
	columns.set(sheet.name, table.columns);
	for (const row of table.rows) {
		const before = result.refused.length;
		const unit = readUnit(row, sheet.name);
		const refuse = (meaning: Meaning, code: string, params: Record<string, string | number> = {}) => {
			const column = columnLetter(table.columns.get(meaning) ?? 0);
			const value = cellText(row.cells[meaning]).slice(0, 120);
			result.refused.push({ sheet: sheet.name, row: row.number, column, code, params, value });
		};
		for (const meaning of table.columns.keys())
			if (row.cells[meaning]?.broken) refuse(meaning, 'formula_without_value');
		if (unit.code === '') refuse('code', 'code_missing');
		else if (!CODE.test(unit.code)) refuse('code', 'code_unreadable');
		if (unit.name === '') refuse('name', 'unit_name_missing');
		else if (unit.name.length > NAME_LENGTH)
			refuse('name', 'text_too_long', { length: unit.name.length, limit: NAME_LENGTH });
		else if (/<\s*[a-z/!?]/i.test(unit.name)) refuse('name', 'text_markup');
		const twin = seen.get(unit.code);
		if (unit.code !== '' && twin) refuse('code', 'code_twice', { row: twin.row });
		if (unit.code !== '' && unit.code === unit.parentCode) refuse('parent', 'unit_under_itself');
		seen.set(unit.code, twin ?? unit);
		if (result.refused.length === before) result.rows.push(unit);
	}
}

function readUnit({ number, cells }: TableRow, sheet: string): UnitRow {
	const text = (meaning: Meaning) => normalise(cellText(cells[meaning]));
	return {
		sheet,
		row: number,
		code: text('code').toUpperCase(),
		name: text('name'),
		kindName: text('kind') || null,
		parentCode: text('parent').toUpperCase() || null
	};
}
