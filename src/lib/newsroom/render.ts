import { PICTURE_WIDTHS } from './picture.ts';
import {
	isLinkable,
	type Block,
	type Body,
	type Inline,
	type List,
	type Mark,
	type Picture,
	type Table
} from './body.ts';

/**
 * The body of an article as HTML, made from its nodes one by one: there is no way by which markup in a text becomes markup
 * of the page. Pure; pages, feeds and previews use it.
 */

/** A picture as it is kept: what the page needs so that nothing moves when it arrives. `drawnAt` null: one width only. */
export type KeptPicture = { id: string; width: number; height: number; isDrawn: boolean };

export type Given = {
	pictures: ReadonlyMap<string, KeptPicture>;
	/** By slot: what stands for the figure, and what it counts up to which day. */
	figures: ReadonlyMap<string, { text: string; label: string }>;
	/** Addresses; of a picture in a width and a format. */
	pictureAddress: (id: string, width: number, format: string) => string;
	fileAddress: (id: string, name: string) => string;
	words: { credit: (name: string) => string; size: (bytes: number) => string };
};

/** How wide a picture of the text is shown. */
export const TEXT_SIZES = '(max-width: 46rem) 100vw, 45rem';

export function renderBody(body: Body, given: Given): string {
	return body.content.map((each) => renderBlock(each, given)).join('\n');
}

function renderBlock(each: Block, given: Given): string {
	switch (each.type) {
		case 'paragraph':
			return each.content ? `<p>${inlines(each.content, given)}</p>` : '';
		case 'heading':
			return each.content ? `<h${each.attrs.level}>${inlines(each.content, given)}</h${each.attrs.level}>` : '';
		case 'blockquote':
			return `<blockquote>${each.content.map((one) => renderBlock(one, given)).join('')}</blockquote>`;
		case 'bulletList':
		case 'orderedList':
			return renderList(each, given);
		case 'table':
			return renderTable(each, given);
		case 'picture':
			return renderFigure(each.attrs, given);
		case 'attachment': {
			const { file, name, size } = each.attrs;
			const href = escapeHtml(given.fileAddress(file, name));
			return `<p class="attachment"><a href="${href}">${escapeHtml(name)}</a> <span>(${escapeHtml(given.words.size(size))})</span></p>`;
		}
	}
}

function renderList(list: List, given: Given): string {
	const items = list.content.map((item) => {
		const parts = item.content.map((one) =>
			one.type === 'paragraph' ? inlines(one.content ?? [], given) : renderList(one, given)
		);
		return `<li>${parts.join('<br>').replaceAll(/<br>(?=<[ou]l)/g, '')}</li>`;
	});
	if (list.type === 'bulletList') return `<ul>${items.join('')}</ul>`;
	const start = list.attrs?.start ?? 1;
	return `<ol${start === 1 ? '' : ` start="${start}"`}>${items.join('')}</ol>`;
}

/** Wide tables are moved sideways by themselves, with the keyboard too. */
function renderTable(table: Table, given: Given): string {
	const rows = table.content.map((row) => {
		const cells = row.content.map((cell) => {
			const tag = cell.type === 'tableHeader' ? 'th' : 'td';
			const { colspan = 1, rowspan = 1 } = cell.attrs ?? {};
			const spans = `${colspan > 1 ? ` colspan="${colspan}"` : ''}${rowspan > 1 ? ` rowspan="${rowspan}"` : ''}`;
			const text = cell.content.map((one) => inlines(one.content ?? [], given)).join('<br>');
			return `<${tag}${spans}>${text}</${tag}>`;
		});
		return `<tr>${cells.join('')}</tr>`;
	});
	return `<div class="table" tabindex="0" role="group"><table><tbody>${rows.join('')}</tbody></table></div>`;
}

function renderFigure({ picture, alt, caption, credit }: Picture['attrs'], given: Given): string {
	const kept = given.pictures.get(picture);
	if (!kept) return '';
	const said = [
		caption && escapeHtml(caption),
		credit && `<span class="credit">${escapeHtml(given.words.credit(credit))}</span>`
	].filter(Boolean);
	const about = said.length > 0 ? `<figcaption>${said.join(' ')}</figcaption>` : '';
	return `<figure class="picture">${renderPicture(kept, { alt, sizes: TEXT_SIZES, isLazy: true }, given.pictureAddress)}${about}</figure>`;
}

/** One picture in all its widths and formats. `sizes`: how wide it is shown; of the first one seen `isLazy` is false. */
export function renderPicture(
	kept: KeptPicture,
	{ alt, sizes, isLazy }: { alt: string; sizes: string; isLazy: boolean },
	address: Given['pictureAddress']
): string {
	const { id, width, height } = kept;
	const widths = kept.isDrawn ? widthsOf(kept) : [];
	const set = (format: string) => escapeHtml(widths.map((each) => `${address(id, each, format)} ${each}w`).join(', '));
	const sources =
		widths.length > 0 ? ['avif', 'webp'].map((format) => source(format, set(format), sizes)).join('') : '';
	const loading = isLazy ? ' loading="lazy"' : ' fetchpriority="high"';
	const image = `<img src="${escapeHtml(address(id, fallbackWidth(kept), 'jpeg'))}" width="${width}" height="${height}" alt="${escapeHtml(alt)}"${loading} decoding="async">`;
	return `<picture>${sources}${image}</picture>`;
}

function source(format: string, srcset: string, sizes: string): string {
	return `<source type="image/${format}" srcset="${srcset}" sizes="${escapeHtml(sizes)}">`;
}

/** The widths in which a picture is drawn: those of the list that it has, or its own where it is smaller than all. */
export function widthsOf({ width }: { width: number }): number[] {
	const fitting = PICTURE_WIDTHS.filter((each) => each <= width);
	return fitting.length > 0 ? fitting : [width];
}

/** For browsers that know neither AVIF nor WebP, and before the widths are drawn: 0 stands for the original. */
function fallbackWidth(kept: KeptPicture): number {
	if (!kept.isDrawn) return 0;
	const widths = widthsOf(kept);
	return widths.findLast((each) => each <= 960) ?? widths[0] ?? 0;
}

function inlines(content: readonly Inline[], given: Given): string {
	return content.map((inline) => marked(inline.marks ?? [], inlineText(inline, given))).join('');
}

function inlineText(inline: Inline, given: Given): string {
	if (inline.type === 'hardBreak') return '<br>';
	if (inline.type === 'text') return escapeHtml(inline.text);
	const figure = given.figures.get(inline.attrs.slot);
	return `<data class="fig" value="${inline.attrs.slot}" title="${escapeHtml(figure?.label ?? '')}">${escapeHtml(figure?.text ?? '…')}</data>`;
}

const TAGS = { bold: 'strong', italic: 'em', underline: 'u' } as const;

function marked(marks: readonly Mark[], text: string): string {
	return marks.reduce((inner, mark) => {
		if (mark.type !== 'link') return `<${TAGS[mark.type]}>${inner}</${TAGS[mark.type]}>`;
		const { href } = mark.attrs;
		if (!isLinkable(href)) return inner;
		// Who is linked to learns nothing of the reader, and no standing from us.
		const rel = /^https?:/i.test(href) ? ' rel="noopener noreferrer nofollow"' : '';
		return `<a href="${escapeHtml(href)}"${rel}>${inner}</a>`;
	}, text);
}

const ESCAPES: Readonly<Record<string, string>> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&#39;'
};

/** Text that may stand in an element or in a quoted attribute. */
export function escapeHtml(text: string): string {
	return text.replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? '');
}
