import { m } from '#lib/paraglide/messages.js';
import type { Cell, Table } from '#lib/spreadsheet/table.ts';
import { word } from '#lib/ui/word.ts';
import type { FiledRegistration } from './list.server.ts';

const WIDTHS = [5, 12, 40, 60, 24, 8, 26, 12, 30, 12, 22, 14, 8, 18];

/** A list as an office would keep it in a spreadsheet: one line each, in the reader's language. */
export function registrationTable(batches: AsyncIterable<readonly FiledRegistration[]>): Table {
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
	return { name: m.model_workbook_sheet(), widths: WIDTHS, heads, batches: lines(batches) };
}

async function* lines(batches: AsyncIterable<readonly FiledRegistration[]>): AsyncGenerator<Cell[][]> {
	let number = 0;
	for await (const rows of batches) yield rows.map((row) => line(row, (number += 1)));
}

function line(row: FiledRegistration, number: number): Cell[] {
	return [
		number,
		row.unitCode,
		row.unitName,
		row.name,
		row.place,
		row.year,
		word('level', row.level),
		word('kind', row.kind),
		word('field', row.field),
		word('subject', row.subject),
		word('novelty', row.novelty),
		row.registeredOn ? { day: row.registeredOn } : null,
		row.score,
		word('state', row.state)
	];
}
