import type { Field, Level, Novelty, Subject } from '#lib/models/model.ts';
import type { Refusal } from '#lib/spreadsheet/refusal.ts';
import { fold, normalise } from '#lib/vietnamese/text.ts';
import { columnLetter, cellText, type Cell } from './workbook.ts';
import { headingKey, type Meaning } from './columns.ts';
import { readDay } from './dates.ts';
import { legacyEncoding, tallyWords } from './legacy-text.ts';
import type { TableRow } from './table.ts';
import { levelOf } from './title.ts';

/** Something the reader changed or noticed; text is the message `import_notice_<code>`. */
export type Notice = { code: string; params: Record<string, string | number> };

/** One registration as the list has it. `row` is Excel's; days are `YYYY-MM-DD`. */
export type ReadRow = {
	sheet: string;
	row: number;
	level: Level | null;
	name: string;
	unitName: string;
	sheetUnitName: string | null;
	field: Field;
	subject: Subject;
	novelty: Novelty;
	registeredOn: string;
	place: string | null;
	note: string | null;
	score: number | null;
	recognised: boolean | null;
	notices: Notice[];
};

export type RowContext = {
	sheet: string;
	columns: ReadonlyMap<Meaning, number>;
	sheetUnitName: string | null;
	/** Stands in for the unit where the list has no column of units. */
	onlyUnitName: string | null;
	year: number;
	today: string;
	asOf: string | null;
	/** Of the title or as given; rows and captions override it. */
	level: Level | null;
};

const NAME_LENGTH = 500;
const TEXT_LENGTH = 300;
const NOTE_LENGTH = 2000;
const VALUE_LENGTH = 120;

/** Reads one row: the registration, or every reason against it. */
export function readRow(row: TableRow, context: RowContext): { row: ReadRow } | { refused: Refusal[] } {
	const desk = openDesk(row, context);
	refuseUnreadableCells(desk);
	const name = readName(desk);
	const unitName = context.columns.has('unit') ? readText(desk, 'unit', TEXT_LENGTH) : context.onlyUnitName;
	if (unitName === null) desk.refuse('unit', 'unit_missing');
	const field = readField(desk);
	const subject = readSubject(desk);
	const novelty = readNovelty(desk);
	const registeredOn = readRegisteredOn(desk);
	const place = readText(desk, 'place', TEXT_LENGTH);
	const note = readText(desk, 'note', NOTE_LENGTH);
	const level = readLevel(desk);
	const score = readScore(desk);
	const recognised = readResult(desk);
	if (desk.refused.length > 0 || !name || !unitName || !field || !subject || !novelty || !registeredOn) {
		return { refused: desk.refused };
	}
	const { sheet, sheetUnitName } = context;
	const facets = { level, field, subject, novelty, registeredOn, place, note, score, recognised };
	return { row: { sheet, row: row.number, name, unitName, sheetUnitName, ...facets, notices: desk.notices } };
}

/** Where a row is read: its cells, and where reasons and notices are put down, one reason a column. */
type Desk = {
	row: TableRow;
	context: RowContext;
	refused: Refusal[];
	notices: Notice[];
	cell(meaning: Meaning): Cell | undefined;
	refuse(meaning: Meaning, code: string, params?: Record<string, string | number>): void;
};

function openDesk(row: TableRow, context: RowContext): Desk {
	const refused: Refusal[] = [];
	const cell = (meaning: Meaning) => row.cells[meaning];
	const refuse = (meaning: Meaning, code: string, params: Record<string, string | number> = {}) => {
		const column = columnLetter(context.columns.get(meaning) ?? 0);
		if (refused.some((one) => one.column === column && context.columns.has(meaning))) return;
		const value = cellText(row.cells[meaning]).slice(0, VALUE_LENGTH);
		refused.push({ sheet: context.sheet, row: row.number, column, code, params, value });
	};
	return { row, context, refused, notices: [], cell, refuse };
}

function refuseUnreadableCells(desk: Desk): void {
	for (const meaning of desk.row.danglingDittos) desk.refuse(meaning, 'ditto_without_above');
	for (const meaning of desk.context.columns.keys()) {
		const cell = desk.cell(meaning);
		if (!cell || meaning === 'number' || meaning === 'note') continue;
		const text = cellText(cell);
		if (cell.broken) desk.refuse(meaning, text.startsWith('=') ? 'formula_without_value' : 'cell_error');
		const tally = tallyWords(text);
		const encoding = tally.tcvn3 + tally.vni > 1 ? legacyEncoding(tally) : null;
		if (encoding) desk.refuse(meaning, 'legacy_font', { encoding });
	}
}

const MARKUP = /<\s*[a-z/!?][^>]*>?/i;

