import { type Editor, Node } from '@tiptap/core';

/** Plain tables of the editor: their nodes, and what a writer does to their shape. */

export const TABLE_CHANGES = ['row_added', 'row_removed', 'column_added', 'column_removed', 'table_removed'] as const;
export type TableChange = (typeof TABLE_CHANGES)[number];

/** Bounds of `bodySchema`. */
const ROWS_AT_MOST = 400;
const COLUMNS_AT_MOST = 20;

export const tableNodes = [
	Node.create({
		name: 'table',
		group: 'block',
		content: 'tableRow+',
		isolating: true,
		parseHTML: () => [{ tag: 'table' }],
		renderHTML: () => ['table', ['tbody', 0]]
	}),
	Node.create({
		name: 'tableRow',
		content: '(tableCell | tableHeader)+',
		parseHTML: () => [{ tag: 'tr' }],
		renderHTML: () => ['tr', 0]
	}),
	cellNode('tableCell', 'td'),
	cellNode('tableHeader', 'th')
];

function cellNode(name: string, tag: 'td' | 'th') {
	return Node.create({
		name,
		content: 'paragraph+',
		isolating: true,
		addAttributes: () => ({ colspan: { default: 1 }, rowspan: { default: 1 } }),
		parseHTML: () => [{ tag }],
		renderHTML: ({ HTMLAttributes }) => [tag, HTMLAttributes, 0]
	});
}

/** Puts in a table of two columns, a head and two lines, and the cursor into its first cell. */
export function insertTable(editor: Editor): void {
	const row = (type: string) => ({ type: 'tableRow', content: [blank(type), blank(type)] });
	const content = [row('tableHeader'), row('tableCell'), row('tableCell')];
	// Never into a cell or a list: there is no table in a table, and the list would be torn in two.
	const { $to, to } = editor.state.selection;
	const after = $to.depth > 0 ? $to.after(1) : to;
	editor.chain().focus().insertContentAt(after, { type: 'table', content }).run();
	putCursor(editor, after, { row: 0, column: 0 });
}

function blank(type: string) {
	return { type, content: [{ type: 'paragraph' }] };
}

/** Whether the cursor stands in a table whose shape may change so. One with merged cells keeps its shape. */
export function canChangeTable(editor: Editor, change: TableChange): boolean {
	const found = placeIn(editor);
	if (!found) return false;
	if (change === 'table_removed') return true;
	if (found.isMerged) return false;
	if (change === 'row_added') return found.table.childCount < ROWS_AT_MOST;
	if (change === 'column_added') return found.columns < COLUMNS_AT_MOST;
	return change === 'row_removed' ? found.table.childCount > 1 : found.columns > 1;
}

/** Adds below or to the right of the cursor, or takes away where it stands. */
export function changeTable(editor: Editor, change: TableChange): void {
	const found = placeIn(editor);
	if (!found || !canChangeTable(editor, change)) return;
	const { table, from, row, column } = found;
	const to = from + table.nodeSize;
	if (change === 'table_removed') {
		editor.chain().focus().deleteRange({ from, to }).run();
		return;
	}
	const shape = table.children.map((line) => [...line.children]);
	switch (change) {
		case 'row_added':
			// Below a head comes an ordinary line.
			shape.splice(
				row + 1,
				0,
				Array.from({ length: found.columns }, () => blankCell(editor, 'tableCell'))
			);
			break;
		case 'row_removed':
			shape.splice(row, 1);
			break;
		case 'column_added':
			for (const line of shape) line.splice(column + 1, 0, blankCell(editor, line[column]?.type.name ?? 'tableCell'));
			break;
		case 'column_removed':
			for (const line of shape) line.splice(column, 1);
			break;
	}
	const { tableRow } = editor.schema.nodes;
	const rows = shape.flatMap((cells) => tableRow?.create(null, cells) ?? []);
	editor.view.dispatch(editor.state.tr.replaceWith(from, to, table.type.create(table.attrs, rows)));
	const added = { row: change === 'row_added' ? 1 : 0, column: change === 'column_added' ? 1 : 0 };
	putCursor(editor, from, { row: row + added.row, column: column + added.column });
}

function blankCell(editor: Editor, type: string) {
	return editor.schema.nodeFromJSON(blank(type));
}

/** The table around the cursor, and the row and column in which it stands. */
function placeIn(editor: Editor) {
	const { $from } = editor.state.selection;
	for (let depth = $from.depth; depth > 0; depth -= 1) {
		const table = $from.node(depth);
		if (table.type.name !== 'table') continue;
		const columns = table.firstChild?.childCount ?? 0;
		const cells = table.children.flatMap((row) => row.children);
		const isMerged = cells.some((cell) => cell.attrs['colspan'] !== 1 || cell.attrs['rowspan'] !== 1);
		return {
			table,
			columns,
			isMerged,
			from: $from.before(depth),
			row: $from.index(depth),
			column: $from.index(depth + 1)
		};
	}
	return null;
}

/** Into the first paragraph of a cell, or of the nearest that there is. */
function putCursor(editor: Editor, from: number, wanted: { row: number; column: number }): void {
	const table = editor.state.doc.nodeAt(from);
	if (table?.type.name !== 'table') return;
	const row = Math.min(wanted.row, table.childCount - 1);
	const line = table.child(row);
	const column = Math.min(wanted.column, line.childCount - 1);
	const sizeBefore = (nodes: typeof table.children, count: number) =>
		nodes.slice(0, count).reduce((size, node) => size + node.nodeSize, 0);
	// One step each into the table, its row, the cell and the paragraph.
	const position = from + 1 + sizeBefore(table.children, row) + 1 + sizeBefore(line.children, column) + 2;
	editor.chain().focus().setTextSelection(position).run();
}
