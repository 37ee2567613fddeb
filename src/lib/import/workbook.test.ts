import { strToU8, zipSync, unzipSync } from 'fflate';
import { utils, write, type BookType, type CellObject } from '@e965/xlsx';
import { describe, expect, test } from 'vitest';
import { FILE_BYTES, readWorkbook } from './workbook.server.ts';
import { cellText, type Workbook } from './workbook.ts';

const ROWS = [
	['STT', 'Tên mô hình', 'Ngày'],
	[1, 'Bếp ăn nghĩa tình', '05/3/2024'],
	[2, 'Tuyến đường hoa', '06/3/2024']
];

function book(bookType: BookType, cells: Record<string, CellObject> = {}): Uint8Array {
	const sheet = utils.aoa_to_sheet(ROWS);
	Object.assign(sheet, cells);
	const workbook = utils.book_new();
	utils.book_append_sheet(workbook, sheet, 'Đăng ký');
	return new Uint8Array(write(workbook, { type: 'array', bookType, compression: true }));
}

function texts(workbook: Workbook): string[][] {
	return workbook.sheets.flatMap((sheet) => sheet.rows.map((row) => row.cells.map((cell) => cellText(cell))));
}

const EXPECTED = ROWS.map((row) => row.map(String));

/** A package like Excel's with this XML for its one sheet. */
function packageWith(sheetXml: string): Uint8Array {
	const parts = unzipSync(book('xlsx'));
	parts['xl/worksheets/sheet1.xml'] = Buffer.from(sheetXml);
	return zipSync(parts, { level: 1 });
}

const SHEET_START = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>';
const SHEET_END = '</sheetData></worksheet>';

/** An OLE compound file as far as its directory names go. */
function compound(...streams: string[]): Uint8Array {
	const bytes = Buffer.alloc(2048);
	Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]).copy(bytes);
	for (const [index, name] of streams.entries()) bytes.write(name, 512 + 128 * index, 'utf16le');
	return bytes;
}

describe('the content decides how a file is read', () => {
	test.for<[BookType, string]>([
		['xlsx', 'xlsx'],
		['xlsm', 'xlsx'],
		['biff8', 'xls'],
		['ods', 'ods']
	])('%s, whatever its name', async ([bookType, format]) => {
		const workbook = await readWorkbook(book(bookType), 'danh-sach.bin');
		expect(workbook.format).toBe(format);
		expect(workbook.sheets[0]?.name).toBe('Đăng ký');
		expect(texts(workbook)).toEqual(EXPECTED);
	});

	const csv = ROWS.map((row) => row.join(';')).join('\r\n');
	const utf16be = Buffer.from(`\ufeff${csv}`, 'utf16le').swap16();
	test.for<[string, Uint8Array]>([
		['UTF-8', Buffer.from(csv)],
		['UTF-8 with its mark', Buffer.from(`\ufeff${csv}`)],
		['UTF-16 little-endian', Buffer.from(`\ufeff${csv}`, 'utf16le')],
		['UTF-16 without its mark', Buffer.from(csv, 'utf16le')],
		['UTF-16 big-endian', utf16be]
	])('text in %s', async ([, bytes]) => {
		const workbook = await readWorkbook(bytes, 'danh sách.xls');
		expect(workbook.format).toBe('csv');
		expect(texts(workbook)).toEqual(EXPECTED);
	});

	test('text in Windows-1258', async () => {
		const bytes = Buffer.from('5068fdf5cc6e6720426120d069cc6e682c78', 'hex');
		expect(texts(await readWorkbook(bytes, 'a.csv'))).toEqual([['Phường Ba Đình', 'x']]);
	});

	test('quotes in text may hold separators, line ends and quotes', async () => {
		const bytes = Buffer.from('a,"b, ""c""\nd",e\n,,\nf\n');
		const { sheets } = await readWorkbook(bytes, 'a.csv');
		expect(sheets[0]?.rows.map((row) => [row.number, row.cells.map((cell) => cellText(cell))])).toEqual([
			[1, ['a', 'b, "c"\nd', 'e']],
			[3, ['f']]
		]);
	});

	test('dates keep their day, numbers their look; formulas give their last value', async () => {
		const workbook = await readWorkbook(
			book('xlsx', {
				C2: { t: 'n', v: 45_356, z: 'dd/mm/yyyy' },
				A2: { t: 'n', v: 7, z: '000' },
				A3: { t: 'n', v: 5, f: 'SUM(2,3)' },
				B3: { t: 's', v: 'Kết quả', f: 'A1&B1' },
				C3: { t: 'e', v: 0x17, f: 'Z9' }
			}),
			'a.xlsx'
		);
		expect(workbook.sheets[0]?.rows[1]?.cells[2]).toEqual({ value: '2024-03-05', text: '05/3/2024', isDate: true });
		expect(workbook.sheets[0]?.rows[1]?.cells[0]).toEqual({ value: 7, text: '007' });
		expect(workbook.sheets[0]?.rows[2]?.cells).toEqual([
			{ value: 5, formula: true },
			{ value: 'Kết quả', formula: true },
			{ value: null, text: '#REF!', formula: true, broken: true }
		]);
	});

	test('a formula without a value is marked', async () => {
		const xml = `${SHEET_START}<row r="1"><c r="A1"><f>1+1</f><v></v></c><c r="B1"><v>7</v></c></row>${SHEET_END}`;
		const workbook = await readWorkbook(packageWith(xml), 'a.xlsx');
		expect(workbook.sheets[0]?.rows[0]?.cells).toEqual([
			{ value: null, text: '=1+1', formula: true, broken: true },
			{ value: 7 }
		]);
	});
});

