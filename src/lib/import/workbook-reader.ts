import { zipSync } from 'fflate';
import { read, SSF, type CellObject, type Sheet as XlsxSheet } from '@e965/xlsx';
import { answerOnce } from '#lib/server/apart.ts';
import { formatDay } from '#lib/vietnamese/format.ts';
import { legacyEncoding, tallyWords, type Tally } from './legacy-text.ts';
import { readTextFile } from './text-file.ts';
import { listEntries, unpack, type Entry } from './unpack.ts';
import { Unreadable, type UnreadableCode } from './unreadable.ts';
import { dayOfSerial, type Cell, type Merge, type Row, type Sheet, type Workbook } from './workbook.ts';

/** What this process is sent, and what it answers, once. */
export type ReadingOrder = { bytes: Uint8Array; fileName: string };
export type Reading =
	{ workbook: Workbook } | { refusal: { code: UnreadableCode; params: Record<string, string | number> } };

/** In all sheets. Lists have some ten thousand rows; more is a mistake, and the server would hold all of it. */
const ROWS = 50_000;
const MERGES = 20_000;
const DAYS_1904 = 1462;

answerOnce(readFile);

async function readFile({ bytes, fileName }: ReadingOrder): Promise<Reading> {
	try {
		const workbook = await readByContent(bytes, fileName);
		if (workbook.sheets.every((sheet) => sheet.rows.length === 0)) throw new Unreadable('import.file_empty');
		const rows = workbook.sheets.reduce((sum, sheet) => sum + sheet.rows.length, 0);
		if (rows > ROWS) throw new Unreadable('import.file_too_complex');
		refuseLegacyText(workbook);
		return { workbook };
	} catch (error) {
		if (error instanceof Unreadable) return { refusal: { code: error.code, params: error.params } };
		throw error;
	}
}

/** The first bytes decide, never the name: offices rename .csv to .xls and .docx to .xlsx. */
async function readByContent(bytes: Uint8Array, fileName: string): Promise<Workbook> {
	const start = Buffer.from(bytes.subarray(0, 8)).toString('latin1');
	if (start.startsWith('PK\x03\x04') || start.startsWith('PK\x05\x06')) return readPackage(bytes);
	if (start.startsWith('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1')) return readCompound(bytes);
	return { format: 'csv', sheets: [readTextFile(bytes, fileName.replace(/\.[^.]*$/, ''))] };
}

const XLSX_PARTS =
	/^(?:\[Content_Types\]\.xml|_rels\/\.rels|xl\/(?!calcChain)(?:_rels\/)?[^/]+\.(?:xml|rels)|xl\/worksheets\/[^/]+\.xml)$/i;
const ODS_PARTS = /^(?:mimetype|content\.xml|styles\.xml|META-INF\/manifest\.xml)$/;

