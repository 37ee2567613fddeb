import { fold, normalise } from '#lib/vietnamese/text.ts';
import { matchHeading, type Meaning, type Vocabulary } from './columns.ts';
import { readTitle, type Title } from './title.ts';
import { cellText, type Cell, type Merge, type Row, type Sheet } from './workbook.ts';

/** A row of a table; cells by meaning, ditto marks and merged cells already resolved. `groups` are the captions over it. */
export type TableRow = {
	number: number;
	cells: Partial<Record<Meaning, Cell>>;
	groups: readonly string[];
	/** Columns whose ditto mark has nothing above to repeat. */
	danglingDittos: readonly Meaning[];
};

/** The table of a sheet. `headings` are as the office wrote them, for the preview's correction by hand. */
export type Table = {
	headerRow: number;
	columns: ReadonlyMap<Meaning, number>;
	headings: { column: number; text: string; meaning: Meaning | null }[];
	title: Title;
	rows: TableRow[];
	declaredTotal: number | null;
};

export type TableOptions = {
	vocabulary: Vocabulary;
	/** A row without all of these is no data row, unless it is numbered. */
	keys: readonly Meaning[];
	mapping?: Readonly<Record<number, Meaning | null>> | undefined;
};

/** Rows searched for the headings; titles are never longer. */
const HEADER_WITHIN = 40;

/**
 * Finds the table of a sheet by its headings. `columns` lacks the name when no row has two headings that are known;
 * null for a sheet without any row of three cells.
 */
export function findTable(sheet: Sheet, options: TableOptions): Table | null {
	const header = findHeader(sheet, options);
	if (!header) return null;
	const above = sheet.rows.slice(0, header.index).flatMap((row) => row.cells.map((cell) => cellText(cell)));
	const title = readTitle(above.filter((text) => text !== ''));
	const columns = new Map<Meaning, number>();
	for (const { column, meaning } of header.headings) if (meaning) columns.set(meaning, column);
	const body = readBody({ sheet, rows: sheet.rows.slice(header.index + header.height), columns, keys: options.keys });
	return { headerRow: header.rowNumber, columns, headings: header.headings, title, ...body };
}

type Heading = { column: number; text: string; meaning: Meaning | null; strength: number };
type Header = { index: number; height: number; rowNumber: number; headings: Heading[] };

/** The row that names most columns, the name among them; else the first wide row, for the reader to name by hand. */
function findHeader(sheet: Sheet, { vocabulary, mapping }: TableOptions): Header | null {
	let best: Header | null = null;
	let most = 1;
	for (const [index, row] of sheet.rows.slice(0, HEADER_WITHIN).entries()) {
		const next = sheet.rows[index + 1];
		const alone = nameColumns({ row, under: undefined, merges: sheet.merges, vocabulary });
		if (!alone.some((heading) => heading.meaning === 'name')) continue;
		const under = next && isSubHeader(row, next, vocabulary) ? next : undefined;
		const headings = under ? nameColumns({ row, under, merges: sheet.merges, vocabulary }) : alone;
		const known = headings.filter((heading) => heading.meaning).length;
		if (known <= most) continue;
		most = known;
		best = { index, height: under ? 2 : 1, rowNumber: row.number, headings };
	}
	const header = best ?? firstWideRow(sheet, vocabulary);
	if (header && mapping) header.headings = applyMapping(header.headings, mapping);
	if (header && isColumnNumbers(sheet.rows[header.index + header.height])) header.height++;
	return header;
}

function firstWideRow(sheet: Sheet, vocabulary: Vocabulary): Header | null {
	const index = sheet.rows.findIndex((row) => row.cells.filter((cell) => cell !== undefined).length >= 3);
	const row = sheet.rows[index];
	if (!row) return null;
	const headings = nameColumns({ row, under: undefined, merges: sheet.merges, vocabulary });
	return { index, height: 1, rowNumber: row.number, headings };
}

/** The second row of a header stands right under it, leaves the name's column free, and is known for the most part. */
function isSubHeader(row: Row, next: Row, vocabulary: Vocabulary): boolean {
	if (next.number !== row.number + 1) return false;
	const name = row.cells.findIndex((cell) => matchHeading(cellText(cell), vocabulary)?.meaning === 'name');
	if (name >= 0 && next.cells[name]) return false;
	const texts = next.cells.map((cell) => cellText(cell)).filter((text) => text !== '');
	const known = texts.filter((text) => matchHeading(text, vocabulary));
	return known.length >= 2 && known.length * 2 > texts.length;
}

