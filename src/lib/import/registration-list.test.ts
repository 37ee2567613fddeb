import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readRegistrations } from './registration-list.ts';
import { readSample } from './sample-files.ts';
import { writeRegistrationList, type ListedRegistration } from './sample-lists.ts';
import { readWorkbook } from './workbook.server.ts';
import type { Cell, Merge, Row, Workbook } from './workbook.ts';

const TODAY = '2024-06-30';
const options = { year: 2024, today: TODAY };

type Value = string | number | null | Cell;

/** A workbook of sheets given as rows of values. */
function workbook(sheets: Record<string, Value[][]>, merges: Merge[] = []): Workbook {
	const cell = (value: Value): Cell | undefined => {
		if (value === null || value === '') return undefined;
		return typeof value === 'object' ? value : { value };
	};
	const row = (values: Value[], index: number): Row => ({ number: index + 1, cells: values.map(cell) });
	return {
		format: 'xlsx',
		sheets: Object.entries(sheets).map(([name, rows]) => ({
			name,
			rows: rows.map(row).filter((one) => one.cells.some((each) => each)),
			merges
		}))
	};
}

const HEADINGS = ['STT', 'Tên mô hình', 'Đơn vị', 'Lĩnh vực', 'Tập thể', 'Cá nhân', 'Mới', 'Tiếp tục', 'Ngày đăng ký'];
const GOOD = ['1', 'Bếp ăn nghĩa tình', 'Sở Y tế', 'Kinh tế', 'x', null, 'x', null, '05/3/2024'] satisfies Value[];

/** A good row with some cells changed, by heading. */
function list(changes: Record<string, Value>, more: Value[][] = []): Workbook {
	const row = HEADINGS.map((heading, index) =>
		heading in changes ? (changes[heading] ?? null) : (GOOD[index] ?? null)
	);
	return workbook({ Sheet1: [HEADINGS, row, ...more] });
}

function codes(book: Workbook): string[] {
	return readRegistrations(book, options).refused.map((refusal) => `${refusal.column} ${refusal.code}`);
}

describe('a row is refused with its column and its reason', () => {
	test.for<[Record<string, Value>, string]>([
		[{ 'Tên mô hình': '' }, 'B name_missing'],
		[{ 'Tên mô hình': '<b>Mô hình</b>' }, 'B name_markup'],
		[{ 'Tên mô hình': 'a'.repeat(501) }, 'B name_too_long'],
		[{ 'Tên mô hình': '12/5' }, 'B name_without_letters'],
		[{ 'Tên mô hình': { value: null, text: '=A1', formula: true, broken: true } }, 'B formula_without_value'],
		[{ 'Tên mô hình': { value: null, text: '#REF!', broken: true } }, 'B cell_error'],
		[{ 'Tên mô hình': 'BÕp ¨n nghÜa t×nh' }, 'B legacy_font'],
		[{ 'Đơn vị': null }, 'C unit_missing'],
		[{ 'Đơn vị': 'nt' }, 'C ditto_without_above'],
		[{ 'Lĩnh vực': null }, 'D field_missing'],
		[{ 'Lĩnh vực': 'Thể thao điện tử' }, 'D field_unknown'],
		[{ 'Cá nhân': 'X' }, 'E subject_both'],
		[{ 'Tập thể': null }, 'E subject_missing'],
		[{ 'Tập thể': 'Tổ 1' }, 'E mark_unreadable'],
		[{ 'Tiếp tục': '✓' }, 'G novelty_both'],
		[{ Mới: '-' }, 'G novelty_missing'],
		[{ 'Ngày đăng ký': null }, 'I date_missing'],
		[{ 'Ngày đăng ký': '31/02/2024' }, 'I date_impossible'],
		[{ 'Ngày đăng ký': '01/01/2099' }, 'I date_in_future'],
		[{ 'Ngày đăng ký': 'tháng 3/2024' }, 'I date_without_day'],
		[{ 'Ngày đăng ký': 2024 }, 'I date_without_day'],
		[{ 'Ngày đăng ký': '5/3/24' }, 'I date_unreadable'],
		[{ 'Ngày đăng ký': '05/3/2023' }, 'I date_other_year']
	])('%j → %s', ([changes, code]) => {
		expect(codes(list(changes))).toEqual([code]);
	});

	test('with all its reasons, and without a row being lost', () => {
		const result = readRegistrations(list({ 'Lĩnh vực': '?', 'Ngày đăng ký': '?', Mới: null }), options);
		expect(result.refused.map((refusal) => refusal.code)).toEqual([
			'field_unknown',
			'novelty_missing',
			'date_unreadable'
		]);
		expect(result).toMatchObject({ readCount: 1, rows: [] });
		expect(result.refused[0]).toMatchObject({ sheet: 'Sheet1', row: 2, column: 'D', value: '?' });
	});

	test('a list without a column is refused once; a workbook without a list too', () => {
		expect(
			codes(
				workbook({
					A: [
						['Tên mô hình', 'Đơn vị', 'Ngày đăng ký'],
						['Bếp ăn', 'Sở Y tế', '5/3/2024']
					]
				})
			)
		).toEqual(['A no_column_field', 'A no_column_subject', 'A no_column_novelty']);
		expect(codes(workbook({ A: [['x', 'y', 'z']], B: [['1']] }))).toEqual(['A no_table', 'A no_table']);
	});
});

