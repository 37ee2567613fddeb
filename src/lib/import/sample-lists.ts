import { utils, write, type CellObject, type WorkSheet } from '@e965/xlsx';
import type { Field, Novelty, Subject } from '#lib/models/model.ts';
import { harmless } from '#lib/spreadsheet/table.ts';
import { formatDay, formatDayLong, twoDigits } from '#lib/vietnamese/format.ts';

/** A registration to be put on a list. */
export type ListedRegistration = {
	name: string;
	unitName: string;
	field: Field;
	subject: Subject;
	novelty: Novelty;
	/** `YYYY-MM-DD` */
	registeredOn: string;
	place: string | null;
	/** Stands in the first group, "MÔ HÌNH CẤP …". */
	isOfOffice: boolean;
};

export type ListHead = {
	office: string;
	superior: string;
	place: string;
	year: number;
	/** `YYYY-MM-DD`, the cut-off in the title. */
	asOf: string;
	/** Same seed, same file. */
	seed: number;
};

const FIELD_NAMES: Readonly<Record<Field, string>> = {
	economy: 'Kinh tế',
	culture_society: 'Văn hoá - xã hội',
	defence_security: 'Quốc phòng - an ninh',
	political_system: 'Xây dựng hệ thống chính trị'
};

const WIDTH = 11;
const DITTOS = ['nt', '-nt-', 'như trên', '"'] as const;

/**
 * An .xlsx as offices keep their lists: letterhead and title rows, a merged header of two rows, groups, "x" columns,
 * ditto marks for repeated units, four ways of writing a day, a totals row, a signature block.
 */
export function writeRegistrationList(rows: readonly ListedRegistration[], head: ListHead): Uint8Array {
	const random = randomNumbers(head.seed);
	const lines: CellObject[][] = [...letterhead(head), ...header()];
	const merges = ['A1:E1', 'F1:K1', 'A2:E2', 'F2:K2', 'F3:K3', 'A5:K5', 'A6:K6', 'A7:K7', 'E9:F9', 'G9:H9'];
	for (const column of 'ABCDIJK') merges.push(`${column}9:${column}10`);
	for (const [index, group] of groups(rows, head.office).entries()) {
		merges.push(`A${lines.length + 1}:K${lines.length + 1}`);
		lines.push([text(`${['I', 'II', 'III'][index]}. ${group.caption}`)]);
		let above = '';
		for (const [place, row] of group.rows.entries()) {
			const isRepeated = row.unitName === above && random() < 0.6;
			const unit = isRepeated ? (DITTOS[Math.floor(random() * DITTOS.length)] ?? 'nt') : row.unitName;
			lines.push(line(row, { number: place + 1, unit, random }));
			above = row.unitName;
		}
	}
	lines.push([text('Tổng cộng'), text(''), number(rows.length)], []);
	lines.push([...blanks(7), text('T/M BAN THƯỜNG VỤ')], [...blanks(7), text('PHÓ BÍ THƯ')]);
	return toWorkbook({ 'Dang ky': sheetOf(lines, merges) });
}

function letterhead({ office, superior, place, year, asOf }: ListHead): CellObject[][] {
	return [
		[text(superior.toUpperCase()), ...blanks(4), text('ĐẢNG CỘNG SẢN VIỆT NAM')],
		[text(office.toUpperCase())],
		[text('*'), ...blanks(4), text(`${place}, ${formatDayLong(asOf)}`)],
		[],
		[text('DANH SÁCH')],
		[text(`ĐĂNG KÝ MÔ HÌNH “DÂN VẬN KHÉO” NĂM ${year}`)],
		[text(`(Số liệu tính đến hết ngày ${formatDay(asOf)})`)],
		[]
	];
}

function header(): CellObject[][] {
	const top = 'STT,Tên mô hình,Đơn vị thực hiện,Lĩnh vực,Chủ thể,,Loại đăng ký,,Địa bàn,Thời gian đăng ký,Ghi chú';
	return [top.split(',').map(text), [...blanks(4), ...['Tập thể', 'Cá nhân', 'Mới', 'Tiếp tục'].map(text)]];
}

function groups(rows: readonly ListedRegistration[], office: string) {
	const level = office.toUpperCase().split(/ CƠ QUAN| CÁC CƠ QUAN/)[0] ?? '';
	const others = rows.filter((row) => !row.isOfOffice);
	return [
		{ caption: `MÔ HÌNH CẤP ${level}`, rows: rows.filter((row) => row.isOfOffice) },
		{ caption: 'MÔ HÌNH TIẾP TỤC THỰC HIỆN', rows: others.filter((row) => row.novelty === 'continuing') },
		{ caption: 'MÔ HÌNH ĐĂNG KÝ MỚI', rows: others.filter((row) => row.novelty === 'new') }
	];
}

type Line = { number: number; unit: string; random: () => number };

function line(row: ListedRegistration, { number: place, unit, random }: Line): CellObject[] {
	const mark = (isMarked: boolean) => text(isMarked ? 'x' : '');
	return [
		number(place),
		text(row.name),
		text(unit),
		text(FIELD_NAMES[row.field]),
		mark(row.subject === 'collective'),
		mark(row.subject === 'individual'),
		mark(row.novelty === 'new'),
		mark(row.novelty === 'continuing'),
		text(row.place ?? ''),
		dayCell(row.registeredOn, Math.floor(random() * 4))
	];
}

/** The four ways: a date cell, 05/03/2024, 5/3/2024, 05.03.2024. */
function dayCell(day: string, way: number): CellObject {
	const [year = '', month = '', date = ''] = day.split('-');
	if (way === 0) return { t: 'n', v: Date.parse(`${day}T00:00:00Z`) / 86_400_000 + 25_569, z: 'dd/mm/yyyy' };
	if (way === 1) return text(`${date}/${month}/${year}`);
	return text(way === 2 ? `${Number(date)}/${Number(month)}/${year}` : `${twoDigits(Number(date))}.${month}.${year}`);
}

function text(value: string): CellObject {
	return value === '' ? { t: 'z' } : { t: 's', v: value === '"' || value === '-nt-' ? value : harmless(value) };
}

function number(value: number): CellObject {
	return { t: 'n', v: value };
}

function blanks(count: number): CellObject[] {
	return Array.from({ length: count }, () => text(''));
}

function sheetOf(lines: readonly CellObject[][], merges: readonly string[]): WorkSheet {
	const sheet: WorkSheet = { '!ref': `A1:${utils.encode_col(WIDTH - 1)}${lines.length}` };
	for (const [row, cells] of lines.entries()) {
		for (const [column, cell] of cells.entries()) {
			if (cell.t !== 'z') sheet[utils.encode_cell({ r: row, c: column })] = cell;
		}
	}
	sheet['!merges'] = merges.map((block) => utils.decode_range(block));
	return sheet;
}

function toWorkbook(sheets: Record<string, WorkSheet>): Uint8Array {
	const book = utils.book_new();
	for (const [name, sheet] of Object.entries(sheets)) utils.book_append_sheet(book, sheet, name);
	return new Uint8Array(write(book, { type: 'array', bookType: 'xlsx', compression: true }));
}

/** Mulberry32: small, seeded, the same everywhere. */
function randomNumbers(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}