function nameColumns(header: { row: Row; under: Row | undefined; merges: readonly Merge[]; vocabulary: Vocabulary }) {
	const { row, under, merges, vocabulary } = header;
	const width = Math.max(row.cells.length, under?.cells.length ?? 0);
	const headings: Heading[] = [];
	for (let column = 0; column < width; column++) {
		const block = merges.find((one) => one.top === row.number && one.left <= column && one.right >= column);
		const top = normalise(cellText(row.cells[column] ?? row.cells[block?.left ?? column]));
		const sub = normalise(cellText(under?.cells[column]));
		const text = [top, sub].filter((part) => part !== '').join(' – ');
		if (text === '') continue;
		const match = (sub === '' ? null : matchHeading(sub, vocabulary)) ?? matchHeading(text, vocabulary);
		headings.push({ column, text, meaning: match?.meaning ?? null, strength: match?.strength ?? 0 });
	}
	return withoutRivals(headings);
}

/** One column for each meaning: the surest heading, then the leftmost. */
function withoutRivals(headings: Heading[]): Heading[] {
	return headings.map((heading) => {
		const isBeaten = headings.some(
			(other) =>
				other !== heading &&
				other.meaning === heading.meaning &&
				(other.strength > heading.strength || (other.strength === heading.strength && other.column < heading.column))
		);
		return isBeaten ? { ...heading, meaning: null } : heading;
	});
}

function applyMapping(headings: Heading[], mapping: Readonly<Record<number, Meaning | null>>): Heading[] {
	const given = new Set(Object.values(mapping));
	const kept = headings.map((heading) => {
		const meaning = mapping[heading.column];
		if (meaning !== undefined) return { ...heading, meaning };
		return given.has(heading.meaning) ? { ...heading, meaning: null } : heading;
	});
	const missing = Object.entries(mapping).filter(([column]) => !kept.some((one) => one.column === Number(column)));
	return [...kept, ...missing.map(([column, meaning]) => ({ column: Number(column), text: '', meaning, strength: 0 }))];
}

/** "(1) (2) (3)" or "A B 1 2" under the headings. */
function isColumnNumbers(row: Row | undefined): boolean {
	const texts = row?.cells.map((cell) => cellText(cell).trim()).filter((text) => text !== '') ?? [];
	return texts.length >= 3 && texts.every((text) => /^(?:\(?\d{1,2}\)?|[A-D])$/.test(text));
}

type Body = { sheet: Sheet; rows: Row[]; columns: ReadonlyMap<Meaning, number>; keys: readonly Meaning[] };

function readBody({ sheet, rows, columns, keys }: Body) {
	const result: { rows: TableRow[]; declaredTotal: number | null } = { rows: [], declaredTotal: null };
	const filled = fillDown(sheet, columns);
	const above: Partial<Record<Meaning, Cell>> = {};
	let groups: Group[] = [];
	let isAfterTotal = false;
	for (const row of rows) {
		const cells = cellsByMeaning(row, columns, filled.get(row.number));
		const kind = kindOfRow({ row, cells, keys, isAfterTotal, merges: sheet.merges });
		if (kind === 'signature') break;
		if (kind === 'total') {
			result.declaredTotal = readTotal(row) ?? result.declaredTotal;
			isAfterTotal = true;
		} else if (kind === 'caption') {
			groups = enterGroup(groups, texts(row).join('. '));
		} else if (kind === 'data') {
			const danglingDittos = resolveDittos(cells, above);
			for (const meaning of columns.keys()) above[meaning] = cells[meaning];
			result.rows.push({ number: row.number, cells, groups: groups.map((group) => group.text), danglingDittos });
		}
	}
	return result;
}

function cellsByMeaning(row: Row, columns: ReadonlyMap<Meaning, number>, filled?: ReadonlyMap<number, Cell>) {
	const cells: Partial<Record<Meaning, Cell>> = {};
	for (const [meaning, column] of columns) {
		const cell = row.cells[column] ?? filled?.get(column);
		if (cell) cells[meaning] = cell;
	}
	return cells;
}

/** Most cells that merged blocks may fill; a real list has some hundred. */
const FILLED_CELLS = 200_000;

/** Row → column → cell, for cells in a block merged downwards, which take the value of its first row. */
function fillDown(sheet: Sheet, columns: ReadonlyMap<Meaning, number>): Map<number, Map<number, Cell>> {
	const rows = new Map(sheet.rows.map((row) => [row.number, row]));
	const last = sheet.rows.at(-1)?.number ?? 0;
	const mapped = new Set(columns.values());
	const filled = new Map<number, Map<number, Cell>>();
	let room = FILLED_CELLS;
	for (const { top, left, bottom, right } of sheet.merges) {
		const cell = rows.get(top)?.cells[left];
		if (!cell || left !== right || !mapped.has(left)) continue;
		for (let number = top + 1; number <= Math.min(bottom, last) && room > 0; number++, room--) {
			const row = filled.get(number) ?? new Map<number, Cell>();
			filled.set(number, row.set(left, cell));
		}
	}
	return filled;
}

type RowContext = {
	row: Row;
	cells: Partial<Record<Meaning, Cell>>;
	keys: readonly Meaning[];
	isAfterTotal: boolean;
	merges: readonly Merge[];
};

/**
 * Data is numbered, or has two of the columns that make a record, or a name that no caption looks like; after the
 * totals row only what is numbered and has two. What is left over after the table is signature and notes.
 */