describe('what offices write is understood', () => {
	test.for(['05/3/2024', '5/3/2024', '05.03.2024', '5-3-2024', 'ngày 05 tháng 3 năm 2024', '2024-03-05', 45_356])(
		'the day %s',
		(day) => {
			expect(readRegistrations(list({ 'Ngày đăng ký': day }), options).rows[0]?.registeredOn).toBe('2024-03-05');
		}
	);

	test('every day that exists, in each form, and no other', () => {
		const numbers = fc.record({ date: fc.integer({ min: 1, max: 31 }), month: fc.integer({ min: 1, max: 6 }) });
		fc.assert(
			fc.property(numbers, fc.constantFrom('/', '.', '-'), ({ date, month }, mark) => {
				const result = readRegistrations(list({ 'Ngày đăng ký': [date, month, 2024].join(mark) }), options);
				const isReal = date <= new Date(Date.UTC(2024, month, 0)).getUTCDate();
				const day = `2024-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`;
				expect(result.rows.map((row) => row.registeredOn)).toEqual(isReal ? [day] : []);
			})
		);
	});

	test.for(['x', 'X', 'v', '✓', 1, { value: true }])('the mark %j', (mark) => {
		expect(readRegistrations(list({ 'Tập thể': mark }), options).rows[0]?.subject).toBe('collective');
	});

	test('spaces, decomposed letters and spellings are put right, and said', () => {
		const name = '  Bếp ăn  nghĩa tình '.normalize('NFD');
		const [row] = readRegistrations(list({ 'Tên mô hình': name, 'Lĩnh vực': 'Văn hóa xã hội' }), options).rows;
		expect(row).toMatchObject({ name: 'Bếp ăn nghĩa tình', field: 'culture_society' });
		expect(row?.notices.map((notice) => notice.code)).toEqual([
			'letters_composed',
			'spaces_squeezed',
			'field_spelling'
		]);
	});

	test('registrations from October of the year before are early, not wrong', () => {
		const [row] = readRegistrations(list({ 'Ngày đăng ký': '15/12/2023' }), options).rows;
		expect(row?.notices.map((notice) => notice.code)).toEqual(['registered_year_before']);
	});

	test('captions give level, novelty and field; captions with a number of their own are no rows', () => {
		const short = ['STT', 'Tên mô hình', 'Đơn vị', 'Tập thể', 'Cá nhân', 'Ngày đăng ký'];
		const row = (name: string) => ['1', name, 'Sở Y tế', 'x', null, '5/3/2024'];
		const { rows } = readRegistrations(
			workbook({
				Sheet1: [
					short,
					['A. CẤP TỈNH'],
					['I', 'Mô hình tiếp tục thực hiện'],
					['1. Lĩnh vực kinh tế'],
					row('Một'),
					['2. Lĩnh vực quốc phòng - an ninh'],
					row('Hai'),
					['B. CẤP CƠ SỞ'],
					['I. Mô hình đăng ký mới'],
					['1. Xây dựng hệ thống chính trị'],
					row('Ba')
				]
			}),
			options
		);
		expect(rows.map(({ name, level, novelty, field }) => [name, level, novelty, field])).toEqual([
			['Một', 'province', 'continuing', 'economy'],
			['Hai', 'province', 'continuing', 'defence_security'],
			['Ba', 'base', 'new', 'political_system']
		]);
	});

	test('cells merged downwards and ditto marks repeat what stands above', () => {
		const rows: Value[][] = [HEADINGS, GOOD, GOOD, GOOD, GOOD].map((row) => [...row]);
		const set = (row: number, column: number, value: Value) => rows[row]?.splice(column, 1, value);
		set(2, 2, '-nt-');
		set(2, 3, '"');
		set(3, 2, null);
		set(4, 2, null);
		const merged = [{ top: 3, left: 2, bottom: 5, right: 2 }];
		const { rows: read, refused } = readRegistrations(workbook({ Sheet1: rows }, merged), options);
		expect(refused).toEqual([]);
		expect(read.map((row) => [row.unitName, row.field])).toEqual(Array(4).fill(['Sở Y tế', 'economy']));
	});

	test('a mapping by hand overrides the guess, and hidden sheets are left out', () => {
		const book = workbook({
			Sheet1: [
				['A', 'B', ...HEADINGS.slice(3)],
				['Bếp ăn', ...GOOD.slice(2)]
			]
		});
		const mapping = { Sheet1: { 0: 'name', 1: 'unit' } } as const;
		expect(readRegistrations(book, options).rows).toEqual([]);
		expect(readRegistrations(book, { ...options, mapping }).rows).toMatchObject([
			{ name: 'Bếp ăn', unitName: 'Sở Y tế' }
		]);
		const hidden = { ...book, sheets: book.sheets.map((sheet) => ({ ...sheet, hidden: true as const })) };
		expect(readRegistrations(hidden, { ...options, mapping }).sheets).toMatchObject([{ state: 'hidden' }]);
	});
});

