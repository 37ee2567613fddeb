import type { Refusal } from '#lib/spreadsheet/refusal.ts';
import type { SheetRow, Work } from '#lib/units/reorganisation.ts';
import { fold, normalise } from '#lib/vietnamese/text.ts';
import { REORGANISATION_COLUMNS, type Meaning } from './columns.ts';
import { findTable, type TableRow } from './table.ts';
import { cellText, columnLetter, type Sheet, type Workbook } from './workbook.ts';

/** The rows of a reorganisation as the sheet tells them; what cannot be read is refused with its cell. */
export type ReorganisationList = { rows: SheetRow[]; refused: Refusal[] };

const WORDS: readonly (readonly [string, Work])[] = [
	['sap nhap', 'merge'],
	['hop nhat', 'merge'],
	['nhap', 'merge'],
	['chia', 'split'],
	['tach', 'split'],
	['giu nguyen', 'keep'],
	['khong sap xep', 'keep'],
	['doi ten', 'rename'],
	['chuyen', 'move'],
	['ket thuc', 'close'],
	['giai the', 'close'],
	['thanh lap', 'establish']
];

/** Reads the sheets of a reorganisation: old code and name, what becomes of it, and what it goes over to. */
export function readReorganisation(workbook: Workbook): ReorganisationList {
	const result: ReorganisationList = { rows: [], refused: [] };
	for (const sheet of workbook.sheets.filter((one) => !one.hidden && one.rows.length > 0)) readSheet(sheet, result);
	return result;
}

function readSheet(sheet: Sheet, result: ReorganisationList): void {
	const keys: readonly Meaning[] = ['code', 'name', 'work', 'new_code', 'new_name'];
	const table = findTable(sheet, { vocabulary: REORGANISATION_COLUMNS, keys });
	const place = { sheet: sheet.name, row: table?.headerRow ?? 1, column: 'A', params: {}, value: '' };
	const missing = (['name', 'code', 'work'] as const).find((meaning) => !table?.columns.has(meaning));
	if (!table || missing) {
		result.refused.push({ ...place, code: `no_column_${missing ?? 'name'}` });
		return;
	}
	const columnOf = (meaning: Meaning) => columnLetter(table.columns.get(meaning) ?? 0);
	for (const row of table.rows) {
		const read = readRow(row, sheet.name, columnOf);
		const at = { sheet: sheet.name, row: row.number, column: columnOf('work'), params: {} };
		if (read.work === null) result.refused.push({ ...at, code: 'work_unknown', value: textOf(row, 'work') });
		else result.rows.push({ ...read, work: read.work });
	}
}

const textOf = ({ cells }: TableRow, meaning: Meaning) => normalise(cellText(cells[meaning])).slice(0, 300);

function readRow(row: TableRow, sheet: string, columnOf: (meaning: Meaning) => string) {
	const text = (meaning: Meaning) => textOf(row, meaning);
	const said = fold(text('work'));
	const work = WORDS.find(([word]) => said.startsWith(word))?.[1] ?? null;
	const isPart = fold(text('part')).startsWith('mot phan');
	return {
		sheet,
		row: row.number,
		columns: { code: columnOf('code'), newCode: columnOf('new_code'), newName: columnOf('new_name') },
		code: text('code').toUpperCase(),
		name: text('name'),
		// A part that goes over is a division, whatever the decision calls it.
		work: work === 'merge' && isPart ? ('split' as const) : work,
		newCode: text('new_code').toUpperCase(),
		newName: text('new_name'),
		kindName: text('kind'),
		parentCode: text('parent').toUpperCase(),
		takesRest: text('rest') !== '',
		takesRoles: text('roles') !== ''
	};
}
