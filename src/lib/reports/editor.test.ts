import { Editor } from '@tiptap/core';
import { describe, expect, test } from 'vitest';
import { bodySchema, listFigures, listParagraphs, type ReportBody } from './document.ts';
import { sampleBody } from './docx.sample.ts';
import { giveAddresses, pickedNode, reportExtensions } from './editor.ts';

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
});
