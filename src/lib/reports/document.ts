import { z } from 'zod';
import { formatNumber, formatPercent, twoDigits } from '#lib/vietnamese/format.ts';

// Browsers report the trial of `new Function` that the schemas would start with: our pages forbid it.
if ('window' in globalThis) z.config({ jitless: true });

/**
 * The body of a report: official prose with questions to the ledger in it. The shape is the subset of Tiptap's JSON
 * that the editor, the sheet on the screen and the .docx all know. Bounds are those of a long real report, doubled.
 */

const LIST_DEPTH = 3;
const FIGURES_AT_MOST = 400;

export const FIGURE_FORMATS = ['plain', 'two_digits', 'percent', 'difference', 'percent_difference'] as const;
export const LIST_DEPTH_AT_MOST = LIST_DEPTH;

const day = z.iso.date();
const facet = z.string().regex(/^[a-z][a-z_]{0,39}$/);
const paragraphId = z.string().regex(/^[a-z0-9]{1,12}$/);
/** Short, because it shares the 64 characters of a Word tag with the report's id and a hash. */
const slot = z.string().regex(/^[a-z][a-z0-9]{0,9}$/);

const queryParts = {
	figure: z.string().regex(/^[a-z][a-z_-]{0,39}\.[a-z][a-z_]{0,39}$/),
	unit: z.string().min(1).max(80).nullable(),
	from: day.nullable(),
	asOf: day.nullable(),
	where: z.record(facet, z.string().min(1).max(80)).refine((where) => Object.keys(where).length <= 8),
	compare: z.literal('previous_year').optional()
};

/** A question to the ledger. `unit`, `from` and `asOf` null mean the report's own. */
export const figureQuerySchema = z.strictObject({ ...queryParts, by: z.array(facet).max(3) });
export type FigureQuery = z.infer<typeof figureQuerySchema>;
export type FigureFormat = (typeof FIGURE_FORMATS)[number];

const marks = z
	.array(z.strictObject({ type: z.enum(['bold', 'italic', 'underline']) }))
	.max(3)
	.optional();

const text = z.strictObject({ type: z.literal('text'), text: z.string().min(1).max(20_000), marks });

const figure = z.strictObject({
	type: z.literal('figure'),
	attrs: z.strictObject({ slot, query: figureQuerySchema, format: z.enum(FIGURE_FORMATS) }),
	marks
});

export const inlinesSchema = z.array(z.discriminatedUnion('type', [text, figure])).max(500);
const inlines = inlinesSchema.optional();

const paragraph = z.strictObject({
	type: z.literal('paragraph'),
	attrs: z.strictObject({ id: paragraphId }),
	content: inlines
});

const heading = z.strictObject({
	type: z.literal('heading'),
	attrs: z.strictObject({ id: paragraphId, level: z.union([z.literal(1), z.literal(2), z.literal(3)]) }),
	content: inlines
});

const bullets = z.literal('bulletList');
const ordered = z.literal('orderedList');
/** Tiptap writes `type` for the look of the numbers; official papers have one look only. */
const orderedAttrs = z.strictObject({ start: z.int().min(1).max(999), type: z.null().optional() });

const innerItem = z.strictObject({ type: z.literal('listItem'), content: z.array(paragraph).min(1).max(20) });
const innerList = listOf(innerItem);
const middleItem = z.strictObject({
	type: z.literal('listItem'),
	content: z
		.array(z.discriminatedUnion('type', [paragraph, ...innerList]))
		.min(1)
		.max(20)
});
const middleList = listOf(middleItem);
const outerItem = z.strictObject({
	type: z.literal('listItem'),
	content: z
		.array(z.discriminatedUnion('type', [paragraph, ...middleList]))
		.min(1)
		.max(20)
});

/** Both kinds of lists of such items. */
export function listOf<Item extends z.ZodType>(item: Item) {
	const content = z.array(item).min(1).max(200);
	return [
		z.strictObject({ type: bullets, content }),
		z.strictObject({ type: ordered, attrs: orderedAttrs.optional(), content })
	] as const;
}