function kindOfRow(context: RowContext): 'data' | 'caption' | 'total' | 'signature' | 'other' {
	const { row, cells, keys, isAfterTotal } = context;
	const [first = ''] = texts(row);
	const number = cellText(cells.number).trim();
	const isNumbered = /^\d{1,6}[.)]?$/.test(number);
	const filled = keys.filter((key) => cellText(cells[key]).trim() !== '');
	if (isTotal(first) && !filled.some((key) => !isNumeric(cells[key]) && cellText(cells[key]).trim() !== first))
		return 'total';
	if (isAfterTotal) return isNumbered && filled.length >= 2 ? 'data' : isSignature(first) ? 'signature' : 'other';
	if (/^(?:[IVX]+|[A-ZĐ])[.)]?$/.test(number) && filled.length <= 1) return 'caption';
	if (filled.length >= 2 || (isNumbered && Object.keys(cells).length > 1)) return 'data';
	if (isSignature(first)) return 'signature';
	return filled.includes('name') && !looksLikeCaption(context) ? 'data' : 'caption';
}

function looksLikeCaption({ row, cells, merges }: RowContext): boolean {
	const text = normalise(cellText(cells.name));
	if (texts(row).length > 1) return false;
	const isWide = merges.some((block) => block.top === row.number && block.right - block.left >= 2);
	return isWide || CAPTION_MARK.test(text) || text === text.toUpperCase();
}

function isNumeric(cell: Cell | undefined): boolean {
	return typeof cell?.value === 'number' || /^\d[\d.]*$/.test(cellText(cell).trim());
}

const DITTO = /^[-–—.\s]*(?:nt|n\s*\/?\s*t|như trên)[-–—.\s]*$|^(?:["“”″〃'’]{1,2}|,,|-["”″]-)$/iu;

/** Puts the cell above in place of each ditto mark; returns the columns where nothing stands above. */
function resolveDittos(cells: Partial<Record<Meaning, Cell>>, above: Partial<Record<Meaning, Cell>>): Meaning[] {
	const dangling: Meaning[] = [];
	for (const meaning of meaningsOf(cells)) {
		if (meaning === 'number' || meaning === 'note' || !DITTO.test(normalise(cellText(cells[meaning])))) continue;
		const repeated = above[meaning];
		if (repeated) cells[meaning] = repeated;
		else dangling.push(meaning);
	}
	return dangling;
}

function meaningsOf(cells: Partial<Record<Meaning, Cell>>): Meaning[] {
	const meanings: Meaning[] = [];
	for (const key in cells) if (isMeaning(key, cells)) meanings.push(key);
	return meanings;
}

function isMeaning(key: string, cells: Partial<Record<Meaning, Cell>>): key is Meaning {
	return key in cells;
}

function texts(row: Row): string[] {
	return row.cells.map((cell) => normalise(cellText(cell))).filter((text) => text !== '');
}

const TOTAL = /^(?:tong cong|tong so|cong|tong)\s*(?:\(?[ivx\d+\s]*\)?)?\s*(?:[:=].*|\d[\d.]*.*)?$/;

function isTotal(text: string): boolean {
	return TOTAL.test(fold(text)) || /^tong (?:cong|so)\b/.test(fold(text));
}

/** The number of a totals row, in a cell of its own or in the words: "Tổng cộng: 7.736 mô hình". */
function readTotal(row: Row): number | null {
	const inCell = row.cells.find((cell) => typeof cell?.value === 'number')?.value;
	if (typeof inCell === 'number') return inCell;
	const words = row.cells.map((cell) => cellText(cell)).join(' ');
	const digits = /\d{1,3}(?:\.\d{3})+|\d+/.exec(words)?.[0];
	return digits === undefined ? null : Number(digits.replaceAll('.', ''));
}

const SIGNATURE =
	/^(?:noi nhan|t\/?m\b|k\/?t\b|tl\b|tuq\b|nguoi lap|xac nhan|thu truong|bi thu|pho bi thu|chu tich|.{1,40}, nga[iy] [\d.…])/;

/** The block of the signature and the recipients closes the list. */
function isSignature(text: string): boolean {
	return SIGNATURE.test(fold(text));
}

type Group = { rank: number; text: string };

const CAPTION_MARK = /^([A-Za-zĐđ]+|\d+)\s*[.)/:-]\s*\S/u;

/** Captions nest by their numbering: A > I > 1 > a; one without a number stands as high as I. */
function enterGroup(groups: readonly Group[], text: string): Group[] {
	if (text === '') return [...groups];
	const rank = rankOf(CAPTION_MARK.exec(text)?.[1] ?? '');
	return [...groups.filter((group) => group.rank < rank), { rank, text }];
}

function rankOf(mark: string): number {
	if (/^[IVX]+$/.test(mark)) return 2;
	if (/^[A-ZĐ]$/.test(mark)) return 1;
	if (/^\d+$/.test(mark)) return 3;
	return /^[a-zđ]$/.test(mark) ? 4 : 2;
}
