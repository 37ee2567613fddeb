import { Editor } from '@tiptap/core';
import { strFromU8, unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { bodySchema, lineOf, listFigures, listParagraphs, type ReportBody } from './document.ts';
import { sampleBody, sampleFigures, sampleReport } from './docx.sample.ts';
import { writeDocx } from './docx.ts';
import { giveAddresses, narrativeNodes, pickedNode, reportExtensions } from './editor.ts';
import { canChangeTable, changeTable, insertTable } from './editor-table.ts';

function open(content: ReportBody): Editor {
	const extensions = reportExtensions({ figures: new Map(), narratives: {}, shown: new Set() }, () => {});
	return new Editor({ element: null, extensions, content });
}

/** What is stored after a change of the text. */
function changed(editor: Editor, change: (transaction: Editor['state']['tr']) => void): ReportBody {
	const transaction = editor.state.tr;
	change(transaction);
	giveAddresses(transaction);
	return bodySchema.parse(transaction.doc.toJSON());
}

describe('the editor', () => {
	test('gives back every kind of node as it was', () => {
		expect(bodySchema.parse(open(sampleBody).getJSON())).toEqual(
			bodySchema.parse(
				JSON.parse(
					JSON.stringify(sampleBody)
						.replaceAll('"attrs":{"start":1}', '"attrs":{"start":1,"type":null}')
						.replaceAll(/"type":"(tableHeader|tableCell)",/g, '"type":"$1","attrs":{"colspan":1,"rowspan":1},')
				)
			)
		);
	});

	test('gives the second half of a split paragraph an address of its own', () => {
		const before = listParagraphs(sampleBody).map((each) => each.attrs.id);
		const body = changed(open(sampleBody), (transaction) => transaction.split(8));
		const after = listParagraphs(body).map((each) => each.attrs.id);
		expect(after).toHaveLength(before.length + 1);
		expect(after[0]).toBe(before[0]);
		expect(after.slice(2)).toEqual(before.slice(1));
	});

	test('gives a copied figure a slot of its own, and the original keeps its slot', () => {
		const editor = open(sampleBody);
		const body = changed(editor, (transaction) => {
			const last = transaction.doc.content.size;
			const copied = editor.state.doc.child(2);
			transaction.insert(last, copied);
		});
		const slots = listFigures(body).map((each) => each.slot);
		expect(slots.slice(0, 8)).toEqual(['f1', 'f2', 'f3', 'f4', 'f5', 'f6', 'f7', 't1']);
		expect(new Set(slots).size).toBe(12);
	});

	test('inserts what was picked as a figure, or as a table when facets are given', () => {
		const query = { figure: 'models.registered', unit: null, from: null, asOf: null, where: {}, by: [] };
		const editor = open(sampleBody);
		const body = changed(editor, (transaction) => {
			const picked = pickedNode({ query, format: 'plain', title: 'Mô hình' });
			transaction.insert(3, editor.schema.nodeFromJSON(picked));
			const table = pickedNode({ query: { ...query, by: ['field'] }, format: 'plain', title: 'Theo lĩnh vực' });
			transaction.insert(transaction.doc.content.size, editor.schema.nodeFromJSON(table));
		});
		expect(listFigures(body).at(0)).toMatchObject({ query, format: 'plain', isTable: false });
		expect(listFigures(body).at(-1)).toMatchObject({ query: { by: ['field'] }, isTable: true });
	});

	test('inserts what units write for a section, under a heading of its own', () => {
		const editor = open(sampleBody);
		const picked = { section: 'proposals', heading: { level: 2 as const, text: 'Kiến nghị' } };
		const body = changed(editor, (transaction) => {
			const nodes = narrativeNodes(picked).map((node) => editor.schema.nodeFromJSON(node));
			transaction.insert(transaction.doc.content.size, nodes);
		});
		expect(body.content.slice(-2)).toMatchObject([
			{ type: 'heading', attrs: { level: 2 }, content: [{ text: 'Kiến nghị' }] },
			{ type: 'narrative', attrs: { section: 'proposals' } }
		]);
	});
});

/** The words of the cells of the last table, row by row. */
function cellsOf(body: ReportBody): string[][] {
	const table = body.content.findLast((block) => block.type === 'table');
	if (table?.type !== 'table') return [];
	return table.content.map((row) =>
		row.content.map((cell) => cell.content.map((line) => lineOf(line, new Map())).join(' '))
	);
}

function stored(editor: Editor): ReportBody {
	return changed(editor, () => {});
}

function putCursorAt(editor: Editor, words: string): void {
	editor.state.doc.descendants((node, position) => {
		if (node.isText && node.text === words) editor.commands.setTextSelection(position + 1);
	});
}

describe('a table', () => {
	test('changes its shape around the cursor, and what stands in its cells stays', () => {
		const editor = open(sampleBody);
		putCursorAt(editor, 'Nhiệm vụ');
		changeTable(editor, 'row_added');
		changeTable(editor, 'column_added');
		expect(cellsOf(stored(editor))).toEqual([
			['Nhiệm vụ', '', 'Thời hạn'],
			['', '', ''],
			['Thẩm định mô hình cấp Khối', '', 'Tháng 10/2024']
		]);
		putCursorAt(editor, 'Tháng 10/2024');
		changeTable(editor, 'column_removed');
		changeTable(editor, 'row_removed');
		expect(cellsOf(stored(editor))).toEqual([
			['Nhiệm vụ', ''],
			['', '']
		]);
		changeTable(editor, 'table_removed');
		expect(cellsOf(stored(editor))).toEqual([]);
		expect(canChangeTable(editor, 'row_added')).toBe(false);
	});

	test('is put in below the block around, never into a cell or a list', () => {
		const editor = open(sampleBody);
		putCursorAt(editor, 'Công đoàn.');
		insertTable(editor);
		editor.commands.insertContent({ type: 'text', text: 'Đơn vị' });
		const body = stored(editor);
		expect(body.content.map(({ type }) => type)).toEqual([
			...sampleBody.content.slice(0, 5).map(({ type }) => type),
			'table',
			...sampleBody.content.slice(5).map(({ type }) => type)
		]);
		expect(body.content[5]).toMatchObject({
			content: [{ content: [{ content: [{ content: [{ text: 'Đơn vị' }] }] }, {}] }, {}, {}]
		});
	});

	test('keeps bold words and a figure in a cell, from the editor to the .docx', async () => {
		const editor = open(sampleBody);
		putCursorAt(editor, 'Tháng 10/2024');
		editor.commands.insertContent([
			{ type: 'text', text: 'đậm', marks: [{ type: 'bold' }] },
			pickedNode({
				query: { figure: 'models.registered', unit: null, from: null, asOf: null, where: {}, by: [] },
				format: 'plain',
				title: ''
			})
		]);
		const body = stored(editor);
		const slot = listFigures(body).at(-1)?.slot ?? '';
		const [first] = sampleFigures;
		if (!first) throw new Error('the sample has no figure');
		const bytes = await writeDocx({ ...sampleReport, body, figures: [...sampleFigures, { ...first, slot }] });
		const xml = strFromU8(unzipSync(bytes)['word/document.xml'] ?? new Uint8Array());
		const table = xml.slice(
			xml.lastIndexOf('<w:tbl>', xml.indexOf('Nhiệm vụ</w:t>')),
			xml.indexOf('</w:tbl>', xml.indexOf('Nhiệm vụ</w:t>'))
		);
		expect(table).toMatch(/<w:b\/>.*đậm/);
		expect(table).toContain('>182</w:t>');
		expect(bodySchema.parse(open(body).getJSON())).toEqual(body);
	});
});