test('a list as offices keep it comes back as it was written', async () => {
	const rows = Array.from({ length: 90 }, (_, index): ListedRegistration => {
		const day = `2024-0${(index % 6) + 1}-${String((index % 15) + 1).padStart(2, '0')}`;
		return {
			name: index === 5 ? '=HYPERLINK("x")' : `Mô hình số ${index}`,
			unitName: `Đảng bộ Sở ${Math.floor(index / 3)}`,
			field: (['economy', 'culture_society', 'defence_security', 'political_system'] as const)[index % 4] ?? 'economy',
			subject: index % 5 === 0 ? 'individual' : 'collective',
			novelty: index % 2 === 0 ? 'new' : 'continuing',
			registeredOn: day,
			place: index % 3 === 0 ? 'xã Đại Lịch' : null,
			isOfOffice: index < 2
		};
	});
	const head = { superior: 'Tỉnh uỷ Yên Bái', office: 'Đảng uỷ Khối cơ quan và doanh nghiệp', place: 'Yên Bái' };
	const bytes = writeRegistrationList(rows, { ...head, year: 2024, asOf: '2024-06-15', seed: 7 });
	expect(writeRegistrationList(rows, { ...head, year: 2024, asOf: '2024-06-15', seed: 7 })).toEqual(bytes);
	const result = readRegistrations(await readWorkbook(bytes, 'a.xlsx'), options);
	expect(result.refused).toEqual([]);
	expect(result).toMatchObject({ declaredTotal: 90, readCount: 90 });
	expect(result.sheets[0]?.title).toEqual({ year: 2024, asOf: '2024-06-15', unitName: null, level: null });
	const written = rows.map(({ isOfOffice, ...row }) => ({ ...row, level: isOfOffice ? 'bloc' : null }));
	const byName = new Map(written.map((row) => [row.name, row]));
	for (const row of result.rows) {
		expect(row).toMatchObject(byName.get(row.name) ?? { name: 'one that was written' });
		expect(row.notices).toEqual([]);
	}
});

describe('the lists of offices', () => {
	test('a bloc committee’s of 2024: 182, of which 02 of the bloc’s level, 80 new and 100 continuing', async ({
		skip
	}) => {
		const list2024 = readRegistrations(await readSample('dang-ky-khoi-2024.xlsx', skip), options);
		expect(list2024).toMatchObject({ refused: [], readCount: 182, declaredTotal: 182 });
		const base = list2024.rows.filter((row) => row.level !== 'bloc');
		expect([2, 80, 100]).toEqual([
			list2024.rows.length - base.length,
			base.filter((row) => row.novelty === 'new').length,
			base.filter((row) => row.novelty === 'continuing').length
		]);
	});

	test.for([
		[2019, 7736, 6568],
		[2018, 7337, 6011]
	] as const)('a province’s of %i: %i registered, %i recognised', async ([year, registered, recognised], { skip }) => {
		const book = await readSample(`tong-hop-tinh-${year}.xlsx`, skip);
		const { rows, refused, sheets } = readRegistrations(book, { year, today: TODAY });
		expect([rows.length, rows.filter((row) => row.recognised).length, refused]).toEqual([registered, recognised, []]);
		expect(sheets).toHaveLength(16);
		expect(rows.every((row) => row.level === 'base' && row.sheetUnitName === row.sheet)).toBe(true);
	});
});
