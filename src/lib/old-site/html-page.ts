import { basename } from 'node:path';
import { normalise } from '#lib/vietnamese/text.ts';
import { hostOf, NO_HOST, pathOf } from './address.ts';
import { readInstant } from './instants.ts';
import type { OldPage } from './page.ts';
import { findElement, findElements, readHtml, wordsOf, type Element } from './tree.ts';

/** A page saved as HTML, or as the text that was on it: where its title, its day and its text are. Pure. */

type Saved = { file: string; text: string; isEncodingGuessed: boolean };

/** `file` is the path in its folder, by which the page was asked for. */
export function readSavedPage({ file, text, isEncodingGuessed }: Saved): OldPage {
	const isMarkup = /\.(?:html?|xhtml|php|aspx?)$/i.test(file) || /^\s*<(?:!doctype|html)\b/i.test(text);
	const tree = isMarkup ? readHtml(text) : linesAsTree(text);
	const of = (...names: string[]) => metaOf(tree, names);
	const canonical = linkOf(tree, 'canonical') || of('og:url');
	const said = isMarkup
		? of('article:published_time', 'datepublished', 'pubdate', 'publishdate', 'dc.date', 'dc.date.issued', 'date')
		: '';
	const day = said || timeOf(tree);
	const publishedAt = day ? readInstant(day) : null;
	const content = isMarkup ? contentOf(tree) : tree;
	return {
		file,
		line: null,
		paths: pathsOf(file, canonical),
		base: new URL(
			file.split('/').map(encodeURIComponent).join('/'),
			`${hostOf(canonical) ? new URL(canonical).origin : NO_HOST}/`
		).href,
		title: isMarkup ? titleOf(tree, content) : '',
		content,
		isTitleInText: !isMarkup,
		isLoose: false,
		lead: '',
		publishedAt,
		unreadDay: publishedAt ? '' : day,
		standing: 'public',
		categories: [of('article:section')].filter(Boolean),
		tags: allMeta(tree, 'article:tag'),
		author: of('author', 'article:author', 'dc.creator').replace(/^https?:.*$/, ''),
		cover: '',
		isEncodingGuessed
	};
}

/** A line of such a text is a paragraph. */
function linesAsTree(text: string): Element {
	const lines = text
		.replace(/^\ufeff/, '')
		.replace(/\r\n?/g, '\n')
		.split('\n');
	return {
		name: '',
		attributes: {},
		children: lines.flatMap((line) => (line.trim() === '' ? [] : [{ name: 'p', attributes: {}, children: [line] }]))
	};
}

function allMeta(tree: Element, name: string): string[] {
	return findElements(tree, (each) => each.name === 'meta' && nameOf(each) === name).flatMap(
		({ attributes }) => normalise(attributes['content'] ?? '') || []
	);
}

function metaOf(tree: Element, names: readonly string[]): string {
	for (const name of names) {
		const [found] = allMeta(tree, name);
		if (found) return found;
	}
	return '';
}

function nameOf({ attributes }: Element): string {
	return (attributes['property'] ?? attributes['name'] ?? attributes['itemprop'] ?? '').toLowerCase();
}

function linkOf(tree: Element, rel: string): string {
	const found = findElement(
		tree,
		({ name, attributes }) => name === 'link' && attributes['rel']?.toLowerCase() === rel
	);
	return found?.attributes['href'] ?? '';
}

function timeOf(tree: Element): string {
	const isPublished = ({ name, attributes }: Element) =>
		name === 'time' &&
		(attributes['pubdate'] !== undefined ||
			/published|datePublished/i.test(`${attributes['class']} ${attributes['itemprop']}`));
	const time = findElement(tree, isPublished);
	return time ? (time.attributes['datetime'] ?? normalise(wordsOf(time))) : '';
}

/** By what themes call the text itself, surest first; a page that names none is taken whole. */
const CONTENT: readonly ((element: Element) => boolean)[] = [
	({ attributes }) => /\barticleBody\b/i.test(attributes['itemprop'] ?? ''),
	({ attributes }) =>
		/(?:^|[\s_-])(?:entry|post|article|news|detail|noidung)[_-]?(?:content|body|detail|text|noidung)(?:$|\s)/i.test(
			`${attributes['class'] ?? ''} ${attributes['id'] ?? ''}`
		),
	({ name }) => name === 'article',
	({ name, attributes }) => name === 'main' || attributes['role'] === 'main',
	({ name }) => name === 'body'
];

function contentOf(tree: Element): Element {
	for (const fits of CONTENT) {
		const found = findElements(tree, fits).map((element) => ({ element, length: normalise(wordsOf(element)).length }));
		const longest = found.toSorted((one, other) => other.length - one.length)[0];
		if (longest && longest.length > 80) return longest.element;
	}
	return tree;
}

/** The first heading, else what the page says of itself, without the name of its site. */
function titleOf(tree: Element, content: Element): string {
	const headings = [
		...findElements(content, ({ name }) => name === 'h1'),
		...findElements(tree, ({ name }) => name === 'h1')
	];
	const heading = headings.map((each) => normalise(wordsOf(each))).find((text) => text.length > 8);
	if (heading) return heading;
	const site = metaOf(tree, ['og:site_name']);
	const title =
		metaOf(tree, ['og:title']) || normalise(wordsOf(findElement(tree, ({ name }) => name === 'title') ?? ''));
	const bare = site ? title.replace(new RegExp(`\\s*[|–»-]\\s*${RegExp.escape(site)}$`, 'i'), '') : title;
	return bare.replace(/\s*\|[^|]{2,80}$/, '');
}

/** The path of the file, and what the page says is its own address. */
function pathsOf(file: string, canonical: string): string[] {
	const own = pathOf(`/${file.split('/').map(encodeURIComponent).join('/')}`);
	const folder = /^index\.\w+$/i.test(basename(file)) ? (own?.replace(/\/[^/]*$/, '') ?? null) : null;
	const said = /^https?:/i.test(canonical) ? pathOf(canonical) : null;
	return [...new Set([own, folder, said].flatMap((path) => (path && path !== '/' ? [path] : [])))];
}