/** A table whose cells hold such paragraphs. */
export function tableOf<Paragraph extends z.ZodType>(of: Paragraph) {
	const attrs = z.strictObject({
		colspan: z.int().min(1).max(20),
		rowspan: z.int().min(1).max(400),
		colwidth: z.null().optional()
	});
	const parts = { attrs: attrs.optional(), content: z.array(of).min(1).max(20) };
	const cell = z.discriminatedUnion('type', [
		z.strictObject({ type: z.literal('tableHeader'), ...parts }),
		z.strictObject({ type: z.literal('tableCell'), ...parts })
	]);
	const row = z.strictObject({ type: z.literal('tableRow'), content: z.array(cell).min(1).max(20) });
	return z.strictObject({ type: z.literal('table'), content: z.array(row).min(1).max(400) });
}

const table = tableOf(paragraph);

const figureTable = z.strictObject({
	type: z.literal('figureTable'),
	attrs: z.strictObject({
		slot,
		title: z.string().max(300),
		query: z.strictObject({ ...queryParts, by: z.array(facet).min(1).max(2) })
	})
});

const narrative = z.strictObject({
	type: z.literal('narrative'),
	attrs: z.strictObject({ section: z.string().regex(/^[a-z][a-z0-9_-]{0,39}$/) })
});

const block = z.discriminatedUnion('type', [paragraph, heading, ...listOf(outerItem), table, figureTable, narrative]);

/** What a template or a report may contain. Issues found across nodes carry a message key of reports.json. */
export const bodySchema = z
	.strictObject({ type: z.literal('doc'), content: z.array(block).min(1).max(1000) })
	.superRefine((body, context) => {
		const figures = listFigures(body);
		const repeated = firstRepeated(figures.map((each) => each.slot));
		if (figures.length > FIGURES_AT_MOST) context.addIssue({ code: 'custom', message: 'report_body_figures_many' });
		if (repeated) context.addIssue({ code: 'custom', message: 'report_body_slot_twice', params: { slot: repeated } });
		const twice = firstRepeated(listParagraphs(body).map((each) => each.attrs.id));
		if (twice) context.addIssue({ code: 'custom', message: 'report_body_paragraph_twice', params: { id: twice } });
	});

export type ReportBody = z.infer<typeof bodySchema>;
export type Block = z.infer<typeof block>;
export type Paragraph = z.infer<typeof paragraph>;
export type Heading = z.infer<typeof heading>;
export type Inline = NonNullable<Paragraph['content']>[number];
export type List = Extract<Block, { type: 'bulletList' | 'orderedList' }>;
type ItemContent = Paragraph | NestedList;
export type NestedList =
	| { type: 'bulletList'; content: { type: 'listItem'; content: ItemContent[] }[] }
	| {
			type: 'orderedList';
			attrs?: { start: number; type?: null };
			content: { type: 'listItem'; content: ItemContent[] }[];
	  };
export type Table = Extract<Block, { type: 'table' }>;

/**
 * What a figure was when the report was frozen. `text` is what stands on paper; days and instants are ISO.
 * A table has `columns`, the first of which heads the labels, and `rows`.
 */
export type FrozenFigure = {
	slot: string;
	label: string;
	query: FigureQuery;
	text: string;
	value: number | null;
	notApplicable: boolean;
	about: boolean;
	asOf: string;
	knownAt: string;
	structure: string;
	/** Of too few cases for the public: said of figures in articles, never in reports. */
	isHidden?: true;
	columns?: string[];
	rows?: FrozenRow[];
};
export type FrozenRow = { label: string; cells: FrozenCell[] };
export type FrozenCell = { text: string; value: number | null; notApplicable: boolean };

/** What lower units wrote, by section: its title, the paragraphs that were taken over, and how many still wait to be read. */
export type Narratives = Readonly<Record<string, { title: string; paragraphs: string[]; awaiting: number }>>;

export type ListedFigure = { slot: string; query: FigureQuery; format: FigureFormat; isTable: boolean };

/** Every figure of the body in reading order, those in tables and lists included. */
export function listFigures(body: ReportBody): ListedFigure[] {
	const found: ListedFigure[] = [];
	for (const each of body.content) {
		if (each.type === 'figureTable') {
			found.push({ slot: each.attrs.slot, query: each.attrs.query, format: 'plain', isTable: true });
		}
		for (const { content } of paragraphsOf(each)) {
			for (const inline of content ?? []) if (inline.type === 'figure') found.push({ ...inline.attrs, isTable: false });
		}
	}
	return found;
}

