import { m } from '#lib/paraglide/messages.js';
import type { Cell, Table } from '#lib/spreadsheet/table.ts';
import { word } from '#lib/ui/word.ts';
import type { RefusedRow } from './import.ts';

const WIDTHS = [24, 10, 50, 90];

/** The rows to be mended, one line a reason, in the reader's language. */
export function refusedTable(batches: AsyncIterable<readonly RefusedRow[]>): Table {
	const heads = [m.import_sheet(), m.import_cell(), m.import_value(), m.import_reason()];
	return { name: m.import_refused_workbook(), widths: WIDTHS, heads, batches: lines(batches) };
}

async function* lines(batches: AsyncIterable<readonly RefusedRow[]>): AsyncGenerator<Cell[][]> {
	for await (const rows of batches) {
		yield rows.flatMap(({ reasons }) =>
			reasons.map(({ sheet, row, column, value, code, params }) => [
				sheet,
				`${column}${row}`,
				value,
				word('import_refused', code, params)
			])
		);
	}
}
