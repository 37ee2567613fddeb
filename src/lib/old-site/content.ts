import type { Block, Inline, Mark } from '#lib/newsroom/body.ts';
import { EMPTY_LINK } from './holes.ts';
import { left, paragraph, type Left, type OldPicture, type Piece } from './piece.ts';
import { readList, readTable, type Found } from './structure.ts';
import { findElement, findElements, wordsOf, type Element, type Node } from './tree.ts';

/**
 * The markup of an old page as pieces of a text of ours. Whatever the newsroom's texts do not have is left out, so there is no
 * markup that could pass: what comes out are words, marks and addresses. Pure.
 */

export type Reading = {
	/** Where a link leads now; null: nowhere that may be linked to, its words stay. */
	resolve: (href: string) => string | null;
	/** WordPress's older editor: a blank line begins a paragraph. */
	isLoose: boolean;
};

export type Read = { pieces: Piece[]; left: Left[] };

/** Text under construction. */
type Making = Read & { line: Inline[]; reading: Reading };

export function readContent(root: Element, reading: Reading): Read {
	const making: Making = { pieces: [], left: [], line: [], reading };
	walkAll(root.children, making, []);
	endLine(making);
	return { pieces: making.pieces, left: making.left };
}

const INLINE_MARKS: Readonly<Record<string, Mark>> = {
	b: { type: 'bold' },
	strong: { type: 'bold' },
	i: { type: 'italic' },
	em: { type: 'italic' },
	cite: { type: 'italic' },
	u: { type: 'underline' },
	ins: { type: 'underline' }
};
const UNSEEN = new Set([
	'script',
	'style',
	'noscript',
	'template',
	'head',
	'title',
	'link',
	'meta',
	'colgroup',
	'svg',
	'math'
]);
const PLAYERS = new Set(['iframe', 'video', 'audio', 'object', 'embed', 'canvas', 'applet', 'marquee']);
const CONTROLS = new Set(['form', 'button', 'select', 'textarea', 'input', 'option', 'fieldset', 'dialog']);
/** What feed.ts sets around brackets of plugins, so that they are told. */
export const SHORTCODE = 'kheo-shortcode';
const AROUND = new Set(['nav', 'aside', 'footer', 'menu']);
const INLINE = new Set(
	'a abbr acronym bdi bdo big code data dfn font kbd label mark q s samp small span strike sub sup time tt var wbr'.split(
		' '
	)
);
/** Parts of class names by which the themes of old sites call what stands around a text. */
const FURNITURE =
	/^(?:share|sharing|sharedaddy|addtoany|social|related|jp-relatedposts|yarpp|comment|comments|respond|breadcrumb|breadcrumbs|sidebar|pagination|navigation|postnav|fb-like|tags-links|views|rating|tinlienquan|tinkhac)$/i;

function walkAll(nodes: readonly Node[], making: Making, marks: readonly Mark[]): void {
	for (const node of nodes) {
		if (typeof node === 'string') write(node, making, marks);
		else walk(node, making, marks);
	}
}

function walk(element: Element, making: Making, marks: readonly Mark[]): void {
	const { name } = element;
	if (UNSEEN.has(name)) return;
	if (isAround(element)) return leaveOut(making, 'furniture', element);
	if (CONTROLS.has(name)) return leaveOut(making, 'form', element);
	if (PLAYERS.has(name)) return void making.left.push(left('player', element.attributes['src'] ?? wordsOf(element)));
	if (name === SHORTCODE) return void making.left.push(left('shortcode', wordsOf(element)));
	const own = INLINE_MARKS[name];
	if (own) return walkAll(element.children, making, withMark(marks, own));
	if (name === 'a') return walkLink(element, making, marks);
	if (INLINE.has(name)) return walkAll(element.children, making, withStyle(marks, element));
	if (name === 'br') return breakLine(making);
	endLine(making);
	walkBlock(element, making, marks);
	endLine(making);
}

function walkBlock(element: Element, making: Making, marks: readonly Mark[]): void {
	const level = /^h([1-6])$/.exec(element.name)?.[1];
	if (level) return endHeading(element, making, Number(level) <= 2 ? 2 : 3);
	switch (element.name) {
		case 'img':
			return addPicture(making, pictureOf(element));
		case 'figure':
			return walkFigure(element, making, marks);
		case 'ul':
		case 'ol':
			return addStructure(element, making, readList(element, making.reading));
		case 'table':
			return addTable(element, making, marks);
		case 'blockquote':
			return addQuote(element, making);
		default:
			return walkAll(element.children, making, withStyle(marks, element));
	}
}

function isAround({ name, attributes }: Element): boolean {
	if (AROUND.has(name)) return true;
	const names = `${attributes['class'] ?? ''} ${attributes['id'] ?? ''}`;
	return names
		.split(/[\s_]+|(?<=related|share|social|comment|comments)-/)
		.some((part) => FURNITURE.test(part.replace(/-$/, '')));
}

