import { z } from 'zod';
import {
	FIGURE_FORMATS,
	figureQuerySchema,
	listOf,
	tableOf,
	type FigureFormat,
	type FigureQuery
} from '#lib/reports/document.ts';

/**
 * The body of an article: the subset of Tiptap's JSON that the editor, the page and the feeds know. What is not in it is
 * refused, not cleaned: the editor sends nothing else. Bounds are those of a long special report, doubled.
 */

const PICTURES_AT_MOST = 100;
const FIGURES_AT_MOST = 60;
export const BODY_CHARACTERS_AT_MOST = 1_000_000;

/** Where a link may lead: the web, a mailbox, a telephone, or a page of ours. */
const HREF = /^(https?:\/\/[^\s<>"]+|mailto:[^\s<>"]+|tel:[+\d][\d .-]*|\/(?![/\\])[^\s<>"]*)$/i;

/** May a text link to this address? */
export function isLinkable(href: string): boolean {
	return href.length <= 2000 && HREF.test(href);
}

const link = z.strictObject({
	type: z.literal('link'),
	attrs: z.strictObject({ href: z.string().max(2000).regex(HREF) })
});
const plainMark = z.strictObject({ type: z.enum(['bold', 'italic', 'underline']) });
const marks = z
	.array(z.discriminatedUnion('type', [plainMark, link]))
	.max(4)
	.optional();

const text = z.strictObject({ type: z.literal('text'), text: z.string().min(1).max(20_000), marks });
const hardBreak = z.strictObject({ type: z.literal('hardBreak'), marks });
const slot = z.string().regex(/^[a-z][a-z0-9]{0,9}$/);
/** A question to the ledger; `asOf` null: the day of publication, `unit` null: the site's unit. */
const figure = z.strictObject({
	type: z.literal('figure'),
	attrs: z.strictObject({ slot, query: figureQuerySchema, format: z.enum(FIGURE_FORMATS) }),
	marks
});

const inlines = z
	.array(z.discriminatedUnion('type', [text, hardBreak, figure]))
	.max(1000)
	.optional();
const paragraph = z.strictObject({ type: z.literal('paragraph'), content: inlines });
/** The headline is the first heading of the page, so those of the text begin with the second. */
const heading = z.strictObject({
	type: z.literal('heading'),
	attrs: z.strictObject({ level: z.union([z.literal(2), z.literal(3)]) }),
	content: inlines
});

const innerLists = listOf(itemOf([paragraph]));
const middleLists = listOf(itemOf([paragraph, ...innerLists]));
const lists = listOf(itemOf([paragraph, ...middleLists]));

function itemOf<Parts extends readonly [z.core.$ZodTypeDiscriminable, ...z.core.$ZodTypeDiscriminable[]]>(
	parts: Parts
) {
	const content = z.array(z.discriminatedUnion('type', parts)).min(1).max(20);
	return z.strictObject({ type: z.literal('listItem'), content });
}

const quote = z.strictObject({ type: z.literal('blockquote'), content: z.array(paragraph).min(1).max(50) });

const table = tableOf(paragraph);

/** What is said about a picture here travels with the text; `alt` may be empty while it is written, never when published. */
const picture = z.strictObject({
	type: z.literal('picture'),
	attrs: z.strictObject({
		picture: z.uuid(),
		alt: z.string().max(500),
		caption: z.string().max(1000),
		credit: z.string().max(200)
	})
});
const attachment = z.strictObject({
	type: z.literal('attachment'),
	attrs: z.strictObject({ file: z.uuid(), name: z.string().min(1).max(200), size: z.int().min(0) })
});

const block = z.discriminatedUnion('type', [paragraph, heading, ...lists, quote, table, picture, attachment]);

/** What the body of an article may contain. Issues found across nodes carry a message key of newsroom.json. */
export const bodySchema = z
	.strictObject({ type: z.literal('doc'), content: z.array(block).min(1).max(1000) })
	.superRefine((body, context) => {
		const slots = listFigures(body).map((each) => each.slot);
		if (slots.length > FIGURES_AT_MOST) context.addIssue({ code: 'custom', message: 'article_body_figures_many' });
		if (new Set(slots).size < slots.length) context.addIssue({ code: 'custom', message: 'article_body_slot_twice' });
		if (listPictures(body).length > PICTURES_AT_MOST)
			context.addIssue({ code: 'custom', message: 'article_body_pictures_many' });
	});

export type Body = { type: 'doc'; content: Block[] };
export type Block = z.infer<typeof block>;
type Paragraph = z.infer<typeof paragraph>;
export type Inline = NonNullable<Paragraph['content']>[number];
export type Mark = NonNullable<Inline['marks']>[number];
export type Picture = z.infer<typeof picture>;
export type Table = z.infer<typeof table>;
export type List = z.infer<(typeof lists)[number]>;

export const EMPTY_BODY: Body = { type: 'doc', content: [{ type: 'paragraph' }] };

export type ListedFigure = { slot: string; query: FigureQuery; format: FigureFormat };

/** Every figure in reading order. */
export function listFigures(body: Body): ListedFigure[] {
	return body.content
		.flatMap(linesOf)
		.flatMap((line) => line.content ?? [])
		.flatMap((inline) => (inline.type === 'figure' ? [inline.attrs] : []));
}

/** Every picture in reading order, with what is said about it here. */
export function listPictures(body: Body): Picture['attrs'][] {
	return body.content.flatMap((each) => (each.type === 'picture' ? [each.attrs] : []));
}

/** The files that readers are given. */
export function listAttachments(body: Body): string[] {
	return body.content.flatMap((each) => (each.type === 'attachment' ? [each.attrs.file] : []));
}

type Line = { content?: Inline[] | undefined };

/** Paragraphs and headings of a block in reading order. */
function linesOf(each: Block): Line[] {
	switch (each.type) {
		case 'paragraph':
		case 'heading':
			return [each];
		case 'blockquote':
			return each.content;
		case 'bulletList':
		case 'orderedList':
			return each.content.flatMap((item) => item.content.flatMap(linesOf));
		case 'table':
			return each.content.flatMap((line) => line.content.flatMap((one) => one.content));
		case 'picture':
		case 'attachment':
			return [];
	}
}

/**
 * The body as plain text, a paragraph a line: for searching, comparing and feeds. `figures`: what stands for a figure, by
 * slot; "…" for one not known.
 */
export function plainText(body: Body, figures: ReadonlyMap<string, { text: string }> = new Map()): string {
	return body.content
		.flatMap((each) => {
			if (each.type === 'picture') return [[each.attrs.caption, each.attrs.credit].filter(Boolean).join(' – ')];
			if (each.type === 'attachment') return [each.attrs.name];
			return linesOf(each).map((line) => lineText(line, figures));
		})
		.filter((line) => line !== '')
		.join('\n');
}

function lineText({ content }: Line, figures: ReadonlyMap<string, { text: string }>): string {
	return (content ?? [])
		.map((inline) => {
			if (inline.type === 'text') return inline.text;
			return inline.type === 'hardBreak' ? ' ' : (figures.get(inline.attrs.slot)?.text ?? '…');
		})
		.join('')
		.trim();
}

/** Is there anything to read or to see in it? */
export function isBlank(body: Body): boolean {
	return plainText(body) === '' && listPictures(body).length === 0;
}