/** The paragraphs and headings in reading order: a leader returns one of them, by id, with a reason. */
export function listParagraphs(body: ReportBody): (Paragraph | Heading)[] {
	return body.content.flatMap(paragraphsOf);
}

function paragraphsOf(node: Block | NestedList): (Paragraph | Heading)[] {
	switch (node.type) {
		case 'paragraph':
		case 'heading':
			return [node];
		case 'bulletList':
		case 'orderedList':
			return node.content.flatMap((item) => item.content.flatMap(paragraphsOf));
		case 'table':
			return node.content.flatMap((row) => row.content.flatMap((cell) => cell.content));
		case 'figureTable':
		case 'narrative':
			return [];
	}
}

/** The body as plain text, a paragraph a line, cells of a row joined by tabs. A figure not yet known reads "…". */
export function renderText(body: ReportBody, figures: readonly FrozenFigure[], narratives: Narratives = {}): string {
	const known = new Map(figures.map((each) => [each.slot, each]));
	return body.content.flatMap((each) => linesOf(each, known, narratives)).join('\n');
}

function linesOf(node: Block, known: ReadonlyMap<string, FrozenFigure>, narratives: Narratives): string[] {
	switch (node.type) {
		case 'table':
			return node.content.map((row) =>
				row.content.map((cell) => cell.content.map((each) => lineOf(each, known)).join(' ')).join('\t')
			);
		case 'figureTable': {
			const frozen = known.get(node.attrs.slot);
			const rows = (frozen?.rows ?? []).map((row) => [row.label, ...row.cells.map((cell) => cell.text)].join('\t'));
			const head = frozen?.columns ? [frozen.columns.join('\t')] : [];
			return [node.attrs.title, ...head, ...(frozen && rows.length === 0 ? [NO_FIGURES] : rows)];
		}
		case 'narrative':
			return narratives[node.attrs.section]?.paragraphs ?? [];
		default:
			return paragraphsOf(node).map((each) => lineOf(each, known));
	}
}

/** One paragraph or heading as text. */
export function lineOf(node: Paragraph | Heading, known: ReadonlyMap<string, FrozenFigure>): string {
	return (node.content ?? [])
		.map((each) => (each.type === 'text' ? each.text : (known.get(each.attrs.slot)?.text ?? '…')))
		.join('');
}

/** What a figure that does not apply reads as: within a sentence the sign, with a note at the foot; in a cell the words. */
const NOT_APPLICABLE = { sentence: '…', cell: 'không áp dụng' } as const;
/** The only row of a table of figures that has none. */
export const NO_FIGURES = 'Không có số liệu';

/**
 * A value as it stands on paper. Shares are ratios (0,849 → "84,9%"); differences say their direction, because
 * "tăng" typed before the figure would become a lie when it falls. Not applicable is never printed as a number.
 */
export function printFigure(
	answer: { value: number | null; notApplicable: boolean; about: boolean },
	format: FigureFormat,
	place: 'sentence' | 'cell' = 'sentence'
): string {
	if (answer.notApplicable || answer.value === null) return NOT_APPLICABLE[place];
	const printed = printNumber(answer.value, format);
	return answer.about ? `khoảng ${printed}` : printed;
}

/** What the foot of the paper says when a sentence has the sign; null when none has. */
export function notApplicableNote(figures: readonly FrozenFigure[]): string | null {
	const isUsed = figures.some((each) => !each.rows && each.notApplicable && each.text === NOT_APPLICABLE.sentence);
	return isUsed ? `Dấu “${NOT_APPLICABLE.sentence}”: không áp dụng, khác với số 0.` : null;
}

function printNumber(value: number, format: FigureFormat): string {
	const direction = value < 0 ? 'giảm' : 'tăng';
	switch (format) {
		case 'plain':
			return formatNumber(value);
		case 'two_digits':
			return twoDigits(value);
		case 'percent':
			return formatPercent(value);
		case 'difference':
			return value === 0 ? 'tăng 0' : `${direction} ${twoDigits(Math.abs(value))}`;
		case 'percent_difference':
			return `${direction} ${formatPercent(Math.abs(value))}`;
	}
}

function firstRepeated(keys: string[]): string | undefined {
	return keys.find((key, index) => keys.indexOf(key) !== index);
}