function leaveOut(making: Making, what: 'furniture' | 'form', element: Element): void {
	const words = wordsOf(element).trim();
	if (words !== '') making.left.push(left(what, words));
}

function withMark(marks: readonly Mark[], mark: Mark): readonly Mark[] {
	return marks.some(({ type }) => type === mark.type) ? marks : [...marks, mark];
}

/** Old sites said with styles what is bold and slanted. */
function withStyle(marks: readonly Mark[], { attributes }: Element): readonly Mark[] {
	const style = attributes['style'] ?? '';
	const bold = /font-weight:\s*(?:bold|[6-9]00)/i.test(style) ? withMark(marks, { type: 'bold' }) : marks;
	return /font-style:\s*italic/i.test(style) ? withMark(bold, { type: 'italic' }) : bold;
}

function walkLink(element: Element, making: Making, marks: readonly Mark[]): void {
	const href = element.attributes['href'];
	if (href === undefined || href.startsWith('#')) return walkAll(element.children, making, marks);
	const picture = findElement(element, ({ name }) => name === 'img');
	if (wordsOf(element).trim() === '' && !picture) return write(EMPTY_LINK, making, marks);
	const address = picture ? null : making.reading.resolve(href.trim());
	if (address === null && !picture) making.left.push(left('link_words_kept', `${wordsOf(element).trim()} → ${href}`));
	const link: Mark | null = address === null ? null : { type: 'link', attrs: { href: address } };
	walkAll(element.children, making, link ? withMark(marks, link) : marks);
}

const TEXT_AT_MOST = 15_000;

function write(text: string, making: Making, marks: readonly Mark[]): void {
	const clean = cleanText(text);
	if (!making.reading.isLoose) return add(clean.replace(/\s+/g, ' '), making, marks);
	const paragraphs = clean.replace(/\r\n?/g, '\n').split(/\n[ \t]*\n\s*/);
	for (const [index, each] of paragraphs.entries()) {
		if (index > 0) endLine(making);
		for (const [row, line] of each.split('\n').entries()) {
			if (row > 0) breakLine(making);
			add(line.replace(/\s+/g, ' '), making, marks);
		}
	}
}

/** Composed, without what no reader sees and no database takes; a word's place in it is kept by a sign that no text has. */
function cleanText(text: string): string {
	const own = text === EMPTY_LINK ? text : text.replaceAll(EMPTY_LINK, '');
	return own
		.toWellFormed()
		.normalize('NFC')
		.replace(/(?![\t\n\r])[\p{Cc}\p{Cf}]/gu, '')
		.replace(/\u00a0/g, ' ');
}

function add(text: string, { line }: Making, marks: readonly Mark[]): void {
	if (text === '') return;
	const last = line.at(-1);
	const joins = last?.type === 'text' && JSON.stringify(last.marks ?? []) === JSON.stringify(marks);
	if (joins && last.text.length + text.length < TEXT_AT_MOST) last.text += text;
	else
		for (let from = 0; from < text.length; from += TEXT_AT_MOST)
			line.push({
				type: 'text',
				text: text.slice(from, from + TEXT_AT_MOST),
				...(marks.length > 0 && { marks: [...marks] })
			});
}

/** Two in a row end a paragraph: that is how they were meant. */
function breakLine(making: Making): void {
	const blank = making.line.at(-1);
	if (blank?.type === 'text' && blank.text.trim() === '' && making.line.at(-2)?.type === 'hardBreak') making.line.pop();
	if (making.line.at(-1)?.type === 'hardBreak') return endLine(making);
	if (making.line.length > 0) making.line.push({ type: 'hardBreak' });
}

/** The line without spaces and breaks at its ends and doubled spaces within. */
function trimmed(line: readonly Inline[]): Inline[] {
	const kept: Inline[] = [];
	for (const inline of line) {
		const last = kept.at(-1);
		const isOpen = !last || last.type === 'hardBreak' || (last.type === 'text' && last.text.endsWith(' '));
		if (inline.type === 'text') {
			const text = (isOpen ? inline.text.trimStart() : inline.text).replace(/ {2,}/g, ' ');
			if (text !== '') kept.push({ ...inline, text });
		} else if (kept.length > 0) kept.push(inline);
	}
	for (let last = kept.at(-1); last; last = kept.at(-1)) {
		if (last.type === 'text' && last.text.trimEnd() !== '') {
			last.text = last.text.trimEnd();
			break;
		}
		kept.pop();
	}
	return kept;
}

function endLine(making: Making): void {
	const line = trimmed(making.line);
	making.line.length = 0;
	if (line.length > 0) making.pieces.push({ block: paragraph(line) });
}

