import { read, utils } from '@e965/xlsx';
import { describe, expect, test } from 'vitest';
import { readWorkbook } from '#lib/import/workbook.server.ts';
import { writeCsv } from './csv.ts';
import { download } from './download.ts';
import { atOnce, harmless, type Cell, type Table } from './table.ts';
import { writeXlsx } from './xlsx.ts';

const table = (lines: Cell[][], more: Partial<Table> = {}): Table => ({
	name: 'Danh sách',
	widths: [10, 20],
	heads: ['Tên', 'Số'],
	batches: atOnce(lines),
	...more
});
const bytesOf = async (tables: Table[]) => Buffer.concat(await Array.fromAsync(writeXlsx(tables)));

describe('a workbook', () => {
	test('gives back what was put in, to our own reader too', async () => {
		const texts = ['Uỷ ban “A” & <B>', 'dòng\nhai', '  đầu dòng', '_x0041_', '😀 ệ', 'có\u0000\u001f rác \ud800'];
		const lines: Cell[][] = [...texts.map((text, index) => [text, index]), [null, -84.9], ['', { day: '2024-02-29' }]];
		const bytes = await bytesOf([table(lines)]);
		const sheet = read(bytes).Sheets['Danh sách'];
		const back = utils.sheet_to_json<unknown[]>(sheet ?? {}, { header: 1, raw: true });
		const sound = [...texts.slice(0, 5), 'có rác \ufffd'];
		expect(back.slice(1, 7)).toEqual(sound.map((text, index) => [text, index]));
		const [own] = (await readWorkbook(bytes, 'a.xlsx')).sheets;
		expect(own?.rows.slice(1, 7).map((row) => row.cells[0]?.value)).toEqual(sound);
		expect(own?.rows[7]?.cells[1]).toEqual({ value: -84.9 });
		expect(own?.rows[8]?.cells[1]).toMatchObject({ value: '2024-02-29', isDate: true });
	});

	test.for(['=1+1', '+1', '-1', '@x', '\t=1', '\r=1', '＝1'])('takes %j for no formula', async (text) => {
		expect(harmless(text)).toBe(`'${text}`);
		const sheet = read(await bytesOf([table([[text, 0]])])).Sheets['Danh sách'];
		expect(sheet?.['A2']).toMatchObject({ t: 's' });
		expect(sheet?.['A2']).not.toHaveProperty('f');
	});

	test('cuts the names of sheets and texts to what Excel opens', async () => {
		const book = read(await bytesOf([table([['a'.repeat(40_000), 1]], { name: `[Số liệu]/${'x'.repeat(40)}` })]));
		expect(book.SheetNames[0]).toHaveLength(31);
		expect(book.SheetNames[0]).not.toMatch(/[[\]/]/);
		expect(book.Sheets[book.SheetNames[0] ?? '']?.['A2']).toMatchObject({ v: 'a'.repeat(32_767) });
	});

	test.for([5, 6, 7])('of more lines than a sheet holds goes on in further ones: %i lines', async (count) => {
		const batches = (async function* () {
			for (let line = 1; line <= count; line += 2)
				yield [line, line + 1].filter((one) => one <= count).map((one) => [`dòng ${one}`, one]);
		})();
		const tables = [table([['Cộng', count]], { name: 'Một' }), table([], { batches })];
		const book = read(Buffer.concat(await Array.fromAsync(writeXlsx(tables, 4))));
		const sheets = Array.from({ length: Math.ceil(count / 3) }, (_, n) =>
			n === 0 ? 'Danh sách' : `Danh sách (${n + 1})`
		);
		expect(book.SheetNames).toEqual(['Một', ...sheets]);
		const lines = sheets.flatMap((name) => utils.sheet_to_json<{ Số: number }>(book.Sheets[name] ?? {}));
		expect(lines.map((line) => line.Số)).toEqual(Array.from({ length: count }, (_, n) => n + 1));
	});

	test('writes its first sheet last, so that it may sum up the others', async () => {
		let sum = 0;
		const list = table([], {
			name: 'Hai',
			batches: (async function* () {
				for (const number of [1, 2, 3]) {
					sum += number;
					yield [['x', number]];
				}
			})()
		});
		const about = table([], {
			name: 'Một',
			batches: (async function* () {
				yield [['Cộng', sum]];
			})()
		});
		const book = read(await bytesOf([about, list]));
		expect(book.SheetNames).toEqual(['Một', 'Hai']);
		expect(book.Sheets['Một']?.['B2']).toMatchObject({ v: 6 });
	});
});

async function* failing(after: number): AsyncGenerator<Cell[][]> {
	for (let batch = 0; batch < after; batch += 1) {
		yield Array.from({ length: 1000 }, () => [crypto.randomUUID(), Math.random()]);
	}
	throw new Error('the database went away');
}

describe('a download', () => {
	test('that fails before anything was sent is refused as a whole', async () => {
		await expect(download('a.xlsx', writeXlsx([table([], { batches: failing(0) })]))).rejects.toThrow('went away');
	});

	test.for(['xlsx', 'csv'] as const)('of .%s that fails on the way never looks complete', async (kind) => {
		const failed = table([], { batches: failing(20) });
		const response = await download(`a.${kind}`, kind === 'xlsx' ? writeXlsx([failed]) : writeCsv(failed));
		await expect(response.arrayBuffer()).rejects.toThrow('went away');
	});

	test('reads on only as fast as it is taken', async () => {
		let batches = 0;
		const long = (async function* (): AsyncGenerator<Cell[][]> {
			for (; batches < 150; batches += 1) yield Array.from({ length: 1000 }, () => [crypto.randomUUID(), 1]);
		})();
		const { body } = await download('a.xlsx', writeXlsx([table([], { batches: long })]));
		const reader = body?.getReader();
		for (let piece = 1; piece <= 3; piece += 1) {
			await reader?.read();
			await new Promise((resolve) => setTimeout(resolve, 50));
			expect(batches).toBeLessThan(10 * piece);
		}
		await reader?.cancel();
	});

	test('that the reader leaves ends the writing', async () => {
		let isOpen = true;
		const endless = (async function* (): AsyncGenerator<Cell[][]> {
			try {
				for (;;) yield Array.from({ length: 1000 }, () => [crypto.randomUUID(), 1]);
			} finally {
				isOpen = false;
			}
		})();
		const { body } = await download('a.xlsx', writeXlsx([table([], { batches: endless })]));
		const reader = body?.getReader();
		await reader?.read();
		await reader?.cancel();
		expect(isOpen).toBe(false);
	});
});
