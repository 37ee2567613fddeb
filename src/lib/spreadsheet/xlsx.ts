import { writePackage, type Part } from './package.ts';
import { harmless, type Cell, type Table } from './table.ts';

/** Office Open XML (ECMA-376), only what a list needs: typed cells, a bold frozen head with a filter, column widths. */

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/package/2006/relationships';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const TYPES = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/** Limits of Excel. */
const ROWS = 1_048_576;
const TEXT_LENGTH = 32_767;
const NAME_LENGTH = 31;

/** Places in `STYLES`. */
const STYLE = { plain: 0, head: 1, day: 2 } as const;

/**
 * A workbook as a stream. Tables are written from the last to the first, so that a first sheet may sum up what follows it;
 * one that is longer than a sheet (`most` rows) goes on in further sheets.
 * Whatever a table throws ends the stream with it: a file that lacks lines never looks whole.
 */
export function writeXlsx(tables: readonly Table[], most = ROWS): AsyncGenerator<Uint8Array> {
	return writePackage(parts(tables, most));
}

/** A sheet as it was written: its file's name without the ending, and its title. */
type Sheet = { file: string; title: string };

function* parts(tables: readonly Table[], most: number): Generator<Part> {
	const sheets: Sheet[] = [];
	for (const [index, table] of [...tables.entries()].reverse()) {
		const source: Source = { batches: table.batches[Symbol.asyncIterator](), held: [], isEnded: false };
		const written: Sheet[] = [];
		// Whether there is another sheet is known once the one before is written.
		while (written.length === 0 || !source.isEnded) {
			const isFirst = index === 0 && written.length === 0;
			const number = written.length + 1;
			const file = number === 1 ? `sheet${index + 1}` : `sheet${index + 1}-${number}`;
			written.push({ file, title: sheetName(table.name, number) });
			yield { name: `xl/worksheets/${file}.xml`, pieces: sheet(table, { source, most, isFirst }) };
		}
		sheets.unshift(...written);
	}
	yield { name: 'xl/styles.xml', pieces: whole(STYLES) };
	yield { name: 'xl/workbook.xml', pieces: whole(workbook(sheets)) };
	const related = sheets.map(({ file }, index) => relation(index + 1, `${OFFICE}/worksheet`, `worksheets/${file}.xml`));
	const styles = relation(sheets.length + 1, `${OFFICE}/styles`, 'styles.xml');
	yield { name: 'xl/_rels/workbook.xml.rels', pieces: whole(relations([...related, styles])) };
	yield { name: '_rels/.rels', pieces: whole(relations([relation(1, `${OFFICE}/officeDocument`, 'xl/workbook.xml')])) };
	yield { name: '[Content_Types].xml', pieces: whole(contentTypes(sheets)) };
}

async function* whole(xml: string): AsyncGenerator<string> {
	yield XML + xml;
}

/** Days as officials write them: 03/6/2024, with two digits for the day and not for the month. */
const STYLES = `<styleSheet xmlns="${MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="dd/m/yyyy"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Times New Roman"/><family val="1"/></font><font><b/><sz val="11"/><name val="Times New Roman"/><family val="1"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1" applyAlignment="1"><alignment vertical="center" wrapText="1"/></xf><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`;

function workbook(sheets: readonly Sheet[]): string {
	const named = sheets.map(
		({ title }, index) => `<sheet name="${escape(title)}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`
	);
	return `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>${named.join('')}</sheets></workbook>`;
}

/** The second sheet of a table and those after it say so. */
function sheetName(name: string, number: number): string {
	const which = number === 1 ? '' : ` (${number})`;
	return name.replace(/[:\\/?*[\]]/g, ' ').slice(0, NAME_LENGTH - which.length) + which;
}

function relation(id: number, type: string, target: string): string {
	return `<Relationship Id="rId${id}" Type="${type}" Target="${target}"/>`;
}

function relations(list: readonly string[]): string {
	return `<Relationships xmlns="${RELATIONS}">${list.join('')}</Relationships>`;
}

