import type { Actor } from '#lib/accounts/actor.ts';
import { FIGURES, figureNamed } from '#lib/catalogue.ts';
import { ask } from '#lib/figures/ask.server.ts';
import { yearBefore, type Answer, type Figure, type Question, type Where } from '#lib/figures/figure.ts';
import type { FigureAddress } from '#lib/figures/figure-address.ts';
import type { Db } from '#lib/server/db.ts';
import { today } from '#lib/server/clock.ts';
import { problem } from '#lib/server/problem.ts';
import { getByCode, names } from '#lib/units/unit.server.ts';
import {
	listFigures,
	printFigure,
	type FigureQuery,
	type FrozenFigure,
	type ListedFigure,
	type ReportBody
} from './document.ts';
import { figureTable, type UnitNames } from './figure-table.ts';
import { officialWord } from './label.ts';
import type { Report } from './report.ts';

/** What a report's figures are asked for. `knownAt` is the signing's instant, or now while it is live. */
export type Subject = Pick<Report, 'unitId' | 'beginsOn' | 'asOf' | 'structure' | 'body'> & { knownAt: Date };

/** A figure as printed; `doors` are the questions behind it: '' for the figure, `r1c1` … for the cells of a table. */
export type CompiledFigure = {
	frozen: FrozenFigure;
	doors: Record<string, FigureAddress>;
	/** The answers that the value is made from: with a comparison, that of the year before too. */
	answers: readonly Answer[];
};

/** A figure of the body with everything filled in that its question leaves to the report. */
export type AskedFigure = { listed: ListedFigure; figure: Figure; question: Question & { from: string; asOf: string } };

/** Asks every figure of a report. Refuses a figure that is not known, or of a unit the actor may not see. */
export async function compile(db: Db, actor: Actor, subject: Subject): Promise<CompiledFigure[]> {
	const asked = await questionsOf(db, actor, subject);
	const answers = [];
	for (const each of asked) answers.push({ ...each, ...(await answerOf(db, actor, each)) });
	const unitNames = await unitsIn(db, subject, answers);
	return answers.map((each) => printed(each, { subject, unitNames }));
}

/** The questions of a body. Units are named by code in a body, by id in a question. */
export async function questionsOf(db: Db, actor: Actor, subject: Subject): Promise<AskedFigure[]> {
	const asked: AskedFigure[] = [];
	for (const listed of listFigures(subject.body)) {
		const { unit, from, asOf, where, by, figure } = listed.query;
		const day = asOf ?? subject.asOf;
		const unitId = unit === null ? subject.unitId : (await getByCode(db, actor, unit, day)).id;
		const question = {
			unitId,
			from: from ?? subject.beginsOn,
			asOf: day,
			knownAt: subject.knownAt,
			structure: subject.structure,
			where: await whereOf(db, actor, { where: listsOf(where), day }),
			by
		};
		asked.push({ listed, figure: figureNamed(figure), question });
	}
	return asked;
}

/** Several values of a facet stand joined by commas in a body. */
function listsOf(where: FigureQuery['where']): Where {
	return Object.fromEntries(Object.entries(where).map(([facet, values]) => [facet, values.split(',')]));
}

/** Units that narrow a question are named by code outside and by id within; other facets are what they are. */
export async function whereOf(db: Db, actor: Actor, { where, day }: { where: Where; day: string }): Promise<Where> {
	if (!where['unit']) return where;
	const unit: string[] = [];
	for (const code of where['unit']) unit.push((await getByCode(db, actor, code, day)).id);
	return { ...where, unit };
}

type Answered = AskedFigure & { answer: Answer; answers: readonly Answer[]; value: number | null; about: boolean };

/** The value as printed; with `compare`, its difference from the same days of the year before. */
async function answerOf(db: Db, actor: Actor, { listed, figure, question }: AskedFigure) {
	const answer = await ask(db, actor, figure, question);
	if (!listed.query.compare) return { answer, answers: [answer], value: answer.value, about: answer.about };
	const before = await ask(db, actor, figure, yearEarlier(question));
	const about = answer.about || before.about;
	const both = { answer, answers: [answer, before], about };
	if (answer.value === null || before.value === null) return { ...both, value: null };
	const difference = answer.value - before.value;
	if (listed.format !== 'percent_difference') return { ...both, value: difference };
	return { ...both, value: before.value === 0 ? null : difference / before.value };
}

