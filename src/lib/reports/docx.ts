import {
	AlignmentType,
	convertMillimetersToTwip as mm,
	Document,
	Header,
	HeadingLevel,
	type ILevelsOptions,
	type IParagraphOptions,
	type IRunOptions,
	type IStylesOptions,
	LevelFormat,
	LevelSuffix,
	LineRuleType,
	Packer,
	PageNumber,
	Paragraph,
	type ParagraphChild,
	Table,
	TableCell,
	TableRow,
	TextRun,
	VerticalAlignTable,
	WidthType
} from 'docx';
import { contentDigest, FigureControl, figureHash } from './docx-control.ts';
import { letterhead, signatureBlock, TEXT_WIDTH } from './docx-letterhead.ts';
import {
	type Block,
	type FrozenFigure,
	type Heading,
	type Inline,
	type List,
	type Narratives,
	type NestedList,
	NO_FIGURES,
	type Paragraph as BodyParagraph,
	type ReportBody,
	type Table as BodyTable
} from './document.ts';
import type { DocumentFamily, Letterhead } from './letterhead.ts';

/** Names of the custom properties by which a file, renamed or not, is known again. */
export const REPORT_PROPERTY = 'KheoReport';
const DIGEST_PROPERTY = 'KheoDigest';

export type PrintedReport = {
	/** A UUID: it stands, shortened, in every content control. */
	reportId: string;
	family: DocumentFamily;
	letterhead: Letterhead;
	body: ReportBody;
	figures: readonly FrozenFigure[];
	narratives: Narratives;
	/** What the figures stand on: cut-off day, what was known when, which structure. Null leaves the note out. */
	footnote: string | null;
};

type Page = {
	reportId: string;
	figures: ReadonlyMap<string, { frozen: FrozenFigure; hash: string }>;
	narratives: Narratives;
	controls: number;
	numbering: { reference: string; levels: ILevelsOptions[] }[];
};
type BodyCell = BodyTable['content'][number]['content'][number];
/** What moves to the next page as a whole: the last one of the body goes with the signature, which never stands alone. */
type Piece = (isLast: boolean) => (Paragraph | Table)[];

const INDENT = mm(12.7);
const BULLETS = ['-', '+', '•'];

/**
 * The report as .docx, laid out by 36-HD/VPTW or Nghị định 30/2020, every figure in a tagged content control.
 * A figure of the body that was not frozen is a bug of the caller and throws.
 */
export async function writeDocx(report: PrintedReport): Promise<Uint8Array> {
	const page: Page = {
		reportId: report.reportId,
		figures: new Map(
			report.figures.map((frozen) => [frozen.slot, { frozen, hash: figureHash(report.reportId, frozen) }])
		),
		narratives: report.narratives,
		controls: 0,
		numbering: []
	};
	const pieces = withoutBlankEnd(report.body.content).flatMap((each) => printBlock(page, each));
	const body = pieces.flatMap((piece, index) => piece(index === pieces.length - 1));
	const { family, letterhead: head, footnote } = report;
	const document = new Document({
		title: `${head.typeName} ${head.abstract.join(' ')}`,
		creator: head.issuer,
		customProperties: [
			{ name: REPORT_PROPERTY, value: report.reportId },
			{ name: DIGEST_PROPERTY, value: contentDigest(report) }
		],
		styles: STYLES,
		numbering: { config: page.numbering },
		footnotes: footnote ? { 1: { children: [footnoteParagraph(footnote)] } } : {},
		sections: [
			{
				properties: { titlePage: true, page: { size: { width: mm(210), height: mm(297) }, margin: MARGINS } },
				headers: { default: pageNumber(), first: new Header({ children: [new Paragraph({})] }) },
				children: [...letterhead(family, head, footnote !== null), ...body, gap(), signatureBlock(family, head)]
			}
		]
	});
	return new Uint8Array(await Packer.toArrayBuffer(document));
}

/**
 * Both rules allow 20, 20, 30 and 15 mm. Nghị định 30/2020 sets page numbers centred above the text, none on the first
 * page. What 36-HD/VPTW (2018) says of them, and whether guidance under 399-QĐ/TW (9/1/2026) keeps it, is not confirmed:
 * Party papers follow the State's rule until it is.
 */
const MARGINS = { top: mm(20), bottom: mm(20), left: mm(30), right: mm(15), header: mm(10), footer: mm(10) };

const PRINT = { font: 'Times New Roman', color: '000000' };
const HEADING = { run: { ...PRINT, size: 28, bold: true } };
const STYLES: IStylesOptions = {
	default: {
		document: { run: { ...PRINT, size: 28 } },
		heading1: HEADING,
		heading2: HEADING,
		heading3: { run: { ...HEADING.run, italics: true } }
	},
	paragraphStyles: [
		{ id: 'KheoCell', name: 'Kheo Cell', basedOn: 'Normal', run: { size: 26 } },
		{ id: 'KheoCellHead', name: 'Kheo Cell Head', basedOn: 'Normal', run: { size: 26, bold: true } }
	]
};
const HEADING_LEVELS = { 1: HeadingLevel.HEADING_1, 2: HeadingLevel.HEADING_2, 3: HeadingLevel.HEADING_3 } as const;