describe('refused, with a word', () => {
	const refused = (bytes: Uint8Array, name = 'danh-sach.xlsx') => expect(readWorkbook(bytes, name)).rejects;

	test('an empty file, a file of blanks', async () => {
		await refused(new Uint8Array()).toMatchObject({ code: 'import.file_empty' });
		await refused(Buffer.from(' \n\n')).toMatchObject({ code: 'import.file_empty' });
		await refused(packageWith(SHEET_START + SHEET_END)).toMatchObject({ code: 'import.file_empty' });
	});

	test('60 MB', async () => {
		const params = { size: 60, limit: FILE_BYTES / 1_000_000 };
		await refused(new Uint8Array(60_000_000)).toMatchObject({ code: 'import.file_too_large', params });
	});

	test('a Word document under another name, a PDF, a picture, a web page', async () => {
		const docx = zipSync({ '[Content_Types].xml': strToU8('<Types/>'), 'word/document.xml': strToU8('<w/>') });
		await refused(docx).toMatchObject({ code: 'import.not_a_spreadsheet', params: { found: 'Word (.docx)' } });
		await refused(compound('WordDocument')).toMatchObject({ code: 'import.not_a_spreadsheet' });
		await refused(Buffer.from('%PDF-1.7\nabc')).toMatchObject({ code: 'import.not_a_spreadsheet' });
		const picture = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
		await refused(picture).toMatchObject({ code: 'import.not_a_spreadsheet' });
		await refused(Buffer.from('<html><table/></html>')).toMatchObject({ code: 'import.format_unsupported' });
	});

	test('a workbook with a password', async () => {
		const file = compound('EncryptionInfo', 'EncryptedPackage');
		await refused(file).toMatchObject({ code: 'import.password_protected' });
	});

	test('damaged files', async () => {
		const whole = book('xlsx');
		await refused(whole.subarray(0, whole.length / 2)).toMatchObject({ code: 'import.file_corrupted' });
		const bent = book('xlsx').fill(0x55, 200, 400);
		await refused(bent).toMatchObject({ code: 'import.file_corrupted' });
		await refused(compound('Workbook'), 'a.xls').toMatchObject({ code: 'import.file_corrupted' });
	});

	test('a zip bomb: what it unpacks to is said, or lied about', async () => {
		const bomb = zipSync({
			'xl/workbook.xml': strToU8('<workbook/>'),
			'xl/sharedStrings.xml': new Uint8Array(100_000_000)
		});
		await refused(bomb).toMatchObject({ code: 'import.file_too_complex' });
		const at = Buffer.from(bomb).lastIndexOf('xl/sharedStrings.xml') - 46;
		new DataView(bomb.buffer, bomb.byteOffset).setUint32(at + 24, 1000, true);
		await refused(bomb).toMatchObject({ code: 'import.file_corrupted' });
	});

	test('text in an old font', async () => {
		const sheet = utils.aoa_to_sheet([
			['TT', 'Tªn m« h×nh'],
			[1, 'BÕp ¨n nghÜa t×nh']
		]);
		const workbook = utils.book_new();
		utils.book_append_sheet(workbook, sheet, 'Sheet1');
		const bytes = new Uint8Array(write(workbook, { type: 'array', bookType: 'xlsx' }));
		await refused(bytes).toMatchObject({ code: 'import.legacy_font', params: { encoding: 'TCVN3 (ABC)', row: 1 } });
		const vni = Buffer.from('Teân moâ hình,Ñôn vò\nBeáp aên nghóa tình,Phöôøng Ba Ñình', 'latin1');
		await refused(vni, 'a.csv').toMatchObject({ code: 'import.legacy_font', params: { encoding: 'VNI' } });
	});
});

test(
	'a million blank formatted rows are read past, and the server’s memory does not notice',
	{ timeout: 60_000 },
	async () => {
		const row = (number: number) =>
			`<row r="${number}" spans="1:4" s="1" customFormat="1"><c r="A${number}" s="1"/><c r="B${number}" s="1"/><c r="C${number}" s="1"></c></row>`;
		const blank = Array.from({ length: 1_000_000 }, (_, index) => row(index + 2)).join('');
		const first = '<row r="1"><c r="A1" t="inlineStr"><is><t>Tên mô hình</t></is></c></row>';
		const last = '<row r="1000002"><c r="A1000002"><v>7</v></c></row>';
		const file = packageWith(SHEET_START + first + blank + last + SHEET_END);
		const before = process.memoryUsage().rss;
		const workbook = await readWorkbook(file, 'a.xlsx');
		expect(workbook.sheets[0]?.rows.map((one) => one.number)).toEqual([1, 1_000_002]);
		expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
	}
);

test('two files at once are read one after the other', async () => {
	const [first, second] = await Promise.all([readWorkbook(book('xlsx'), 'a'), readWorkbook(book('ods'), 'b')]);
	expect(texts(first)).toEqual(texts(second));
});
