import { expect, test } from 'vitest';
import { readSample } from './sample-files.ts';
import { readUnits } from './unit-list.ts';
import type { Workbook } from './workbook.ts';

function workbook(rows: string[][]): Workbook {
	const filled = rows.map((row, index) => ({
		number: index + 1,
		cells: row.map((value) => (value === '' ? undefined : { value }))
	}));
	return { format: 'csv', sheets: [{ name: 'Sheet1', rows: filled, merges: [] }] };
}

const HEADINGS = ['Mã', 'Tên đơn vị', 'Loại', 'Đơn vị cấp trên'];

test('a list of units is read, and what is wrong is refused at its cell', () => {
	const { rows, refused } = readUnits(
		workbook([
			['DANH SÁCH ĐƠN VỊ'],
			HEADINGS,
			['a', 'Đảng uỷ Khối', 'Đảng uỷ Khối'],
			['A-1', ' Đảng bộ  Sở Y tế ', 'Đảng bộ cơ sở', 'A'],
			['A-1', 'Chi bộ Tỉnh đoàn', 'Chi bộ cơ sở', 'A'],
			['', 'Chi bộ Hội Nông dân', 'Chi bộ cơ sở', 'A'],
			['A-4', '', 'Chi bộ cơ sở', 'A-4'],
			['A 5', '<b>Ban</b>', '', 'A']
		])
	);
	expect(rows).toEqual([
		{ sheet: 'Sheet1', row: 3, code: 'A', name: 'Đảng uỷ Khối', kindName: 'Đảng uỷ Khối', parentCode: null },
		{ sheet: 'Sheet1', row: 4, code: 'A-1', name: 'Đảng bộ Sở Y tế', kindName: 'Đảng bộ cơ sở', parentCode: 'A' }
	]);
	expect(refused.map((one) => `${one.column}${one.row} ${one.code}`)).toEqual([
		'A5 code_twice',
		'A6 code_missing',
		'B7 unit_name_missing',
		'D7 unit_under_itself',
		'A8 code_unreadable',
		'B8 text_markup'
	]);
});

test('a list without codes is refused', () => {
	const { refused } = readUnits(
		workbook([
			['STT', 'Tên đơn vị', 'Loại'],
			['1', 'Sở Y tế', 'Đảng bộ']
		])
	);
	expect(refused.map((one) => one.code)).toEqual(['no_column_code']);
});

test('a bloc committee and its 77 units', async ({ skip }) => {
	const { rows, refused } = readUnits(await readSample('don-vi-khoi.xlsx', skip));
	expect(refused).toEqual([]);
	expect(rows.filter((unit) => unit.parentCode === 'YB-DUK')).toHaveLength(77);
	expect(rows[0]).toMatchObject({ code: 'YB-DUK', parentCode: null, kindName: 'Đảng uỷ Khối' });
});
