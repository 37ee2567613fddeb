import { utils, write } from '@e965/xlsx';
import { m } from '#lib/paraglide/messages.js';
import { word } from '#lib/ui/word.ts';
import type { RefusedRow } from './import.ts';
import { escapeFormula } from './sample-lists.ts';

const WIDTHS = [24, 10, 50, 90];

/** The rows to be mended as .xlsx, one line a reason, in the reader's language; nothing in it runs as a formula. */
export function refusedWorkbook(rows: readonly RefusedRow[]): Uint8Array<ArrayBuffer> {
	const heads = [m.import_sheet(), m.import_cell(), m.import_value(), m.import_reason()];
	const lines = rows.flatMap(({ reasons }) =>
		reasons.map(({ sheet, row, column, value, code, params }) => [
			escapeFormula(sheet),
			`${column}${row}`,
			escapeFormula(value),
			word('import_refused', code, params)
		])
	);
	const sheet = utils.aoa_to_sheet([heads, ...lines]);
	sheet['!cols'] = WIDTHS.map((wch) => ({ wch }));
	const book = utils.book_new();
	utils.book_append_sheet(book, sheet, m.import_refused_workbook());
	const bytes: Uint8Array = write(book, { type: 'buffer', bookType: 'xlsx', compression: true });
	return new Uint8Array(bytes);
}
