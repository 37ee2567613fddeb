import { utils, write } from '@e965/xlsx';
import type { Actor } from '#lib/accounts/actor.ts';
import { ask } from '#lib/figures/ask.server.ts';
import type { FigureRecord } from '#lib/figures/figure.ts';
import { figureText } from '#lib/figures/format-figure.ts';
import { periodName } from '#lib/figures/period.ts';
import { records } from '#lib/figures/records.server.ts';
import { describe } from '#lib/models/list.server.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Db } from '#lib/server/db.ts';
import { word } from '#lib/ui/word.ts';
import { names } from '#lib/units/unit.server.ts';
import { formatDay, formatInstant } from '#lib/vietnamese/format.ts';
import { facetText, figureLabel, structureText } from '../ledger.server.ts';
import type { Asked } from '../question.server.ts';

const BATCH = 5000;

/** All records behind a figure as .xlsx: first what the figure is, then the list; both read as known at one moment. */
export async function recordsWorkbook(db: Db, actor: Actor, asked: Asked): Promise<Buffer> {
	const { figure, unit, paging } = asked;
	const question = { ...asked.question, by: [], knownAt: asked.question.knownAt ?? new Date() };
	const answer = await ask(db, actor, figure, question);
	const all = await allRecords(db, actor, { ...asked, question });
	const about = [
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
		...Object.entries(asked.address.where ?? {}).map(([facet, values]) => [
			word('facet', facet),
			values.map((value) => facetText(facet, value)).join(', ')
		]),
		...(paging.side ? [[m.figure_sheet_side(), word('figure_side', paging.side)]] : []),
		[m.figure_sheet_lines(), all.length],
		[m.figure_sheet_total(), all.reduce((sum, record) => sum + record.quantity, 0)]
	];
	const book = utils.book_new();
	const first = utils.aoa_to_sheet(about);
	first['!cols'] = [{ wch: 24 }, { wch: 90 }];
	utils.book_append_sheet(book, first, m.figure_sheet_about());
	const second = utils.aoa_to_sheet(
		(await lines(db, actor, { all, asOf: answer.asOf })).map((line) => line.map(plain))
	);
	second['!cols'] = [6, 60, 14, 44, 20, 26, 12, 20, 14, 10].map((wch) => ({ wch }));
	utils.book_append_sheet(book, second, m.figure_sheet_list());
	const bytes: unknown = write(book, { type: 'buffer', bookType: 'xlsx', compression: true });
	if (!Buffer.isBuffer(bytes)) throw new Error('the workbook was not written as a buffer');
	return bytes;
}

async function allRecords(db: Db, actor: Actor, { figure, question, paging }: Asked): Promise<FigureRecord[]> {
	const all: FigureRecord[] = [];
	let after: string | null = '';
	while (after !== null) {
		const side = paging.side ? { side: paging.side } : {};
		const page: Awaited<ReturnType<typeof records>> = await records(db, actor, {
			figure,
			question,
			page: { after, limit: BATCH, ...side }
		});
		all.push(...page.records);
		after = page.next;
	}
	return all;
}

type Cell = string | number;

async function lines(db: Db, actor: Actor, of: { all: readonly FigureRecord[]; asOf: string }): Promise<Cell[][]> {
	const cases = await describe(
		db,
		actor,
		of.all.flatMap((record) => (record.caseId ? [record.caseId] : []))
	);
	const units = await names(
		db,
		of.all.map((record) => record.unitId),
		of.asOf
	);
	const head = [
		m.figure_sheet_number(),
		m.figure_sheet_name(),
		m.figure_sheet_code(),
		m.figure_sheet_unit(),
		...['level', 'field', 'subject', 'novelty'].map((facet) => word('facet', facet)),
		m.figure_sheet_day(),
		m.figure_sheet_quantity()
	];
	const body = of.all.map((record, index) => {
		const unit = units.get(record.unitId);
		const found = record.caseId ? cases.get(record.caseId) : undefined;
		const facets = found
			? [
					word('level', found.level),
					word('field', found.field),
					word('subject', found.subject),
					word('novelty', found.novelty)
				]
			: ['', '', '', ''];
		const name = found?.name ?? (record.caseId ? record.caseId : (unit?.name ?? ''));
		return [
			index + 1,
			name,
			unit?.code ?? '',
			unit?.name ?? '',
			...facets,
			record.onDate ? formatDay(record.onDate) : '',
			record.quantity
		];
	});
	return [head, ...body];
}

/** Text that a spreadsheet would take for a formula once saved as .csv gets an apostrophe before it. */
function plain(cell: Cell): Cell {
	return typeof cell === 'string' && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
}
