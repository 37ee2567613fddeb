import { type DispatchTransactionProps, Editor, Extension, Node } from '@tiptap/core';
import StarterKit from '@tiptap/starter-kit';
import { m } from '#lib/paraglide/messages.js';
import {
	bodySchema,
	FIGURE_FORMATS,
	type FigureFormat,
	type FigureQuery,
	figureQuerySchema,
	type FrozenFigure,
	LIST_DEPTH_AT_MOST,
	type Narratives,
	type ReportBody
} from './document.ts';
import {
	canChangeTable,
	changeTable,
	insertTable,
	TABLE_CHANGES,
	type TableChange,
	tableNodes
} from './editor-table.ts';

/** Tiptap with the nodes of a report. Loaded only where a report is edited; nothing else may import this file. */

/** What the picker hands over: a figure in the text, or a table when facets are given in `by`. */
export type PickedFigure = { query: FigureQuery; format: FigureFormat; title: string };
/** What the units wrote for a section, under a heading of its own where one is wanted. */
export type PickedNarrative = { section: string; heading: { level: 1 | 2 | 3; text: string } | null };
export type ReportEditing = {
	editor: Editor;
	insert: (picked: PickedFigure | PickedNarrative) => void;
	insertTable: () => void;
	/** What may be done to the table in which the cursor stands; empty outside of one. */
	tableChanges: () => TableChange[];
	changeTable: (change: TableChange) => void;
	/** Shows values that arrived since, for instance with the answer to a saved draft. */
	showFigures: (figures: readonly FrozenFigure[]) => void;
};
type Options = {
	element: HTMLElement;
	label: string;
	body: ReportBody;
	figures: readonly FrozenFigure[];
	narratives: Narratives;
	/** After every change, the body as it may be stored. */
	onchange: (body: ReportBody) => void;
	/** A change that cannot be stored, with the key of the reason in reports.json; null when all is well again. */
	onrefused: (key: string | null) => void;
	/** Selection or text moved: the toolbar reads its state again. */
	onmove: () => void;
};

type Transaction = DispatchTransactionProps['transaction'];
type Live = { figures: ReadonlyMap<string, FrozenFigure>; narratives: Narratives; shown: Set<() => void> };

/** Opens the editor in `element`. The caller destroys `editor`. */
export function openReportEditor({
	element,
	label,
	body,
	figures,
	narratives,
	onchange,
	onrefused,
	onmove
}: Options): ReportEditing {
	const live: Live = { figures: slots(figures), narratives, shown: new Set() };
	const editor = new Editor({
		element,
		// Its style sheet is ours, in ReportEditor.svelte: pages let no other in.
		injectCSS: false,
		content: body,
		extensions: reportExtensions(live, onrefused),
		editorProps: { attributes: { 'aria-label': label, 'aria-multiline': 'true', role: 'textbox', lang: 'vi' } },
		onTransaction: onmove,
		onUpdate: () => {
			const parsed = bodySchema.safeParse(editor.getJSON());
			onrefused(parsed.success ? null : refusalKey(parsed.error.issues[0]?.message));
			if (parsed.success) onchange(parsed.data);
		}
	});
	return {
		editor,
		insert: (picked) => insertPicked(editor, picked),
		insertTable: () => insertTable(editor),
		tableChanges: () => TABLE_CHANGES.filter((change) => canChangeTable(editor, change)),
		changeTable: (change) => changeTable(editor, change),
		showFigures: (known) => {
			live.figures = slots(known);
			for (const show of live.shown) show();
		}
	};
}

/** A figure goes where the cursor is; what is a block of its own goes below the block around, never into a cell or a list. */
function insertPicked(editor: Editor, picked: PickedFigure | PickedNarrative): void {
	const chain = editor.chain().focus();
	const below = editor.state.selection.$to.depth > 0 ? editor.state.selection.$to.after(1) : editor.state.selection.to;
	if ('section' in picked) chain.insertContentAt(below, narrativeNodes(picked)).run();
	else if (picked.query.by.length > 0) chain.insertContentAt(below, pickedNode(picked)).run();
	else chain.insertContent(pickedNode(picked)).run();
}