/** The lines of an element that holds nothing but words; its pictures follow it. */
export function linesIn(element: Element, reading: Reading): { lines: Inline[][]; rest: Read } {
	const inner = readContent(element, reading);
	const lines = inner.pieces.flatMap((piece) => ('block' in piece ? linesOfBlock(piece.block) : []));
	const pieces = inner.pieces.filter((piece) => 'picture' in piece);
	return { lines, rest: { pieces, left: inner.left } };
}

function linesOfBlock(block: Block): Inline[][] {
	switch (block.type) {
		case 'paragraph':
		case 'heading':
			return [block.content ?? []];
		case 'blockquote':
			return block.content.map(({ content }) => content ?? []);
		case 'bulletList':
		case 'orderedList':
			return block.content.flatMap((item) => item.content.flatMap(linesOfBlock));
		case 'table':
			return block.content.flatMap((row) => row.content.flatMap((cell) => cell.content.flatMap(linesOfBlock)));
		default:
			return [];
	}
}

function endHeading(element: Element, making: Making, level: 2 | 3): void {
	const { lines, rest } = linesIn(element, making.reading);
	const content = lines.flatMap((line, index) => (index > 0 ? [{ type: 'text' as const, text: ' ' }, ...line] : line));
	if (content.length > 0) making.pieces.push({ block: { type: 'heading', attrs: { level }, content } });
	making.pieces.push(...rest.pieces);
	making.left.push(...rest.left);
}

function addQuote(element: Element, making: Making): void {
	const { lines, rest } = linesIn(element, making.reading);
	for (let from = 0; from < lines.length; from += 50) {
		const content = lines.slice(from, from + 50).map((line) => ({ type: 'paragraph' as const, content: line }));
		making.pieces.push({ block: { type: 'blockquote', content } });
	}
	making.pieces.push(...rest.pieces);
	making.left.push(...rest.left);
}

function addStructure(element: Element, making: Making, found: Found | null): void {
	if (!found) return walkAll(element.children, making, []);
	making.pieces.push(...found.blocks.map((block) => ({ block })), ...found.rest.pieces);
	making.left.push(...found.rest.left);
}

/** Old sites set a picture and its caption as a table, and columns of pages too: only what has columns of words is one. */
function addTable(element: Element, making: Making, marks: readonly Mark[]): void {
	const pictures = findElements(element, ({ name }) => name === 'img');
	const [only] = pictures;
	const words = wordsOf(element).replace(/\s+/g, ' ').trim();
	if (only && pictures.length === 1 && words.length < 400)
		return addPicture(making, { ...pictureOf(only), caption: cleanText(words) });
	const found = pictures.length > 0 ? null : readTable(element, making.reading);
	if (found) return addStructure(element, making, found);
	walkAll(element.children, making, marks);
}

function walkFigure(element: Element, making: Making, marks: readonly Mark[]): void {
	const pictures = findElements(element, ({ name }) => name === 'img');
	const caption = findElement(element, ({ name }) => name === 'figcaption');
	if (pictures.length === 0) return walkAll(element.children, making, marks);
	const said = caption ? cleanText(wordsOf(caption)).replace(/\s+/g, ' ').trim() : '';
	for (const each of pictures) {
		const picture = pictureOf(each);
		addPicture(making, { ...picture, caption: pictures.length === 1 && said ? said : picture.caption });
	}
	if (pictures.length > 1 && said) making.line.push({ type: 'text', text: said });
}

function addPicture(making: Making, picture: OldPicture): void {
	if (picture.address !== '') making.pieces.push({ picture });
}

/** A name of a file or of a camera describes nothing. */
const NO_WORDS =
	/^(?:(?:img|dsc|dscn|dji|pict?|image|photo|anh|hinh|zalo|screenshot|untitled)?[\s_.-]*[\d\s_.x()-]*|[\w%-]+\.(?:jpe?g|png|gif|webp|avif))$/i;

function pictureOf({ attributes }: Element): OldPicture {
	const [, id] = /\bwp-image-(\d+)\b/.exec(attributes['class'] ?? '') ?? [];
	const source =
		attributes['data-src'] ?? attributes['data-lazy-src'] ?? attributes['data-original'] ?? attributes['src'] ?? '';
	const address = source.startsWith('data:') ? '' : source.trim();
	const alt = cleanText(attributes['alt'] ?? '')
		.replace(/\s+/g, ' ')
		.trim();
	return {
		address: address || (id ? `id:${id}` : attributes['data-id'] ? `id:${attributes['data-id']}` : ''),
		alt: NO_WORDS.test(alt) ? '' : alt.slice(0, 500),
		caption: cleanText(attributes['data-caption'] ?? '')
			.trim()
			.slice(0, 1000),
		credit: ''
	};
}
