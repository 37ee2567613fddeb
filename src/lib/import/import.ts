import type { Level } from '#lib/models/model.ts';
import type { Refusal } from '#lib/spreadsheet/refusal.ts';
import type { Preview } from './appraise.ts';
import type { NewUnit } from './placing.ts';
import type { SheetSummary } from './registration-list.ts';

/** Lists that offices drop in: how far they come, and what stands in the way of writing one. Pure. */

export type ImportState = 'reading' | 'ready' | 'refused' | 'done' | 'discarded';
export const VERDICTS = ['refused', 'doubtful', 'accepted'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** What was read, or why the file could not be. `refusals`: rows and sheets with at least one reason against them. */
export type Summary = {
	problem?: { code: string; params: Record<string, string | number> };
	sheets: SheetSummary[];
	declaredTotal: number | null;
	counts: Preview['counts'];
	refusals: number;
	newUnits: NewUnit[];
};

export type Import = {
	id: string;
	unitId: string;
	unitCode: string;
	unitName: string;
	year: number;
	/** For rows that name none; null: as the title says, else `DEFAULT_LEVEL`. */
	level: Level | null;
	createUnits: boolean;
	state: ImportState;
	/** Per cent of the reading. */
	progress: number;
	fileName: string;
	sha256: string;
	summary: Summary | null;
	by: string;
	createdAt: Date;
	changedAt: Date;
};

/** A row that cannot be taken in, with every reason, each at its column. */
export type RefusedRow = { sheet: string; row: number; reasons: Refusal[] };

/** Lists of base units rarely say their level; the others stand under a caption that does. */
export const DEFAULT_LEVEL: Level = 'base';

/** The choice, in the form of columns, for one that is not used. */
export const LEFT_OUT = 'none';

export type Consent = { acceptDoubtful: boolean; acceptTotal: boolean };
export type Hindrance = 'refused_rows' | 'nothing_read' | 'doubtful_rows' | 'total_differs';

/** What keeps a list that was read from being written; empty when it may be. Screens explain the button from here. */
export function hindrances(summary: Summary, consent: Consent): Hindrance[] {
	const found: Hindrance[] = [];
	if (summary.refusals > 0) found.push('refused_rows');
	else if (summary.counts.read === 0) found.push('nothing_read');
	if (summary.counts.doubtful > 0 && !consent.acceptDoubtful) found.push('doubtful_rows');
	if (totalDiffers(summary) && !consent.acceptTotal) found.push('total_differs');
	return found;
}

/** The list's own total, where it has one, is not what was read. */
export function totalDiffers({ declaredTotal, counts }: Pick<Summary, 'declaredTotal' | 'counts'>): boolean {
	return declaredTotal !== null && declaredTotal !== counts.read;
}

/** Reasons by row, in the order of the workbook. */
export function refusedRows({ refused, sheets }: Pick<Preview, 'refused' | 'sheets'>): RefusedRow[] {
	const order = new Map(sheets.map((sheet, index) => [sheet.name, index]));
	const rows = Map.groupBy(refused, ({ sheet, row }) => `${order.get(sheet)}|${row}`);
	return [...rows.values()]
		.flatMap((reasons) => reasons.slice(0, 1).map(({ sheet, row }) => ({ sheet, row, reasons })))
		.sort((a, b) => (order.get(a.sheet) ?? 0) - (order.get(b.sheet) ?? 0) || a.row - b.row);
}

/** The day that stands for decisions whose day the list does not name: its cut-off, else the end of its year; never later than today. */
export function decisionDay({ sheets }: Pick<Summary, 'sheets'>, year: number, today: string): string {
	const cutOffs = sheets.flatMap((sheet) => sheet.title?.asOf ?? []).sort();
	const day = cutOffs.at(-1) ?? `${year}-12-31`;
	return day < today ? day : today;
}