/** The nodes that a chosen section becomes. */
export function narrativeNodes({ section, heading }: PickedNarrative) {
	const slot = { type: 'narrative', attrs: { section } };
	if (!heading) return [slot];
	const { level, text } = heading;
	return [{ type: 'heading', attrs: { level }, content: [{ type: 'text', text }] }, slot];
}

/** The node that a choice in the picker becomes; its slot is given when it is inserted. */
export function pickedNode({ query, format, title }: PickedFigure) {
	return query.by.length > 0
		? { type: 'figureTable', attrs: { slot: null, query, title } }
		: { type: 'figure', attrs: { slot: null, query, format } };
}

/** The schema of the editor: StarterKit without what official papers do not have, and the nodes of a report. */
export function reportExtensions(live: Live, onrefused: (key: string) => void) {
	return [
		StarterKit.configure({
			blockquote: false,
			code: false,
			codeBlock: false,
			hardBreak: false,
			horizontalRule: false,
			link: false,
			strike: false,
			trailingNode: false,
			heading: { levels: [1, 2, 3] }
		}),
		addresses(onrefused),
		figureNode(live),
		figureTableNode(live),
		narrativeNode(live),
		...tableNodes
	];
}

/** Paragraph ids and slots are kept while text moves, and given anew to what was split, copied or pasted. */
function addresses(onrefused: (key: string) => void) {
	return Extension.create({
		name: 'addresses',
		addGlobalAttributes: () => [
			{
				types: ['paragraph', 'heading'],
				attributes: {
					id: {
						default: null,
						keepOnSplit: false,
						parseHTML: (element) => element.getAttribute('data-id'),
						renderHTML: ({ id }) => ({ 'data-id': id })
					}
				}
			}
		],
		dispatchTransaction({ transaction, next }) {
			if (transaction.docChanged && listDepth(transaction) > LIST_DEPTH_AT_MOST) {
				onrefused('report_editor_lists_deep');
				return;
			}
			if (transaction.docChanged) giveAddresses(transaction);
			next(transaction);
		}
	});
}

/** Completes a transaction: every paragraph gets an id and every figure a slot that nothing before it has. */
export function giveAddresses(transaction: Transaction): void {
	const taken = new Set<string>();
	transaction.doc.descendants((node, position) => {
		const key = node.type.name.startsWith('figure') ? 'slot' : 'id';
		if (!(key in node.attrs)) return;
		const current: unknown = node.attrs[key];
		const isKept = typeof current === 'string' && ADDRESS.test(current) && !taken.has(`${key}.${current}`);
		const address = isKept ? current : freshAddress(key === 'slot' ? 'f' : 'p');
		taken.add(`${key}.${address}`);
		if (!isKept) transaction.setNodeAttribute(position, key, address);
	});
}

const ADDRESS = /^[a-z][a-z0-9]{0,9}$/;

function freshAddress(prefix: string): string {
	const random = crypto.getRandomValues(new Uint8Array(7));
	return prefix + [...random].map((each) => (each % 36).toString(36)).join('');
}

function listDepth(transaction: Transaction): number {
	let deepest = 0;
	transaction.doc.descendants((node, position) => {
		if (node.type.name !== 'listItem') return;
		const place = transaction.doc.resolve(position);
		const around = Array.from({ length: place.depth }, (_, depth) => place.node(depth + 1).type.name);
		deepest = Math.max(deepest, around.filter((name) => name.endsWith('List')).length);
	});
	return deepest;
}