async function readPackage(bytes: Uint8Array): Promise<Workbook> {
	const entries = listEntries(bytes);
	const has = (name: string | RegExp) =>
		entries.some((entry) => (typeof name === 'string' ? entry.name === name : name.test(entry.name)));
	if (has('xl/workbook.xml')) return readXlsx(entries);
	if (has('xl/workbook.bin')) throw new Unreadable('import.format_unsupported', { found: 'Excel (.xlsb)' });
	if (has('content.xml') && has('mimetype')) return readOds(entries);
	const found = has(/^word\//) ? 'Word (.docx)' : has(/^ppt\//) ? 'PowerPoint (.pptx)' : 'ZIP';
	throw new Unreadable('import.not_a_spreadsheet', { found });
}

async function readXlsx(entries: Entry[]): Promise<Workbook> {
	const parts = await unpack(entries, (name) => XLSX_PARTS.test(name));
	return { format: 'xlsx', sheets: readSheets(repack(parts), { withStubs: true }) };
}

async function readOds(entries: Entry[]): Promise<Workbook> {
	const parts = await unpack(entries, (name) => ODS_PARTS.test(name));
	const type = Buffer.from(parts.get('mimetype') ?? []).toString('latin1');
	if (!type.includes('opendocument.spreadsheet'))
		throw new Unreadable('import.not_a_spreadsheet', { found: 'OpenDocument' });
	const manifest = Buffer.from(parts.get('META-INF/manifest.xml') ?? []).toString('utf8');
	if (manifest.includes('encryption-data')) throw new Unreadable('import.password_protected');
	return { format: 'ods', sheets: readSheets(repack(parts), { withStubs: false }) };
}

/** The parser sees only parts that were checked: no macros, pictures or links. */
function repack(parts: Map<string, Uint8Array>): Uint8Array {
	return zipSync(Object.fromEntries(parts), { level: 0 });
}

/** An OLE compound file: a workbook of Excel 97–2003, or the wrapping of an encrypted one. */
async function readCompound(bytes: Uint8Array): Promise<Workbook> {
	if (hasStream(bytes, 'EncryptedPackage')) throw new Unreadable('import.password_protected');
	if (!hasStream(bytes, 'Workbook') && !hasStream(bytes, 'Book')) {
		throw new Unreadable('import.not_a_spreadsheet', {
			found: hasStream(bytes, 'WordDocument') ? 'Word (.doc)' : 'OLE'
		});
	}
	return { format: 'xls', sheets: readSheets(bytes, { withStubs: false }) };
}

/** Names of streams stand in UTF-16 at the start of 128-byte directory entries. */
function hasStream(bytes: Uint8Array, name: string): boolean {
	const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const wanted = Buffer.from(`${name}\0`, 'utf16le');
	for (let at = file.indexOf(wanted); at >= 0; at = file.indexOf(wanted, at + 2)) if (at % 128 === 0) return true;
	return false;
}

/** `withStubs` keeps formulas without a result; only where blank cells were taken out before. */
function readSheets(bytes: Uint8Array, { withStubs }: { withStubs: boolean }): Sheet[] {
	const book = parse(bytes, withStubs);
	const is1904 = book.Workbook?.WBProps?.date1904 === true;
	return book.SheetNames.map((name, index) => {
		const sheet = book.Sheets[name];
		const isHidden = (book.Workbook?.Sheets?.[index]?.Hidden ?? 0) !== 0;
		const rows = sheet ? readRows(sheet, is1904) : [];
		const merges = (sheet?.['!merges'] ?? []).slice(0, MERGES).map(readMerge);
		return { name, ...(isHidden && { hidden: true as const }), rows, merges };
	});
}

function parse(bytes: Uint8Array, withStubs: boolean) {
	try {
		return read(bytes, {
			type: 'array',
			dense: true,
			cellNF: true,
			cellText: false,
			cellHTML: false,
			sheetStubs: withStubs
		});
	} catch (error) {
		const reason = error instanceof Error ? error.message : '';
		throw new Unreadable(
			/password|encryption scheme/i.test(reason) ? 'import.password_protected' : 'import.file_corrupted',
			{
				reason
			}
		);
	}
}

function readMerge(block: { s: { r: number; c: number }; e: { r: number; c: number } }): Merge {
	return { top: block.s.r + 1, left: block.s.c, bottom: block.e.r + 1, right: block.e.c };
}

function readRows(sheet: XlsxSheet, is1904: boolean): Row[] {
	const rows: Row[] = [];
	sheet['!data']?.forEach((cells, index) => {
		const row: Row = { number: index + 1, cells: [] };
		cells?.forEach((cell, column) => {
			const filled = readCell(cell, is1904);
			if (filled) row.cells[column] = filled;
		});
		if (row.cells.length > 0) rows.push(row);
	});
	return rows;
}

/** Excel's errors by their number in the file. */
const ERRORS = new Map<unknown, string>([
	[0x00, '#NULL!'],
	[0x07, '#DIV/0!'],
	[0x0f, '#VALUE!'],
	[0x17, '#REF!'],
	[0x1d, '#NAME?'],
	[0x24, '#NUM!'],
	[0x2a, '#N/A']
]);

function readCell(cell: CellObject | undefined, is1904: boolean): Cell | undefined {
	if (!cell) return undefined;
	const formula = cell.f === undefined ? {} : ({ formula: true } as const);
	if (cell.t === 'e') return { value: null, text: ERRORS.get(cell.v) ?? '#ERR', ...formula, broken: true };
	if (cell.t === 'z')
		return cell.f === undefined ? undefined : { value: null, text: `=${cell.f}`, formula: true, broken: true };
	if (typeof cell.v === 'number') return { ...readNumber(cell.v, cell.z, is1904), ...formula };
	if (typeof cell.v === 'boolean') return { value: cell.v, ...formula };
	if (typeof cell.v !== 'string' || cell.v.trim() === '') return undefined;
	return { value: cell.v, ...formula };
}

/** Days keep how officials write them; other formats matter where a code is a number: 7 shown as "007". */
function readNumber(value: number, format: unknown, is1904: boolean): Cell {
	if (typeof format !== 'string' || format === 'General') return { value };
	const day = isDateFormat(format) ? dayOfSerial(value + (is1904 ? DAYS_1904 : 0)) : null;
	if (day) return { value: day, text: formatDay(day), isDate: true };
	const text = SSF.format(format, value);
	return text === String(value) ? { value } : { value, text };
}

/** A number format that shows a day: it has d or y outside quotes and colour brackets. */
function isDateFormat(format: string): boolean {
	return /[dy]/i.test(format.replace(/"[^"]*"|\\.|\[[^\]]*\]|_./g, ''));
}

/** Old fonts are refused for the whole workbook; a stray cell is left to its row. */
function refuseLegacyText(workbook: Workbook): void {
	const total: Tally = { sound: 0, tcvn3: 0, vni: 0 };
	let first = { sheet: '', row: 0, text: '' };
	for (const sheet of workbook.sheets) {
		for (const row of sheet.rows) {
			for (const cell of row.cells) {
				if (typeof cell?.value !== 'string' || cell.isDate) continue;
				const tally = tallyWords(cell.value);
				total.sound += tally.sound;
				total.tcvn3 += tally.tcvn3;
				total.vni += tally.vni;
				if (first.row === 0 && legacyEncoding(tally)) {
					first = { sheet: sheet.name, row: row.number, text: cell.value.slice(0, 60) };
				}
			}
		}
	}
	const encoding = legacyEncoding(total);
	if (encoding && total.tcvn3 + total.vni > 2) throw new Unreadable('import.legacy_font', { encoding, ...first });
}
