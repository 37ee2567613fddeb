import type { Actor } from '#lib/accounts/actor.ts';
import { figureHref, type FigureAddress } from '#lib/figures/figure-address.ts';
import type { Db } from '#lib/server/db.ts';
import { formatDay, formatInstant } from '#lib/vietnamese/format.ts';
import { compile, type CompiledFigure } from './compile.server.ts';
import { type Narratives, notApplicableNote } from './document.ts';
import { writeDocx } from './docx.ts';
import { gathered } from './narrative.server.ts';
import type { Report } from './report.ts';
import { listFrozen } from './signing.server.ts';

/** A report with its figures: frozen when it is signed, else as the ledger answers at `knownAt`. */
export type Paper = { figures: CompiledFigure[]; narratives: Narratives; footnote: string; knownAt: Date };

/** What stands on the sheet now. */
export async function paperOf(db: Db, actor: Actor, report: Report): Promise<Paper> {
	const { signature } = report;
	const knownAt = signature?.knownAt ?? new Date();
	const figures = signature ? await listFrozen(db, report.id) : await compile(db, actor, { ...report, knownAt });
	const narratives = signature?.narratives ?? (await gathered(db, report));
	const note = notApplicableNote(figures.map((each) => each.frozen));
	const footnote = [footnoteOf(report, knownAt), ...(note ? [note] : [])].join(' ');
	return { figures, narratives, footnote, knownAt };
}

/** Where each figure (`f1`) and each cell (`t1.r2c1`) opens its records. */
export function hrefsOf(figures: readonly CompiledFigure[]): Record<string, string> {
	return Object.fromEntries(
		figures.flatMap(({ frozen, doors }) =>
			Object.entries(doors).map(([cell, address]) => [
				cell === '' ? frozen.slot : `${frozen.slot}.${cell}`,
				figureHref(direct(address))
			])
		)
	);
}

/** A part of a unit below opens as that unit's own figure. */
function direct(address: FigureAddress): FigureAddress {
	const { unit, ...where } = address.where ?? {};
	const [only, ...others] = unit ?? [];
	if (only === undefined || others.length > 0 || only === address.unit) return address;
	return { ...address, unit: only, where };
}

/** "Số liệu hết ngày 15/6/2024; như đã biết lúc 17:02 ngày 18/6/2024; cấu trúc tổ chức khi đó." */
function footnoteOf(report: Report, knownAt: Date): string {
	return `Số liệu hết ngày ${formatDay(report.asOf)}; như đã biết lúc ${formatInstant(knownAt)}; ${structureWords(report.structure)}.`;
}

function structureWords(structure: string): string {
	if (structure === 'then') return 'cấu trúc tổ chức khi đó';
	return structure === 'now' ? 'cấu trúc tổ chức hiện nay' : `cấu trúc tổ chức ngày ${formatDay(structure)}`;
}

/** The report as .docx; one that is not signed says so on its face. */
export async function docxOf(db: Db, actor: Actor, report: Report): Promise<{ name: string; bytes: Uint8Array }> {
	const { figures, narratives, footnote, knownAt } = await paperOf(db, actor, report);
	const draftMark = report.signature ? [] : [`(DỰ THẢO – số liệu lúc ${formatInstant(knownAt)})`];
	const bytes = await writeDocx({
		reportId: report.id,
		family: report.family,
		letterhead: { ...report.letterhead, abstract: [...report.letterhead.abstract, ...draftMark] },
		body: report.body,
		figures: figures.map((figure) => figure.frozen),
		narratives,
		footnote
	});
	const { number, typeCode, issuerCode } = report.letterhead;
	const symbol = number === null ? 'du-thao' : `${String(number).padStart(2, '0')}-${typeCode}-${issuerCode}`;
	return { name: `${report.code}-${report.asOf}-${symbol}.docx`, bytes };
}