/** The same question about the same days one year before. */
export function yearEarlier(question: AskedFigure['question']): AskedFigure['question'] {
	return { ...question, from: yearBefore(question.from), asOf: yearBefore(question.asOf) };
}

async function unitsIn(db: Db, subject: Subject, answers: readonly Answered[]): Promise<UnitNames> {
	const parts = answers.flatMap(({ answer }) => answer.parts.flatMap((part) => part.key.unit ?? []));
	return names(db, [...parts, ...answers.map(({ question }) => question.unitId)], dayOf(subject));
}

/** The day whose names of units are printed. */
function dayOf({ structure, asOf }: Subject): string {
	if (structure === 'then') return asOf;
	return structure === 'now' ? today() : structure;
}

function printed(each: Answered, context: { subject: Subject; unitNames: UnitNames }): CompiledFigure {
	const { listed, answer, answers, value, about, question } = each;
	const { subject, unitNames } = context;
	const unit = unitNames.get(question.unitId)?.code;
	if (unit === undefined) throw problem('unit.not_found', { code: question.unitId });
	const notApplicable = value === null;
	const door = {
		figure: doorOf(listed.query, listed.format),
		unit,
		from: question.from,
		asOf: question.asOf,
		knownAt: subject.knownAt.toISOString(),
		structure: subject.structure,
		where: listsOf(listed.query.where)
	};
	const frozen: FrozenFigure = {
		slot: listed.slot,
		label: titleOf(subject.body, listed.slot) ?? labelOf(listed.query),
		query: listed.query,
		text: printFigure(
			{ value, notApplicable, about },
			listed.isTable && isShare(each.figure) ? 'percent' : listed.format
		),
		value,
		notApplicable,
		about,
		asOf: question.asOf,
		knownAt: subject.knownAt.toISOString(),
		structure: subject.structure
	};
	if (!listed.isTable) return { frozen, doors: { '': door }, answers };
	const table = figureTable({
		by: listed.query.by,
		answer,
		format: isShare(each.figure) ? 'percent' : 'plain',
		unitNames,
		label: labelOf(listed.query),
		adds: each.figure.kind === 'flow' || each.figure.kind === 'cohort'
	});
	const doors = Object.fromEntries(
		Object.entries(table.keys).map(([cell, where]) => [cell, { ...door, where: { ...door.where, ...where } }])
	);
	return { frozen: { ...frozen, columns: table.columns, rows: table.rows }, doors: { '': door, ...doors }, answers };
}

/** A table is known by its title. */
function titleOf(body: ReportBody, slot: string): string | null {
	const table = body.content.find((block) => block.type === 'figureTable' && block.attrs.slot === slot);
	return (table?.type === 'figureTable' && table.attrs.title) || null;
}

function isShare(figure: Figure): boolean {
	return figure.kind === 'ratio';
}

/** A comparison opens the figure that is declared for it, where there is one; else this year's records. */
function doorOf({ figure, compare }: FigureQuery, format: ListedFigure['format']): string {
	if (!compare) return figure;
	const relative = format === 'percent_difference';
	return (
		FIGURES.find((each) => each.kind === 'change' && each.base.name === figure && each.relative === relative)?.name ??
		figure
	);
}

/** "Mô hình đăng ký (Cấp Đảng uỷ Khối)": what a reader of the ledger is told. */
function labelOf({ figure, where, compare }: FigureQuery): string {
	const narrowed = Object.entries(where).map(([facet, values]) =>
		values
			.split(',')
			.map((value) => officialWord(facet, value))
			.join(', ')
	);
	const against = compare ? [officialWord('report', 'against_previous_year')] : [];
	const details = [...narrowed, ...against];
	return officialWord('figure', figure) + (details.length > 0 ? ` (${details.join('; ')})` : '');
}
