import { bodySchema, type Block } from '#lib/newsroom/body.ts';
import { linesIn, type Read, type Reading } from './content.ts';
import { childrenNamed, findElements, type Element } from './tree.ts';

/** Lists and tables of old pages as those of our texts, in the bounds that these have. Pure. */

export type Found = { blocks: Block[]; rest: Read };

const ITEMS_AT_MOST = 200;
const PARTS_AT_MOST = 20;
const DEPTH_AT_MOST = 3;

/** Null where it holds no items, or more than fits. What lies deeper than our lists go stands on their last level. */
export function readList(element: Element, reading: Reading): Found | null {
	const rest: Read = { pieces: [], left: [] };
	return checked(listsOf(element, { reading, rest, depth: 1 }), rest);
}

/** What the schema of texts says is the last word: null where it does not take it. */
function checked(content: readonly object[], rest: Read): Found | null {
	const read = bodySchema.safeParse({ type: 'doc', content });
	return read.success ? { blocks: read.data.content, rest } : null;
}

type Within = { reading: Reading; rest: Read; depth: number };

function listsOf(element: Element, within: Within): object[] {
	const items = childrenNamed(element, 'li').flatMap((item) => itemsOf(item, within));
	const lists: object[] = [];
	for (let from = 0; from < items.length; from += ITEMS_AT_MOST) {
		const content = items.slice(from, from + ITEMS_AT_MOST);
		const start = Math.min(Math.max(Number.parseInt(element.attributes['start'] ?? '1', 10) || 1, 1) + from, 999);
		lists.push(
			element.name === 'ul' ? { type: 'bulletList', content } : { type: 'orderedList', attrs: { start }, content }
		);
	}
	return lists;
}

function itemsOf(item: Element, within: Within): object[] {
	const { reading, rest, depth } = within;
	const inner = [...childrenNamed(item, 'ul'), ...childrenNamed(item, 'ol')];
	const own = item.children.filter((child) => typeof child === 'string' || !inner.includes(child));
	const paragraphs = paragraphsIn({ ...item, children: own }, { reading, rest });
	const listItem = (content: object[]) =>
		content.length > 0 ? [{ type: 'listItem', content: content.slice(0, PARTS_AT_MOST) }] : [];
	if (depth < DEPTH_AT_MOST)
		return listItem([...paragraphs, ...inner.flatMap((list) => listsOf(list, { ...within, depth: depth + 1 }))]);
	const deeper = inner.flatMap((list) => childrenNamed(list, 'li').flatMap((each) => itemsOf(each, within)));
	return [...listItem(paragraphs), ...deeper];
}

/** The words of an element as paragraphs; its pictures go to the rest. */
function paragraphsIn(element: Element, { reading, rest }: Omit<Within, 'depth'>): object[] {
	const found = linesIn(element, reading);
	rest.pieces.push(...found.rest.pieces);
	rest.left.push(...found.rest.left);
	return found.lines.map((content) => ({ type: 'paragraph', content }));
}

/** Null where it is no table of words: one column, none, or more than our tables hold. */
export function readTable(element: Element, reading: Reading): Found | null {
	if (findElements(element, ({ name }) => name === 'table').length > 0) return null;
	const rows = findElements(element, ({ name }) => name === 'tr').map((row) =>
		row.children.flatMap((cell) => (typeof cell !== 'string' && /^t[dh]$/.test(cell.name) ? [cell] : []))
	);
	const filled = rows.filter((cells) => cells.length > 0);
	if (!filled.some((cells) => cells.length > 1)) return null;
	const rest: Read = { pieces: [], left: [] };
	const content = filled.map((cells) => ({
		type: 'tableRow',
		content: cells.map((cell) => {
			const paragraphs = paragraphsIn(cell, { reading, rest });
			return {
				type: cell.name === 'th' ? 'tableHeader' : 'tableCell',
				attrs: { colspan: spanOf(cell, 'colspan', 20), rowspan: spanOf(cell, 'rowspan', 400) },
				content: paragraphs.length > 0 ? paragraphs : [{ type: 'paragraph' }]
			};
		})
	}));
	return checked([{ type: 'table', content }], rest);
}

function spanOf({ attributes }: Element, name: 'colspan' | 'rowspan', most: number): number {
	return Math.min(Math.max(Number.parseInt(attributes[name] ?? '1', 10) || 1, 1), most);
}