function pageNumber(): Header {
	const run = new TextRun({ children: [PageNumber.CURRENT], size: 28 });
	return new Header({ children: [new Paragraph({ alignment: AlignmentType.CENTER, children: [run] })] });
}

function footnoteParagraph(text: string): Paragraph {
	return new Paragraph({ alignment: AlignmentType.JUSTIFIED, children: [new TextRun({ text: ` ${text}`, size: 22 })] });
}

function gap(): Paragraph {
	return new Paragraph({ spacing: { before: 0, after: 120 }, keepNext: true, children: [] });
}

/** A blank line left below the text would be all that goes with the signature. */
function withoutBlankEnd(blocks: readonly Block[]): readonly Block[] {
	const last = blocks.findLastIndex((each) => each.type !== 'paragraph' || (each.content ?? []).length > 0);
	return blocks.slice(0, last + 1);
}

function printBlock(page: Page, block: Block): Piece[] {
	switch (block.type) {
		case 'paragraph':
			return [printParagraph(page, block)];
		case 'heading':
			return [printHeading(page, block)];
		case 'bulletList':
		case 'orderedList':
			return printList(page, block, 0);
		case 'table':
			return [(isLast) => [printTable(page, block, isLast), gap()]];
		case 'figureTable':
			return [(isLast) => printFigureTable(page, block.attrs, isLast)];
		case 'narrative':
			return (page.narratives[block.attrs.section]?.paragraphs ?? []).map((text) =>
				prose([new TextRun({ text })], { indent: { firstLine: INDENT } })
			);
	}
}

function prose(children: readonly ParagraphChild[], options: IParagraphOptions = {}): Piece {
	return (isLast) => [
		new Paragraph({
			alignment: AlignmentType.JUSTIFIED,
			spacing: { before: 60, after: 60, line: 360, lineRule: LineRuleType.AT_LEAST },
			...(isLast ? { keepNext: true } : {}),
			...options,
			children
		})
	];
}

function printParagraph(page: Page, node: BodyParagraph): Piece {
	return prose(printInlines(page, node.content), { indent: { firstLine: INDENT } });
}

function printHeading(page: Page, node: Heading): Piece {
	return prose(printInlines(page, node.content), {
		indent: { firstLine: INDENT },
		heading: HEADING_LEVELS[node.attrs.level],
		keepNext: true
	});
}

function printList(page: Page, list: List | NestedList, depth: number): Piece[] {
	const reference = `list-${page.numbering.length + 1}`;
	page.numbering.push({ reference, levels: [listLevel(list, depth)] });
	return list.content.flatMap((item) =>
		item.content.flatMap((each, index) => {
			if (each.type !== 'paragraph') return printList(page, each, depth + 1);
			const marker: IParagraphOptions =
				index === 0 ? { numbering: { reference, level: 0 } } : { indent: { firstLine: INDENT } };
			return [prose(printInlines(page, each.content), marker)];
		})
	);
}

/** Official papers do not hang their lists: the mark stands at the first-line indent and the text runs to the margin. */
function listLevel(list: List | NestedList, depth: number): ILevelsOptions {
	const isOrdered = list.type === 'orderedList';
	return {
		level: 0,
		format: isOrdered ? LevelFormat.DECIMAL : LevelFormat.BULLET,
		text: isOrdered ? '%1.' : (BULLETS[depth] ?? '-'),
		start: isOrdered ? (list.attrs?.start ?? 1) : 1,
		suffix: LevelSuffix.SPACE,
		style: { paragraph: { indent: { left: 0, firstLine: INDENT } }, run: { font: 'Times New Roman' } }
	};
}

function printInlines(page: Page, inlines: readonly Inline[] = []): ParagraphChild[] {
	return inlines.map((each) => {
		const marks = new Set(each.marks?.map((mark) => mark.type));
		const style: IRunOptions = {
			...(marks.has('bold') ? { bold: true } : {}),
			...(marks.has('italic') ? { italics: true } : {}),
			...(marks.has('underline') ? { underline: {} } : {})
		};
		if (each.type === 'text') return new TextRun({ text: each.text, ...style });
		const { frozen } = frozenAt(page, each.attrs.slot);
		return figureControl(page, { slot: frozen.slot, cell: null, text: frozen.text, label: frozen.label, style });
	});
}

function frozenAt(page: Page, slot: string) {
	const found = page.figures.get(slot);
	if (!found) throw new Error(`The figure at ${slot} of report ${page.reportId} was not frozen`);
	return found;
}

