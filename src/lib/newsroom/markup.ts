import { isLinkable, type Block, type Body, type Inline } from './body.ts';

/**
 * The body as plain text with a little markup, for a page without script: a blank line between paragraphs, `## ` and `### ` before
 * headings, `> ` before quotes, `- ` and `1. ` before items of lists, `**bold**`, `*italic*`, `[words](address)`. What it cannot say
 * (tables, pictures, files, figures, lists in lists) stands as `[[3]]`, the block of that number in the text it was made from.
 */
export function toMarkup(body: Body): string {
	return body.content
		.map((each, index) => blockText(each) ?? `[[${index + 1}]]`)
		.filter((text) => text !== '')
		.join('\n\n');
}

function blockText(each: Block): string | null {
	switch (each.type) {
		case 'paragraph':
			return lineText(each.content);
		case 'heading': {
			const line = lineText(each.content);
			return line === null ? null : `${'#'.repeat(each.attrs.level)} ${line}`;
		}
		case 'blockquote':
			return joined(
				each.content.map((one) => lineText(one.content)),
				(line) => `> ${line}`
			);
		case 'bulletList':
		case 'orderedList': {
			const start = each.type === 'orderedList' ? (each.attrs?.start ?? 1) : null;
			const items = each.content.map(({ content: [first, ...rest] }) =>
				first?.type === 'paragraph' && rest.length === 0 ? lineText(first.content) : null
			);
			return joined(items, (line, index) => `${start === null ? '-' : `${start + index}.`} ${line}`);
		}
		default:
			return null;
	}
}

function joined(lines: (string | null)[], mark: (line: string, index: number) => string): string | null {
	return lines.includes(null) ? null : lines.map((line, index) => mark(line ?? '', index)).join('\n');
}

/** Null where a line has what markup cannot say, or signs that would be read as markup. */
function lineText(content: readonly Inline[] | undefined): string | null {
	const parts = (content ?? []).map((inline) => {
		if (inline.type !== 'text' || /\*|\]\(|^\[\[/.test(inline.text)) return null;
		return (inline.marks ?? []).reduce<string | null>((text, mark) => {
			if (text === null || mark.type === 'underline') return null;
			if (mark.type === 'link') return `[${text}](${mark.attrs.href})`;
			return mark.type === 'bold' ? `**${text}**` : `*${text}*`;
		}, inline.text);
	});
	const text = parts.includes(null) ? null : parts.join('');
	return text !== null && text !== '' && /^(#|>|-|\d+\.|\[\[|!\[)/.test(text) ? null : text;
}

/** The body that such a text means; `[[3]]` is taken from `base`, a picture from `![words](picture:<id>)`. */
export function fromMarkup(markup: string, base: Body): Body {
	const blocks = markup
		.replace(/\r\n?/g, '\n')
		.split(/\n[ \t]*\n/)
		.map((text) => text.replace(/^\n+|\s+$/g, ''))
		.filter((text) => text.trim() !== '')
		.flatMap((text) => readBlock(text, base));
	return { type: 'doc', content: blocks.length > 0 ? blocks : [{ type: 'paragraph' }] };
}

const PICTURE = /^!\[([^\]]{0,500})\]\(picture:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\)$/;

function readBlock(text: string, base: Body): Block[] {
	const [, kept] = /^\[\[(\d{1,4})\]\]$/.exec(text) ?? [];
	if (kept) return base.content.slice(Number(kept) - 1, Number(kept));
	const [, alt = '', picture] = PICTURE.exec(text) ?? [];
	if (picture) return [{ type: 'picture', attrs: { picture, alt, caption: '', credit: '' } }];
	const [, marks, title = ''] = /^(#{2,3}) +(.+)$/.exec(text) ?? [];
	if (marks) return [{ type: 'heading', attrs: { level: marks.length === 3 ? 3 : 2 }, ...inlinesOf(title) }];
	const lines = text.split('\n');
	const paragraph = (line: string) => ({ type: 'paragraph' as const, ...inlinesOf(line) });
	const items = (pattern: RegExp) =>
		lines.map((line) => ({ type: 'listItem' as const, content: [paragraph(line.replace(pattern, ''))] }));
	if (lines.every((line) => /^> ?/.test(line)))
		return [{ type: 'blockquote', content: lines.map((line) => paragraph(line.replace(/^> ?/, ''))) }];
	if (lines.every((line) => line.startsWith('- '))) return [{ type: 'bulletList', content: items(/^- /) }];
	if (lines.every((line) => /^\d{1,3}\. /.test(line)))
		return [
			{ type: 'orderedList', attrs: { start: Math.max(1, Number.parseInt(text, 10)) }, content: items(/^\d+\. /) }
		];
	return [paragraph(lines.join(' '))];
}

const MARKED = /\*\*([^*]+)\*\*|\*([^*]+)\*|\[([^\]]+)\]\(([^\s)]+)\)/g;

function inlinesOf(line: string): { content?: Inline[] } {
	const content: Inline[] = [];
	let from = 0;
	for (const match of line.matchAll(MARKED)) {
		const [whole, bold, italic, words, href = ''] = match;
		if (match.index > from) content.push({ type: 'text', text: line.slice(from, match.index) });
		from = match.index + whole.length;
		if (bold) content.push({ type: 'text', text: bold, marks: [{ type: 'bold' }] });
		else if (italic) content.push({ type: 'text', text: italic, marks: [{ type: 'italic' }] });
		else if (words && isLinkable(href))
			content.push({ type: 'text', text: words, marks: [{ type: 'link', attrs: { href } }] });
		else content.push({ type: 'text', text: whole });
	}
	if (from < line.length) content.push({ type: 'text', text: line.slice(from) });
	return content.length > 0 ? { content } : {};
}
