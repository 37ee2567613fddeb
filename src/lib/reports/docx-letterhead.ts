import {
	AlignmentType,
	BorderStyle,
	convertMillimetersToTwip as mm,
	FootnoteReferenceRun,
	type IParagraphOptions,
	LineRuleType,
	Paragraph,
	Table,
	TableBorders,
	TableCell,
	TableLayoutType,
	TableRow,
	TextRun,
	WidthType
} from 'docx';
import {
	type DocumentFamily,
	type Letterhead,
	NATIONAL_MOTTO,
	NATIONAL_TITLE,
	numberLine,
	PARTY_TITLE,
	placeLine,
	signatureLines
} from './letterhead.ts';

/** A4 less the margins of 30 mm and 15 mm. */
export const TEXT_WIDTH = mm(165);
/** Widths in twips of the two lines that are ruled in their own length, set in Times New Roman Bold. */
const PARTY_TITLE_WIDTH = 4103;
const MOTTO_WIDTH = 3532;
const COLUMNS = { party: [mm(80), mm(85)], state: [mm(67), mm(98)] } as const;

type Line = { text: string; size: number; bold?: boolean; italics?: boolean };

/** The two columns at the head of the first page, then type name and abstract. Footnote 1 hangs on the abstract. */
export function letterhead(family: DocumentFamily, head: Letterhead, hasFootnote: boolean): (Table | Paragraph)[] {
	const [left, right] = family === 'party' ? partyHead(head) : stateHead(head);
	return [sideBySide({ left, right, widths: COLUMNS[family] }), ...title(family, head, hasFootnote)];
}

function partyHead(head: Letterhead): [Paragraph[], Paragraph[]] {
	const left = [
		...(head.superior ? [centred({ text: head.superior.toUpperCase(), size: 14 })] : []),
		centred({ text: head.issuer.toUpperCase(), size: 14, bold: true }),
		centred({ text: '*', size: 14 }),
		centred({ text: numberLine('party', head), size: 14 })
	];
	const right = [
		centred({ text: PARTY_TITLE, size: 15, bold: true }),
		rule(PARTY_TITLE_WIDTH, COLUMNS.party[1]),
		centred({ text: placeLine(head), size: 14, italics: true }, { spacing: { before: 60 } })
	];
	return [left, right];
}

function stateHead(head: Letterhead): [Paragraph[], Paragraph[]] {
	const left = [
		...(head.superior ? [centred({ text: head.superior.toUpperCase(), size: 13 })] : []),
		// The decree asks for a rule of a third to a half of the line.
		centred({ text: head.issuer.toUpperCase(), size: 13, bold: true }),
		rule(mm(22), COLUMNS.state[0]),
		centred({ text: numberLine('state', head), size: 13 })
	];
	const right = [
		centred({ text: NATIONAL_TITLE, size: 13, bold: true }),
		centred({ text: NATIONAL_MOTTO, size: 14, bold: true }),
		rule(MOTTO_WIDTH, COLUMNS.state[1]),
		centred({ text: placeLine(head), size: 14, italics: true })
	];
	return [left, right];
}

function title(family: DocumentFamily, head: Letterhead, hasFootnote: boolean): Paragraph[] {
	const size = family === 'party' ? 16 : 14;
	const abstract = head.abstract.map((text, index) => {
		const isLast = index === head.abstract.length - 1;
		const runs = [run({ text, size: 14, bold: true })];
		return paragraph(isLast && hasFootnote ? [...runs, new FootnoteReferenceRun(1)] : runs);
	});
	const end =
		family === 'party'
			? centred({ text: '-----', size: 14 }, { spacing: { after: 240 } })
			: rule(mm(45), TEXT_WIDTH, 240);
	const name = centred({ text: head.typeName.toUpperCase(), size, bold: true }, { spacing: { before: 360 } });
	return [name, ...abstract, end];
}

/** Recipients on the left, authority, title and name of the signer on the right; never split over two pages. */
export function signatureBlock(family: DocumentFamily, head: Letterhead): Table {
	const isParty = family === 'party';
	const label = isParty
		? new TextRun({ text: 'Nơi nhận:', size: 28, underline: {} })
		: new TextRun({ text: 'Nơi nhận:', size: 24, bold: true, italics: true });
	const recipients = head.recipients.map((text, index) =>
		paragraph(
			[run({ text: `- ${text}${index === head.recipients.length - 1 ? '.' : ','}`, size: isParty ? 12 : 11 })],
			{ alignment: AlignmentType.LEFT }
		)
	);
	const lines = signatureLines(family, head).map((line) => centred({ ...line, size: 14 }, { keepNext: true }));
	const room = Array.from({ length: 5 }, () => centred({ text: '', size: 14 }, { keepNext: true }));
	return sideBySide({
		left: [paragraph([label], { alignment: AlignmentType.LEFT }), ...recipients],
		right: [...lines, ...room, centred({ text: head.signature.name ?? '', size: 14, bold: true })],
		widths: COLUMNS.party
	});
}

function sideBySide({
	left,
	right,
	widths
}: {
	left: Paragraph[];
	right: Paragraph[];
	widths: readonly [number, number];
}): Table {
	const cells = [left, right].map((children, index) => {
		const width = { size: widths[index] ?? 0, type: WidthType.DXA };
		// The left column keeps 2 mm off the national title, which all but fills the right one.
		return new TableCell({ children, width, margins: { left: 0, right: index === 0 ? mm(2) : 0 } });
	});
	return new Table({
		rows: [new TableRow({ children: cells, cantSplit: true })],
		columnWidths: [...widths],
		width: { size: TEXT_WIDTH, type: WidthType.DXA },
		layout: TableLayoutType.FIXED,
		borders: TableBorders.NONE
	});
}

function centred(line: Line, options: IParagraphOptions = {}): Paragraph {
	return paragraph([run(line)], options);
}

/** A rule `width` twips long under the line before it: the border of an empty paragraph, since indents would wrap the line. */
function rule(width: number, column: number, after = 60): Paragraph {
	const indent = Math.round((column - width) / 2);
	return new Paragraph({
		spacing: { before: 40, after, line: 40, lineRule: LineRuleType.EXACT },
		indent: { left: indent, right: indent },
		border: { top: { style: BorderStyle.SINGLE, size: 6, space: 0, color: '000000' } },
		children: []
	});
}

function paragraph(children: (TextRun | FootnoteReferenceRun)[], options: IParagraphOptions = {}): Paragraph {
	return new Paragraph({
		alignment: AlignmentType.CENTER,
		spacing: { after: 0, line: 240, lineRule: LineRuleType.AUTO },
		...options,
		children
	});
}

function run({ text, size, bold, italics }: Line): TextRun {
	return new TextRun({ text, size: size * 2, bold, italics });
}