/** The apostrophe that our exports put before = + - @. */
const ESCAPE = /^'(?=[=+\-@])/;

function readName(desk: Desk): string | null {
	const raw = cellText(desk.cell('name'));
	const name = normalise(raw.replace(/\p{Cc}/gu, ' ')).replace(ESCAPE, '');
	if (name === '') desk.refuse('name', 'name_missing');
	else if (MARKUP.test(name)) desk.refuse('name', 'name_markup');
	else if (name.length > NAME_LENGTH) desk.refuse('name', 'name_too_long', { length: name.length, limit: NAME_LENGTH });
	else if (!/\p{L}/u.test(name)) desk.refuse('name', 'name_without_letters');
	if (raw.normalize('NFC') !== raw) desk.notices.push({ code: 'letters_composed', params: {} });
	if (/^\s|\s$|\s\s/.test(raw)) desk.notices.push({ code: 'spaces_squeezed', params: {} });
	if (desk.cell('name')?.formula) desk.notices.push({ code: 'formula_value_used', params: {} });
	return name;
}

function readText(desk: Desk, meaning: 'unit' | 'place' | 'note', limit: number): string | null {
	const text = normalise(cellText(desk.cell(meaning)));
	if (text === '' || /^[-–—.]+$/.test(text)) return null;
	if (text.length > limit) desk.refuse(meaning, 'text_too_long', { length: text.length, limit });
	if (meaning !== 'note' && MARKUP.test(text)) desk.refuse(meaning, 'text_markup');
	return text;
}

const FIELDS: readonly { field: Field; label: string; pattern: RegExp }[] = [
	{ field: 'economy', label: 'Kinh tế', pattern: /^(?:phat trien )?kinh te$|^kt$/ },
	{ field: 'culture_society', label: 'Văn hoá - xã hội', pattern: /^van hoa (?:va )?xa hoi$|^vh ?xh$/ },
	{
		field: 'defence_security',
		label: 'Quốc phòng - an ninh',
		pattern: /^quoc phong (?:va )?an ninh$|^an ninh (?:va )?quoc phong$|^qp ?an$|^anqp$/
	},
	{
		field: 'political_system',
		label: 'Xây dựng hệ thống chính trị',
		pattern:
			/^(?:xay dung )?(?:dang va )?he thong chinh tri$|^(?:xd ?)?htct$|^xay dung dang(?: va| chinh quyen)? he thong chinh tri$/
	}
];

/** The few texts of a column of choices are read once each, not once a row. */
function remembered<T>(read: (text: string) => T): (text: string) => T {
	const known = new Map<string, T>();
	return (text) => {
		const found = known.get(text);
		if (found !== undefined) return found;
		if (known.size > 500) known.clear();
		const value = read(text);
		known.set(text, value);
		return value;
	};
}

const foldOf = remembered(fold);
const levelNamed = remembered(levelOf);

const fieldOf = remembered((text: string) => {
	const words = headingKey(text).replace(/^linh vuc /, '');
	return FIELDS.find(({ pattern }) => pattern.test(words)) ?? null;
});

function readField(desk: Desk): Field | null {
	const text = normalise(cellText(desk.cell('field')));
	if (text === '') {
		const field = groupField(desk.row.groups);
		if (!field) desk.refuse('field', 'field_missing');
		return field;
	}
	const found = fieldOf(text);
	if (!found) {
		desk.refuse('field', 'field_unknown');
		return null;
	}
	if (foldOf(text) !== foldOf(found.label))
		desk.notices.push({ code: 'field_spelling', params: { field: found.label } });
	return found.field;
}

/** The field that a caption names: "II. LĨNH VỰC VĂN HOÁ - XÃ HỘI". */
export function groupField(groups: readonly string[]): Field | null {
	const captions = groups.map((group) => fieldOf(group.replace(/^\s*(?:[IVX]+|[A-ZĐ]|\d+)\s*[.)/:-]\s*/u, '')));
	return captions.findLast((found) => found !== null)?.field ?? null;
}

/** The novelty that a caption names: "II. MÔ HÌNH TIẾP TỤC THỰC HIỆN"; "nông thôn mới" names none. */
export function groupNovelty(groups: readonly string[]): Novelty | null {
	return groups.map(noveltyOf).findLast((found) => found !== null) ?? null;
}

const noveltyOf = remembered((text: string): Novelty | null => {
	const folded = fold(text).replace(/nong thon moi/g, '');
	const isContinuing = /\btiep tuc\b|\bduy tri\b/.test(folded);
	const isNew = /\bmoi\b/.test(folded);
	if (isContinuing === isNew) return null;
	return isNew ? 'new' : 'continuing';
});

type Mark = 'marked' | 'blank' | 'unreadable';

