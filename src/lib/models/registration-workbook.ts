import { utils, write } from '@e965/xlsx';
import { m } from '#lib/paraglide/messages.js';
import { word } from '#lib/ui/word.ts';
import { formatDay } from '#lib/vietnamese/format.ts';
import type { ListedRegistration } from './list.server.ts';

const WIDTHS = [5, 12, 40, 60, 24, 8, 26, 12, 30, 12, 22, 14, 8, 18];

/** A list as .xlsx, as an office would keep it: one line each, days as 15/6/2024, in the reader's language. */
export function registrationWorkbook(rows: readonly ListedRegistration[]): Uint8Array<ArrayBuffer> {
	const heads = [
		m.model_workbook_number(),
		m.model_unit_code(),
		m.model_unit(),
		m.model_name(),
		m.model_place(),
		m.model_year(),
		m.model_level(),
		m.model_kind(),
		m.model_field(),
		m.model_subject(),
		m.model_novelty(),
		m.model_registered_on(),
		m.model_score(),
		m.model_state()
	];
	const lines = rows.map((row, index) => [
		index + 1,
		row.unitCode,
		row.unitName,
		row.name,
		row.place ?? '',
		row.year,
		word('level', row.level),
		word('kind', row.kind),
		word('field', row.field),
		word('subject', row.subject),
		word('novelty', row.novelty),
		row.registeredOn ? formatDay(row.registeredOn) : '',
		row.score ?? '',
		word('state', row.state)
	]);
	const sheet = utils.aoa_to_sheet(
		[heads, ...lines].map((line) => line.map(harmless)),
		{ dense: true }
	);
	sheet['!cols'] = WIDTHS.map((wch) => ({ wch }));
	const book = utils.book_new();
	utils.book_append_sheet(book, sheet, m.model_workbook_sheet());
	const bytes: Uint8Array = write(book, { type: 'buffer', bookType: 'xlsx', compression: true });
	return new Uint8Array(bytes);
}

/** A text that a spreadsheet would take for a formula when it is copied on or saved as .csv is marked as text. */
function harmless(value: string | number): string | number {
	return typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
}
