import { read, utils } from '@e965/xlsx';
import { sql } from 'kysely';
import { expect } from 'vitest';
import { operator } from '#lib/accounts/actor.ts';
import { readWorkbook } from '#lib/import/workbook.server.ts';
import { onSnapshot } from '#lib/server/snapshot.ts';
import { writeCsv } from '#lib/spreadsheet/csv.ts';
import { writeXlsx } from '#lib/spreadsheet/xlsx.ts';
import { test } from '../../../tests/database.ts';
import { list, listWhole, type FiledRegistration } from './list.server.ts';
import { input, office, registered } from './office.sample.ts';
import { registrationTable } from './registration-table.ts';

test('a list as a file holds nothing outside the units of who asks', async ({ db }) => {
	const world = await office(db);
	await registered(db, world.machine, input(world.one, { name: 'Của người khác' }));
	const stranger = { id: null, name: 'Người ngoài', grants: [], everything: false };
	expect(await Array.fromAsync(listWhole(db, stranger, { unitId: world.top }))).toEqual([]);
});

test('a list as .xlsx: days and numbers are such, no text that a spreadsheet would reckon with', async ({ db }) => {
	const world = await office(db);
	await registered(
		db,
		world.machine,
		input(world.one, { name: '=HYPERLINK("http://x","Bếp ăn")', place: '@xã', registeredOn: '2024-06-03' })
	);
	const table = registrationTable(listWhole(db, world.machine, { unitId: world.top }));
	const bytes = Buffer.concat(await Array.fromAsync(writeXlsx([table])));
	const sheet = read(bytes, { cellNF: true }).Sheets['Danh sách'];
	if (!sheet) throw new Error('no sheet');
	const [, line] = utils.sheet_to_json<unknown[]>(sheet, { header: 1 });
	expect(line?.slice(0, 6)).toEqual([1, 'K-1', 'Đảng bộ Sở Y tế', `'=HYPERLINK("http://x","Bếp ăn")`, "'@xã", 2024]);
	expect(sheet['L2']).toMatchObject({ t: 'n', z: 'dd/m/yyyy', w: '03/6/2024' });
	expect(sheet['!autofilter']).toEqual({ ref: 'A1:N2' });
	expect(Object.values(sheet).some((cell: unknown) => typeof cell === 'object' && cell !== null && 'f' in cell)).toBe(
		false
	);
	const [own] = (await readWorkbook(bytes, 'danh-sach.xlsx')).sheets;
	expect(own?.rows[1]?.cells[11]).toEqual({ value: '2024-06-03', text: '03/6/2024', isDate: true });
});

test('a list as .csv: commas, a mark for UTF-8, days as officials write them', async ({ db }) => {
	const world = await office(db);
	await registered(db, world.machine, input(world.one, { name: '+ Bếp ăn, "sạch"', registeredOn: '2024-06-03' }));
	const table = registrationTable(listWhole(db, world.machine, { unitId: world.top }));
	const bytes = Buffer.concat(await Array.fromAsync(writeCsv(table)));
	expect(bytes.toString().split('\r\n')[1]).toContain(`1,K-1,Đảng bộ Sở Y tế,"'+ Bếp ăn, ""sạch""",`);
	expect(bytes.toString()).toContain(',03/6/2024,');
	expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
	const [own] = (await readWorkbook(bytes, 'danh-sach.csv')).sheets;
	expect(own?.rows[1]?.cells[3]?.value).toBe(`'+ Bếp ăn, "sạch"`);
});

test('the whole list is every page of it, as it was when the file was begun', async ({ clone: { db } }) => {
	const actor = operator('thử nghiệm');
	const world = await db.transaction().execute((tx) => office(tx));
	for (const name of ['Một', 'Hai', 'Ba']) await registered(db, actor, input(world.one, { name }));
	const { rows } = await list(db, actor, { unitId: world.top });
	const file = onSnapshot(db, async function* (tx): AsyncGenerator<FiledRegistration[], void> {
		await sql`select 1`.execute(tx);
		yield [];
		yield* listWhole(tx, actor, { unitId: world.top });
	});
	await file.next();
	await registered(db, actor, input(world.one, { name: 'Bốn' }));
	const rest = await Array.fromAsync(file);
	expect(rest.flat().map((row) => row.id)).toEqual(rows.map((row) => row.id));
});

test('four at once read long lists; the fifth is asked to wait, and may when one leaves', async ({ clone: { db } }) => {
	const begin = () =>
		onSnapshot(db, async function* () {
			yield 1;
			yield 2;
		});
	const readers = [begin(), begin(), begin(), begin()];
	await Promise.all(readers.map((reader) => reader.next()));
	await expect(begin().next()).rejects.toMatchObject({ code: 'export.busy' });
	await readers[0]?.return(undefined);
	const next = begin();
	expect(await next.next()).toMatchObject({ value: 1 });
	await Promise.all([...readers, next].map((reader) => reader.return(undefined)));
});
