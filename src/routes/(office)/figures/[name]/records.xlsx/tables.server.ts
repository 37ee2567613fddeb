import type { Actor } from '#lib/accounts/actor.ts';
import { ask } from '#lib/figures/ask.server.ts';
import type { Answer, FigureRecord } from '#lib/figures/figure.ts';
import { figureText } from '#lib/figures/format-figure.ts';
import { periodName } from '#lib/figures/period.ts';
import { records } from '#lib/figures/records.server.ts';
import { describe } from '#lib/models/list.server.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Db } from '#lib/server/db.ts';
import { onSnapshot } from '#lib/server/snapshot.ts';
import type { Cell, Table } from '#lib/spreadsheet/table.ts';
import { word } from '#lib/ui/word.ts';
import { names } from '#lib/units/unit.server.ts';
import { formatDay, formatInstant } from '#lib/vietnamese/format.ts';
import { structureText } from '#lib/figures/structure-text.ts';
import { facetText, figureLabel } from '../ledger.server.ts';
import type { Asked } from '../question.server.ts';

const BATCH = 2000;
const FACETS = ['level', 'field', 'subject', 'novelty'] as const;
const WIDTHS = [6, 60, 14, 44, 20, 26, 12, 20, 14, 10];

/** All records behind a figure: first what the figure is, then the list; both read as known at one moment. */
export async function recordsTables(db: Db, actor: Actor, asked: Asked): Promise<Table[]> {
	const question = { ...asked.question, by: [], knownAt: asked.question.knownAt ?? new Date() };
	const answer = await ask(db, actor, asked.figure, question);
	const found: Found = { lines: 0, total: 0 };
	const about = { name: m.figure_sheet_about(), widths: [24, 90], batches: aboutLines(asked, answer, found) };
	const heads = [
		m.figure_sheet_number(),
		m.figure_sheet_name(),
		m.figure_sheet_code(),
		m.figure_sheet_unit(),
		...FACETS.map((facet) => word('facet', facet)),
		m.figure_sheet_day(),
		m.figure_sheet_quantity()
	];
	const batches = onSnapshot(db, (tx) => lines(tx, actor, { asked: { ...asked, question }, asOf: answer.asOf, found }));
	return [about, { name: m.figure_sheet_list(), widths: WIDTHS, heads, batches }];
}

/** What the list came to; complete once it was written, which is before the first sheet is. */
type Found = { lines: number; total: number };

async function* aboutLines(
	{ figure, unit, paging, address }: Asked,
	answer: Answer,
	found: Found
): AsyncGenerator<Cell[][]> {
	yield [
		[m.figure_sheet_figure(), figureLabel(figure.name)],
		[m.figure_sheet_value(), figureText(figure, answer)],
		[m.figure_sheet_definition(), word('figure', `${figure.name}.definition`)],
		[m.figure_sheet_law(), figure.law],
		[m.figure_sheet_unit(), `${unit.name} (${unit.code})`],
		[m.figure_sheet_period(), periodName(answer)],
		[m.figure_sheet_from(), formatDay(answer.from)],
		[m.figure_sheet_as_of(), formatDay(answer.asOf)],
		[m.figure_sheet_known_at(), formatInstant(answer.knownAt)],
		[m.figure_sheet_structure(), structureText(answer.structure)],
		...Object.entries(address.where ?? {}).map(([facet, values]) => [
			word('facet', facet),
			values.map((value) => facetText(facet, value)).join(', ')
		]),
		...(paging.side ? [[m.figure_sheet_side(), word('figure_side', paging.side)]] : []),
		[m.figure_sheet_lines(), found.lines],
		[m.figure_sheet_total(), found.total]
	];
}

type Listing = { asked: Asked; asOf: string; found: Found };

async function* lines(db: Db, actor: Actor, { asked, asOf, found }: Listing): AsyncGenerator<Cell[][]> {
	const { figure, question, paging } = asked;
	const side = paging.side ? { side: paging.side } : {};
	let after: string | null = '';
	while (after !== null) {
		const page: Awaited<ReturnType<typeof records>> = await records(db, actor, {
			figure,
			question,
			page: { after, limit: BATCH, ...side }
		});
		yield await described(db, actor, { batch: page.records, asOf, found });
		after = page.next;
	}
}

async function described(
	db: Db,
	actor: Actor,
	{ batch, asOf, found }: { batch: readonly FigureRecord[]; asOf: string; found: Found }
): Promise<Cell[][]> {
	const ids = batch.flatMap((record) => record.caseId ?? []);
	const cases = await describe(db, actor, ids);
	const unitIds = batch.map((record) => record.unitId);
	const units = await names(db, unitIds, asOf);
	return batch.map(({ caseId, unitId, onDate, quantity }) => {
		const unit = units.get(unitId);
		const registration = caseId ? cases.get(caseId) : undefined;
		found.lines += 1;
		found.total += quantity;
		return [
			found.lines,
			registration?.name ?? caseId ?? unit?.name ?? null,
			unit?.code ?? null,
			unit?.name ?? null,
			...FACETS.map((facet) => (registration ? word(facet, registration[facet]) : null)),
			onDate ? { day: onDate } : null,
			quantity
		];
	});
}
