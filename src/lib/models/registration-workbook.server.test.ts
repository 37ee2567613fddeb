import { read, utils } from '@e965/xlsx';
import { expect } from 'vitest';
import { test } from '../../../tests/database.ts';
import { list } from './list.server.ts';
import { input, office, registered } from './office.sample.ts';
import { registrationWorkbook } from './registration-workbook.ts';

test('a workbook of the list: days as officials write them, no text that a spreadsheet would reckon with', async ({
	db
}) => {
	const world = await office(db);
	await registered(
		db,
		world.machine,
		input(world.one, { name: '=HYPERLINK("http://x","Bếp ăn")', place: '@xã', registeredOn: '2024-06-03' })
	);
	const { rows } = await list(db, world.machine, { unitId: world.top });
	const sheet = read(registrationWorkbook(rows), { type: 'array' }).Sheets['Danh sách'];
	if (!sheet) throw new Error('no sheet');
	const [, line] = utils.sheet_to_json<unknown[]>(sheet, { header: 1 });
	expect(line?.slice(0, 6)).toEqual([1, 'K-1', 'Đảng bộ Sở Y tế', `'=HYPERLINK("http://x","Bếp ăn")`, "'@xã", 2024]);
	expect(line?.[11]).toBe('03/6/2024');
	expect(Object.values(sheet).some((cell: unknown) => typeof cell === 'object' && cell !== null && 'f' in cell)).toBe(
		false
	);
});
