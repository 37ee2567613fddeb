import { read, utils } from '@e965/xlsx';
import { describe, expect } from 'vitest';
import { operator } from '#lib/accounts/actor.ts';
import { figureNamed } from '#lib/catalogue.ts';
import { ask } from '#lib/figures/ask.server.ts';
import { askEach } from '#lib/figures/each.server.ts';
import { figureHref } from '#lib/figures/figure-address.ts';
import type { Flow } from '#lib/figures/figure.ts';
import type { Db } from '#lib/server/db.ts';
import { writeXlsx } from '#lib/spreadsheet/xlsx.ts';
import { testOn } from '../../../../../tests/database.ts';
import { blocWorld } from '../../../../../tests/worlds.ts';
import { breakdown } from './breakdown.server.ts';
import { ledgerPanel } from './ledger.server.ts';
import { readQuestion } from './question.server.ts';
import { recordsTables } from './records.xlsx/tables.server.ts';

const test = testOn(blocWorld);
const actor = operator('thử nghiệm');

function asked(db: Db, name: string, query: string) {
	return readQuestion(db, actor, { name, url: new URL(`http://kheo.example/figures/${name}?${query}`) });
}

describe('refusals', () => {
	test.for([
		['models.nothing', 'unit=YB-DUK', 'figure.not_found'],
		['models.registered', 'unit=NOWHERE', 'unit.not_found'],
		['models.registered', 'unit=YB-DUK&asOf=31/2/2024', 'figure.day_invalid'],
		['models.registered', 'unit=YB-DUK&structure=yesterday', 'figure.address_invalid'],
		['models.registered', 'unit=YB-DUK&colour=red', 'figure.address_invalid'],
		['models.registered', 'unit=YB-DUK&where.religion=x', 'figure.unknown_facet'],
		['models.registered', 'unit=YB-DUK&from=2024-07-01&asOf=2024-06-15', 'figure.period_reversed']
	] as const)('%s?%s', async ([name, query, code], { db }) => {
		await expect(asked(db, name, query).then((question) => ledgerPanel(db, actor, question))).rejects.toMatchObject({
			code
		});
	});
});

describe('the ledger of 182', () => {
	test('says its proofs, its first page of records and how it was counted', async ({ db }) => {
		const question = await asked(db, 'models.registered', 'unit=YB-DUK&asOf=15/6/2024');
		const panel = await ledgerPanel(db, actor, question);
		expect(panel.value).toBe('182');
		expect(panel.proofs[0]).toMatchObject({ state: 'ok', text: expect.stringContaining('02 + 100 + 80 = 182') });
		expect(panel.records.rows).toHaveLength(50);
		expect(panel.records.nextHref).toContain('after=');
		expect(structuredClone(panel)).toEqual(panel);
	});

	test('its parts are doors that add up to it', async ({ db }) => {
		const { tables, chart } = await breakdown(
			db,
			actor,
			await asked(db, 'models.registered', 'unit=YB-DUK&asOf=2024-06-15')
		);
		expect(tables.map(({ facet }) => facet)).toEqual(['novelty', 'level', 'field', 'subject', 'unit']);
		for (const table of tables) expect(table.rows.reduce((sum, row) => sum + Number(row.text), 0)).toBe(182);
		expect(chart?.rows.map(({ door }) => Number(door.text)).reduce((a, b) => a + b)).toBe(182);
		expect(chart?.svg).toMatch(/^<svg/);
		const own = tables.at(-1)?.rows[0]?.door;
		const opened = await asked(db, 'models.registered', own ? (figureHref(own.address).split('?')[1] ?? '') : '');
		expect((await ledgerPanel(db, actor, opened)).value).toBe('2');
	});

	test('the workbook holds every record and the same total', async ({ db }) => {
		const question = await asked(db, 'models.registered', 'unit=YB-DUK&asOf=2024-06-15');
		const written = await Array.fromAsync(writeXlsx(await recordsTables(db, actor, question)));
		const book = read(Buffer.concat(written));
		const [about = '', list = ''] = book.SheetNames;
		const first = utils.sheet_to_json<string[]>(book.Sheets[about] ?? {}, { header: 1 });
		expect(first.at(-1)).toEqual(['Cộng', 182]);
		expect(utils.sheet_to_json(book.Sheets[list] ?? {}, { header: 1 })).toHaveLength(183);
	});
});

test('a share and a comparison open both of their halves', async ({ db }) => {
	const change = await ledgerPanel(
		db,
		actor,
		await asked(db, 'models.registered_change', 'unit=YB-DUK&asOf=2024-06-15&side=denominator')
	);
	expect(change.value).toBe('+49');
	expect(change.sides.map(({ text }) => text)).toEqual(['182', '133']);
	expect(change.sides[1]?.address).toMatchObject({ from: '2023-01-01', asOf: '2023-06-15' });
	const nothing = await ledgerPanel(
		db,
		actor,
		await asked(db, 'models.recognition_rate', 'unit=YB-DUK&from=2030-01-01&asOf=2030-06-30')
	);
	expect(nothing.value).toBe('không áp dụng');
	const rate = await ledgerPanel(
		db,
		actor,
		await asked(db, 'models.recognition_rate', 'unit=YB-DUK&from=2023-01-01&asOf=2023-12-31')
	);
	const proved = rate.proofs.filter(({ state }) => state === 'ok').map(({ text }) => text);
	expect(proved).toContainEqual(expect.stringMatching(/^Mô hình được công nhận: Khớp tổng của các đơn vị/));
	expect(proved).toContainEqual(expect.stringMatching(/^Mô hình đăng ký: Khớp tổng của các đơn vị/));
	expect(new Set(rate.proofs.map(({ text }) => text)).size).toBe(rate.proofs.length);
	const missing = await ledgerPanel(
		db,
		actor,
		await asked(db, 'models.units_not_registered', 'unit=YB-DUK&asOf=2024-06-15')
	);
	expect(missing.records.rows).toHaveLength(6);
});

test('the numbers of a whole tree are those of its units asked one by one', async ({ db }) => {
	const { unit, figure } = await asked(db, 'models.registered', 'unit=YB-DUK');
	const isFlow = (one: typeof figure): one is Flow => one.kind === 'flow';
	if (!isFlow(figure)) throw new Error('registrations are a flow');
	const days = { from: '2024-01-01', asOf: '2024-06-15', structure: '2024-06-15' };
	const all = await askEach(db, actor, { figure, question: { unitId: unit.id, ...days } });
	expect(all.size).toBe(72);
	for (const [unitId, value] of [...all].slice(0, 3)) {
		expect((await ask(db, actor, figureNamed('models.registered'), { unitId, ...days })).value).toBe(value);
	}
});