function figureControl(
	page: Page,
	place: { slot: string; cell: string | null; text: string; label: string; style: IRunOptions }
): ParagraphChild {
	const { hash } = frozenAt(page, place.slot);
	page.controls += 1;
	return new FigureControl({
		address: { reportId: page.reportId, slot: place.slot, cell: place.cell, hash },
		label: place.label,
		id: page.controls,
		run: { text: place.text, ...place.style }
	});
}

function printTable(page: Page, table: BodyTable, isLast: boolean): Table {
	const rows = table.content.map((row, index) => {
		const isHead = row.content.every((cell) => cell.type === 'tableHeader');
		const keepNext = isLast && index === table.content.length - 1;
		return new TableRow({
			tableHeader: isHead,
			cantSplit: true,
			children: row.content.map((cell) => printCell(page, cell, keepNext))
		});
	});
	return fullWidth(rows, columnsOf(table));
}

function columnsOf(table: BodyTable): number {
	const first = table.content[0]?.content ?? [];
	return first.reduce((sum, cell) => sum + (cell.attrs?.colspan ?? 1), 0);
}

function printCell(page: Page, cell: BodyCell, keepNext: boolean): TableCell {
	const isHead = cell.type === 'tableHeader';
	const alignment = isHead ? AlignmentType.CENTER : AlignmentType.LEFT;
	const style = isHead ? 'KheoCellHead' : 'KheoCell';
	const children = cell.content.map((each) =>
		cellParagraph(printInlines(page, each.content), { alignment, style, keepNext })
	);
	return new TableCell({
		children,
		columnSpan: cell.attrs?.colspan ?? 1,
		rowSpan: cell.attrs?.rowspan ?? 1,
		verticalAlign: VerticalAlignTable.CENTER
	});
}

function printFigureTable(
	page: Page,
	{ slot, title }: { slot: string; title: string },
	isLast: boolean
): (Paragraph | Table)[] {
	const { frozen } = frozenAt(page, slot);
	const { label, columns = [], rows = [] } = frozen;
	const head = columns.map((text) => textCell(text, { ...HEAD_LOOK, keepNext: false }));
	const printed = rows.map((row, rowIndex) => {
		const keepNext = isLast && rowIndex === rows.length - 1;
		const cells = row.cells.map((cell, columnIndex) => {
			const address = `r${rowIndex + 1}c${columnIndex + 1}`;
			const name = `${row.label} – ${columns[columnIndex + 1] ?? label}`;
			const child = figureControl(page, { slot, cell: address, text: cell.text, label: name, style: {} });
			const children = [cellParagraph([child], { alignment: AlignmentType.RIGHT, style: 'KheoCell', keepNext })];
			return new TableCell({ children, verticalAlign: VerticalAlignTable.CENTER });
		});
		const named = textCell(row.label, { alignment: AlignmentType.LEFT, style: 'KheoCell', keepNext });
		return new TableRow({ cantSplit: true, children: [named, ...cells] });
	});
	const caption = prose([new TextRun({ text: title, bold: true })], {
		alignment: AlignmentType.CENTER,
		keepNext: true
	});
	const width = head.length || 2;
	const headRows = head.length > 0 ? [new TableRow({ tableHeader: true, cantSplit: true, children: head })] : [];
	const bodyRows = printed.length > 0 ? printed : [emptyRow(width, isLast)];
	return [...caption(false), fullWidth([...headRows, ...bodyRows], width), gap()];
}

/** A head alone would look like a table that was lost. */
function emptyRow(width: number, keepNext: boolean): TableRow {
	const look: CellLook = { alignment: AlignmentType.CENTER, style: 'KheoCell', keepNext };
	const children = [cellParagraph([new TextRun(NO_FIGURES)], look)];
	return new TableRow({ cantSplit: true, children: [new TableCell({ children, columnSpan: width })] });
}

type CellLook = {
	alignment: IParagraphOptions['alignment'];
	style: 'KheoCell' | 'KheoCellHead';
	/** Word keeps a table's last row with what follows when every paragraph of that row says so. */
	keepNext: boolean;
};
const HEAD_LOOK = { alignment: AlignmentType.CENTER, style: 'KheoCellHead' } as const;

function textCell(text: string, look: CellLook): TableCell {
	return new TableCell({
		children: [cellParagraph([new TextRun(text)], look)],
		verticalAlign: VerticalAlignTable.CENTER
	});
}

function cellParagraph(children: ParagraphChild[], look: CellLook): Paragraph {
	return new Paragraph({ ...look, children, spacing: { before: 40, after: 40 } });
}

function fullWidth(rows: TableRow[], columns: number): Table {
	const columnWidths = Array.from({ length: columns }, () => Math.floor(TEXT_WIDTH / columns));
	return new Table({
		rows,
		columnWidths,
		width: { size: TEXT_WIDTH, type: WidthType.DXA },
		margins: { left: 80, right: 80 }
	});
}