function figureNode(live: Live) {
	return Node.create({
		name: 'figure',
		group: 'inline',
		inline: true,
		atom: true,
		addAttributes: () => ({
			slot: { default: null, ...asData('slot') },
			query: { default: null, ...asData('query') },
			format: { default: 'plain', ...asData('format') }
		}),
		parseHTML: () => [{ tag: 'span[data-query]', getAttrs: (element) => isFigure(element) && null }],
		renderHTML: ({ HTMLAttributes, node }) => ['span', HTMLAttributes, textAt(live, node.attrs)],
		renderText: ({ node }) => textAt(live, node.attrs),
		addNodeView: () => (view) => {
			const dom = document.createElement('span');
			dom.className = 'fig';
			const show = () => {
				const known = knownAt(live, view.node.attrs);
				dom.textContent = known?.text ?? `[${m.report_editor_figure_pending()}]`;
				dom.title = known?.label ?? '';
			};
			return shown(live, { dom, show });
		}
	});
}

function figureTableNode(live: Live) {
	return Node.create({
		name: 'figureTable',
		group: 'block',
		atom: true,
		addAttributes: () => ({
			slot: { default: null, ...asData('slot') },
			query: { default: null, ...asData('query') },
			title: { default: '', ...asData('title') }
		}),
		parseHTML: () => [{ tag: 'div[data-query]', getAttrs: (element) => isFigure(element) && null }],
		renderHTML: ({ HTMLAttributes }) => ['div', HTMLAttributes],
		addNodeView: () => (view) => {
			const dom = document.createElement('div');
			dom.className = 'block-atom';
			const show = () => {
				const title: unknown = view.node.attrs['title'];
				const rows = knownAt(live, view.node.attrs)?.rows ?? [];
				const lines = rows.map((row) => `${row.label}: ${row.cells.map((cell) => cell.text).join(' · ')}`);
				dom.replaceChildren(
					...[m.report_editor_table({ title: String(title) }), ...lines].map((text) => {
						const line = document.createElement('div');
						line.textContent = text;
						return line;
					})
				);
			};
			return shown(live, { dom, show });
		}
	});
}

function narrativeNode(live: Live) {
	return Node.create({
		name: 'narrative',
		group: 'block',
		atom: true,
		addAttributes: () => ({ section: { default: null, ...asData('section') } }),
		parseHTML: () => [{ tag: 'div[data-section]' }],
		renderHTML: ({ HTMLAttributes, node }) => {
			const section = String(node.attrs['section']);
			const text = m.report_editor_narrative({ section: live.narratives[section]?.title ?? section });
			return ['div', { ...HTMLAttributes, class: 'block-atom' }, text];
		}
	});
}

/** An attribute as JSON in `data-…`, so that a figure survives cut and paste, which go through HTML. */
function asData(name: string) {
	return {
		parseHTML: (element: HTMLElement): unknown => parseJson(element.getAttribute(`data-${name}`)),
		renderHTML: (attributes: Record<string, unknown>) => ({ [`data-${name}`]: JSON.stringify(attributes[name]) })
	};
}

function isFigure(element: HTMLElement): boolean {
	const format = parseJson(element.getAttribute('data-format')) ?? 'plain';
	const isFormat = FIGURE_FORMATS.some((each) => each === format);
	return isFormat && figureQuerySchema.safeParse(parseJson(element.getAttribute('data-query'))).success;
}

function parseJson(text: string | null): unknown {
	try {
		return text === null ? null : JSON.parse(text);
	} catch {
		// Pasted from elsewhere: the same attribute name with another meaning is no attribute of ours.
		return null;
	}
}

/** A node view that is drawn now, and again whenever values arrive. */
function shown(live: Live, { dom, show }: { dom: HTMLElement; show: () => void }) {
	show();
	live.shown.add(show);
	return { dom, destroy: () => void live.shown.delete(show) };
}

function textAt(live: Live, attributes: Record<string, unknown>): string {
	return knownAt(live, attributes)?.text ?? '…';
}

function knownAt(live: Live, { slot }: Record<string, unknown>): FrozenFigure | undefined {
	return typeof slot === 'string' ? live.figures.get(slot) : undefined;
}

function slots(figures: readonly FrozenFigure[]): ReadonlyMap<string, FrozenFigure> {
	return new Map(figures.map((each) => [each.slot, each]));
}

function refusalKey(message: string | undefined): string {
	return message?.startsWith('report_') ? message : 'report_body_invalid';
}
