import { describe, expect, test } from 'vitest';
import { bodySchema, listFigures, listParagraphs, notApplicableNote, printFigure, renderText } from './document.ts';
import { numberLine, placeLine, signatureLines } from './letterhead.ts';
import { sampleBody, sampleFigures, sampleReport, sampleStateReport } from './docx.sample.ts';

const paragraph = (id: string, content: unknown[] = []) => ({ type: 'paragraph', attrs: { id }, content });
const figure = (slot: string) => ({
	type: 'figure',
	attrs: {
		slot,
		query: { figure: 'models.registered', unit: null, from: null, asOf: null, where: {}, by: [] },
		format: 'plain'
	}
});
const doc = (...content: unknown[]) => ({ type: 'doc', content });
const nested = (depth: number): unknown => ({
	type: 'bulletList',
	content: [{ type: 'listItem', content: [paragraph(`d${depth}`), ...(depth > 1 ? [nested(depth - 1)] : [])] }]
});

describe('a report body', () => {
	test('refuses what the editor never writes', () => {
		const refused: [string, unknown][] = [
			['no block', doc()],
			['an unknown block', doc({ type: 'image', attrs: { src: 'x' } })],
			['an unknown key', doc({ ...paragraph('p1'), onclick: 'x' })],
			['a paragraph without address', doc({ type: 'paragraph' })],
			['an unknown mark', doc(paragraph('p1', [{ type: 'text', text: 'x', marks: [{ type: 'link' }] }]))],
			[
				'a day that is none',
				doc(
					paragraph('p1', [
						{
							...figure('f1'),
							attrs: { ...figure('f1').attrs, query: { ...figure('f1').attrs.query, asOf: '2024-02-31' } }
						}
					])
				)
			],
			['a slot too long for a Word tag', doc(paragraph('p1', [figure('abcdefghijk')]))],
			['lists four deep', doc(nested(4))]
		];
		for (const [what, body] of refused) expect(bodySchema.safeParse(body).success, what).toBe(false);
		expect(bodySchema.safeParse(doc(nested(3))).success).toBe(true);
	});

	test('names the slot or the paragraph that stands twice', () => {
		const slots = bodySchema.safeParse(doc(paragraph('p1', [figure('f1')]), paragraph('p2', [figure('f1')])));
		expect(slots.error?.issues.map((each) => each.message)).toEqual(['report_body_slot_twice']);
		const ids = bodySchema.safeParse(doc(paragraph('p1'), paragraph('p1')));
		expect(ids.error?.issues.map((each) => each.message)).toEqual(['report_body_paragraph_twice']);
	});

	test('lists figures and paragraphs in reading order, those in lists and tables included', () => {
		expect(bodySchema.parse(sampleBody)).toEqual(sampleBody);
		expect(listFigures(sampleBody).map((each) => each.slot)).toEqual(['f1', 'f2', 'f3', 'f4', 'f5', 'f6', 'f7', 't1']);
		expect(listParagraphs(sampleBody).map((each) => each.attrs.id)).toEqual([
			'h1',
			'h2',
			'p1',
			'p2',
			'p3',
			'p4',
			'p5',
			'p6',
			'h3',
			'p7',
			'p8',
			'p9',
			'p10'
		]);
	});
});

describe('printing', () => {
	test('the sentence of the half-year of 2024, word for word', () => {
		expect(renderText(sampleBody, sampleFigures).split('\n')[2]).toBe(
			'Tính đến hết ngày 15/6/2024 đã có 182 mô hình đăng ký trong đó: 02 mô hình cấp đảng ủy Khối; ' +
				'100 mô hình tiếp tục thực hiện; 80 mô hình đăng ký mới.'
		);
	});

	test('differences with their direction, shares, estimates, and what does not apply', () => {
		expect(renderText(sampleBody, sampleFigures).split('\n')[3]).toBe(
			'Số mô hình đăng ký tăng 49 mô hình so với cùng kỳ năm 2023, tỷ lệ công nhận 84,9%; hỗ trợ khoảng 7.736 hộ.'
		);
		const print = (value: number | null, format: 'difference' | 'percent_difference') =>
			printFigure({ value, notApplicable: value === null, about: false }, format);
		expect([print(-3, 'difference'), print(0, 'difference'), print(-0.125, 'percent_difference')]).toEqual([
			'giảm 03',
			'tăng 0',
			'giảm 12,5%'
		]);
		expect(print(null, 'difference')).toBe('…');
		expect(printFigure({ value: null, notApplicable: true, about: false }, 'plain', 'cell')).toBe('không áp dụng');
	});

	test('what does not apply is a sign in the sentence with a note at the foot, and never 0', () => {
		const [first, ...others] = sampleFigures;
		if (!first) throw new Error('The sample has no figures');
		const lacking = [{ ...first, text: '…', value: null, notApplicable: true }, ...others];
		expect(renderText(sampleBody, lacking)).toContain('đã có … mô hình đăng ký');
		expect(notApplicableNote(lacking)).toBe('Dấu “…”: không áp dụng, khác với số 0.');
		expect(notApplicableNote(sampleFigures)).toBeNull();
	});

	test('a table of figures without rows says so', () => {
		const empty = sampleFigures.map((each) => (each.rows ? { ...each, rows: [] } : each));
		expect(renderText(sampleBody, empty)).toContain('Lĩnh vực\tSố mô hình\nKhông có số liệu');
	});

	test('a table of figures row by row, narratives in their place, an unfrozen figure as dots', () => {
		const text = renderText(sampleBody, sampleFigures, sampleReport.narratives);
		expect(text).toContain('Lĩnh vực\tSố mô hình\nKinh tế\t45');
		expect(text).toContain('Khó khăn, vướng mắc\nMột số chi bộ');
		expect(renderText(sampleBody, [])).toContain('đã có … mô hình');
	});
});

describe('the letterhead', () => {
	test('of the Party by 36-HD/VPTW', () => {
		expect(numberLine('party', sampleReport.letterhead)).toBe('Số 112-BC/ĐUK');
		expect(placeLine(sampleReport.letterhead)).toBe('Yên Bái, ngày 18 tháng 6 năm 2024');
		expect(signatureLines('party', sampleReport.letterhead).map((each) => each.text)).toEqual([
			'T/M BAN THƯỜNG VỤ',
			'K/T BÍ THƯ',
			'PHÓ BÍ THƯ'
		]);
	});

	test('of the State by Nghị định 30/2020', () => {
		expect(numberLine('state', sampleStateReport.letterhead)).toBe('Số: 07/BC-SNV');
		expect(placeLine(sampleStateReport.letterhead)).toBe('Yên Bái, ngày 06 tháng 02 năm 2024');
		expect(signatureLines('state', sampleStateReport.letterhead).map((each) => each.text)).toEqual([
			'KT. GIÁM ĐỐC',
			'PHÓ GIÁM ĐỐC'
		]);
	});
});