/** Offices tick with x, X, v, ✓, 1; a dash or 0 is none. */
function readMark(cell: Cell | undefined): Mark {
	if (cell?.value === true) return 'marked';
	const text = normalise(cellText(cell)).toLowerCase();
	if (/^[x×v✓✔☑√1+]$/.test(text)) return 'marked';
	return text === '' || /^[-–—0.]$/.test(text) || cell?.value === false ? 'blank' : 'unreadable';
}

/** The one that is marked of two columns. Refuses both, and signs that are no marks; null when neither is. */
function readPair(desk: Desk, [first, second]: readonly [Meaning, Meaning], both: string): 0 | 1 | null {
	const marks = [readMark(desk.cell(first)), readMark(desk.cell(second))];
	if (marks[0] === 'unreadable') desk.refuse(first, 'mark_unreadable');
	if (marks[1] === 'unreadable') desk.refuse(second, 'mark_unreadable');
	if (marks[0] === 'marked' && marks[1] === 'marked') desk.refuse(first, both);
	if (marks[0] === 'marked') return 0;
	return marks[1] === 'marked' ? 1 : null;
}

function readSubject(desk: Desk): Subject | null {
	const text = foldOf(cellText(desk.cell('subject')));
	if (text !== '') {
		const isCollective = /\btap the\b/.test(text);
		if (isCollective === /\bca nhan\b/.test(text)) desk.refuse('subject', 'subject_unknown');
		return isCollective ? 'collective' : 'individual';
	}
	const marked = readPair(desk, ['subject_collective', 'subject_individual'], 'subject_both');
	if (marked === null)
		desk.refuse(desk.context.columns.has('subject') ? 'subject' : 'subject_collective', 'subject_missing');
	return marked === 1 ? 'individual' : 'collective';
}

function readNovelty(desk: Desk): Novelty | null {
	const caption = groupNovelty(desk.row.groups);
	const text = normalise(cellText(desk.cell('novelty')));
	const marked = readPair(desk, ['novelty_new', 'novelty_continuing'], 'novelty_both');
	const own = text !== '' ? noveltyOf(text) : marked === null ? null : marked === 0 ? 'new' : 'continuing';
	if (text !== '' && own === null) desk.refuse('novelty', 'novelty_unknown');
	if (own && caption && own !== caption) desk.notices.push({ code: 'novelty_differs_from_caption', params: {} });
	if (!own && !caption) desk.refuse(desk.context.columns.has('novelty') ? 'novelty' : 'novelty_new', 'novelty_missing');
	return own ?? caption;
}

/**
 * A list of a year holds registrations of that year; those from October on of the year before are taken too, since
 * offices collect them early (the yearly plan is made in December).
 */
function readRegisteredOn(desk: Desk): string | null {
	const { year, today, asOf } = desk.context;
	const reading = readDay(desk.cell('registered_on'));
	if ('refused' in reading) {
		desk.refuse('registered_on', reading.refused);
		return null;
	}
	const { day } = reading;
	const isEarly = day >= `${year - 1}-10-01` && day < `${year}-01-01`;
	if (day > today) desk.refuse('registered_on', 'date_in_future');
	else if (!day.startsWith(`${year}-`) && !isEarly) desk.refuse('registered_on', 'date_other_year', { year });
	if (isEarly) desk.notices.push({ code: 'registered_year_before', params: {} });
	if (asOf && day > asOf) desk.notices.push({ code: 'registered_after_cutoff', params: { day: asOf } });
	return day;
}

function readLevel(desk: Desk): Level | null {
	const text = cellText(desk.cell('level'));
	if (text.trim() !== '') {
		const level = levelNamed(text) ?? levelNamed(`cấp ${text}`);
		if (!level) desk.refuse('level', 'level_unknown');
		return level;
	}
	return desk.row.groups.map(levelNamed).findLast((level) => level !== null) ?? desk.context.level;
}

function readScore(desk: Desk): number | null {
	const text = cellText(desk.cell('score')).trim();
	if (text === '') return null;
	const value = desk.cell('score')?.value;
	const score =
		typeof value === 'number' ? value : /^\d{1,3}(?:[.,]\d+)?$/.test(text) ? Number(text.replace(',', '.')) : NaN;
	if (!(score >= 0 && score <= 100)) desk.refuse('score', 'score_unreadable');
	return score;
}

function readResult(desk: Desk): boolean | null {
	const text = foldOf(cellText(desk.cell('result')));
	if (text === '' || text === '-') return null;
	if (/^(?:khong|chua)\b/.test(text)) return false;
	if (!/^(?:duoc )?cong nhan$|^dat$|^x$/.test(text)) desk.refuse('result', 'result_unreadable');
	return true;
}
