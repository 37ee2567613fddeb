import { Parser } from 'htmlparser2';
import { problem } from '#lib/server/problem.ts';

/** Markup as a tree: what all kinds of old pages are read into before anything is made of them. Pure. */

export type Element = { name: string; attributes: Readonly<Record<string, string>>; children: Node[] };
export type Node = Element | string;

/** What lies deeper hangs on its ancestor of this depth; nobody wrote it so by hand. */
const DEEP = 100;
const OPEN_AT_MOST = 2000;

/** An element under construction: what is open, and where the next thing goes. */
export function plant(name = '') {
	const root: Element = { name, attributes: {}, children: [] };
	const open: Element[] = [root];
	const top = () => open.at(-1) ?? root;
	return {
		root,
		depth: () => open.length - 1,
		enter(inner: string, attributes: Readonly<Record<string, string>>) {
			if (open.length > OPEN_AT_MOST) throw problem('old_site.too_deep', { most: OPEN_AT_MOST });
			const element = { name: inner, attributes, children: [] };
			top().children.push(element);
			open.push(open.length < DEEP ? element : top());
		},
		write(text: string) {
			const { children } = top();
			const last = children.at(-1);
			if (typeof last === 'string') children[children.length - 1] = last + text;
			else children.push(text);
		},
		leave() {
			if (open.length > 1) open.pop();
		}
	};
}

/** Reads HTML as browsers do, whatever is wrong with it; comments are left out. */
export function readHtml(html: string): Element {
	const tree = plant();
	const parser = new Parser({
		onopentag: (name, attributes) => tree.enter(name, attributes),
		ontext: (text) => tree.write(text),
		onclosetag: () => tree.leave()
	});
	parser.end(html);
	return tree.root;
}

/** The first element inside that fits, in reading order. */
export function findElement(within: Element, fits: (element: Element) => boolean): Element | null {
	for (const child of within.children) {
		if (typeof child === 'string') continue;
		const found = fits(child) ? child : findElement(child, fits);
		if (found) return found;
	}
	return null;
}

/** All elements inside that fit, in reading order, those in one another too. */
export function findElements(within: Element, fits: (element: Element) => boolean): Element[] {
	return within.children.flatMap((child) =>
		typeof child === 'string' ? [] : [...(fits(child) ? [child] : []), ...findElements(child, fits)]
	);
}

/** The words inside, one after another, without those that browsers do not show. */
export function wordsOf(node: Node): string {
	if (typeof node === 'string') return node;
	if (node.name === 'script' || node.name === 'style') return '';
	return node.children.map(wordsOf).join('');
}

/** The words of the first child of this name; '' where there is none. */
export function childText(of: Element, name: string): string {
	const child = of.children.find((each) => typeof each !== 'string' && each.name === name);
	return child === undefined ? '' : wordsOf(child).trim();
}

/** The children of this name. */
export function childrenNamed(of: Element, name: string): Element[] {
	return of.children.flatMap((each) => (typeof each !== 'string' && each.name === name ? [each] : []));
}
