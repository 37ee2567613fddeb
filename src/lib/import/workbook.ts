/** A workbook as read, whatever program wrote it: only filled rows, only what a list needs. Pure. */

type WorkbookFormat = 'xlsx' | 'xls' | 'ods' | 'csv';

/**
 * One filled cell. A date is `YYYY-MM-DD` in `value` with `isDate`. `text` is what the office sees when that differs
 * from the value. `formula`: the value is a formula's last result; `broken`: there is none, or it is an error.
 */
export type Cell = {
	value: string | number | boolean | null;
	text?: string;
	formula?: true;
	broken?: true;
	isDate?: true;
};

/** `number` is the row as Excel counts it, from 1; `cells` is sparse, by column from 0. */
export type Row = { number: number; cells: (Cell | undefined)[] };

/** Rows and columns of a merged block, both ends included; rows from 1, columns from 0. */
export type Merge = { top: number; left: number; bottom: number; right: number };

export type Sheet = { name: string; hidden?: true; rows: Row[]; merges: Merge[] };

export type Workbook = { format: WorkbookFormat; sheets: Sheet[] };

/** What the office sees in a cell; '' when blank. */
export function cellText(cell: Cell | undefined): string {
	if (!cell) return '';
	return cell.text ?? (cell.value === null ? '' : String(cell.value));
}

/** 0 → A, 25 → Z, 26 → AA. */
export function columnLetter(column: number): string {
	const last = String.fromCharCode(65 + (column % 26));
	return column < 26 ? last : columnLetter(Math.floor(column / 26) - 1) + last;
}

/** Excel's day number (1 = 1/1/1900, with its false 29/2/1900) → `YYYY-MM-DD`; null outside 1900–9999. */
export function dayOfSerial(serial: number): string | null {
	if (!(serial >= 61 && serial < 2_958_466)) return null;
	return new Date(Date.UTC(1899, 11, 30) + Math.floor(serial) * 86_400_000).toISOString().slice(0, 10);
}