function contentTypes(sheets: readonly Sheet[]): string {
	const overrides = sheets.map(
		({ file }) => `<Override PartName="/xl/worksheets/${file}.xml" ContentType="${TYPES}.worksheet+xml"/>`
	);
	return `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPES}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${TYPES}.styles+xml"/>${overrides.join('')}</Types>`;
}

type Lines = readonly (readonly Cell[])[];
/** The lines of a table, which one sheet after the other takes from; `held`: fetched, and not written yet. */
type Source = { batches: AsyncIterator<Lines>; held: Lines; isEnded: boolean };

async function* sheet(
	{ widths, heads }: Table,
	{ source, most, isFirst }: { source: Source; most: number; isFirst: boolean }
): AsyncGenerator<string> {
	const frozen = heads ? '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' : '';
	const selected = isFirst ? ' tabSelected="1"' : '';
	const columns = widths.map(
		(width, index) => `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`
	);
	let number = 0;
	let text = `${XML}<worksheet xmlns="${MAIN}"><sheetViews><sheetView${selected} workbookViewId="0">${frozen}</sheetView></sheetViews><cols>${columns.join('')}</cols><sheetData>`;
	if (heads)
		text += row(
			(number += 1),
			heads.map((head) => cell(head, STYLE.head))
		);
	let isWritten = false;
	try {
		for (await fetchLines(source); !source.isEnded && number < most; await fetchLines(source)) {
			const lines = source.held.slice(0, most - number);
			source.held = source.held.slice(lines.length);
			for (const line of lines)
				text += row(
					(number += 1),
					line.map((value) => cell(value, STYLE.plain))
				);
			yield text;
			text = '';
		}
		const filter = heads ? `<autoFilter ref="A1:${columnLetter(heads.length - 1)}${number}"/>` : '';
		yield `${text}</sheetData>${filter}</worksheet>`;
		isWritten = true;
	} finally {
		// Who reads no further, or failed, ends what the lines come from.
		if (!isWritten) await source.batches.return?.();
	}
}

/** Until some are held, or there are no more. */
async function fetchLines(source: Source): Promise<void> {
	while (!source.isEnded && source.held.length === 0) {
		const next = await source.batches.next();
		if (next.done) source.isEnded = true;
		else source.held = next.value;
	}
}

function row(number: number, cells: readonly string[]): string {
	return `<row r="${number}">${cells.join('')}</row>`;
}

/** Cells have no address of their own: they stand in the order of their columns, the empty ones too. */
function cell(value: Cell, style: number): string {
	if (value === null || value === '') return '<c/>';
	const styled = style === STYLE.plain ? '' : ` s="${style}"`;
	if (typeof value === 'number') return `<c${styled}><v>${value}</v></c>`;
	if (typeof value === 'object') return `<c s="${STYLE.day}"><v>${serialOfDay(value.day)}</v></c>`;
	const text = harmless(value).slice(0, TEXT_LENGTH);
	const spaced = /^\s|\s$|[\t\n\r]| {2}/.test(text) ? ' xml:space="preserve"' : '';
	return `<c t="inlineStr"${styled}><is><t${spaced}>${escape(text)}</t></is></c>`;
}

/** `YYYY-MM-DD` → Excel's day number. */
function serialOfDay(day: string): number {
	return (Date.parse(day) - Date.UTC(1899, 11, 30)) / 86_400_000;
}

function columnLetter(column: number): string {
	const last = String.fromCharCode(65 + (column % 26));
	return column < 26 ? last : columnLetter(Math.floor(column / 26) - 1) + last;
}

const ESCAPED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** XML holds no control characters, no halves of surrogate pairs; Excel reads `_x0041_` as a character, unless told not to. */
function escape(text: string): string {
	// Of a long list nearly every text is plain.
	if (!/[&<>"_\p{Cc}\p{Cs}\ufffe\uffff]/u.test(text)) return text;
	return text
		.toWellFormed()
		.replace(/(?![\t\n\r])\p{Cc}|[\ufffe\uffff]/gu, '')
		.replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
		.replace(/[&<>"]/g, (character) => ESCAPED[character] ?? '');
}
