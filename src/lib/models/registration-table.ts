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
	const said = wordsOnce();
	let number = 0;
	for await (const rows of batches) yield rows.map((row) => line(row, (number += 1), said));
}

/** A file asks for the same few words millions of times, and a reader has one language in all of it. */
function wordsOnce(): typeof word {
	const known = new Map<string, string>();
	return (family, code) => {
		const key = `${family} ${code}`;
		const text = known.get(key) ?? word(family, code);
		known.set(key, text);
		return text;
	};
}

function line(row: FiledRegistration, number: number, said: typeof word): Cell[] {
	return [
		number,
		row.unitCode,
		row.unitName,
		row.name,
		row.place,
		row.year,
		said('level', row.level),
		said('kind', row.kind),
		said('field', row.field),
		said('subject', row.subject),
		said('novelty', row.novelty),
		row.registeredOn ? { day: row.registeredOn } : null,
		row.score,
		said('state', row.state)
	];
}
