import type { Actor } from '#lib/accounts/actor.ts';
import { ask } from '#lib/figures/ask.server.ts';
import type { Answer, Part } from '#lib/figures/figure.ts';
import type { FigureAddress } from '#lib/figures/figure-address.ts';
import { figureText } from '#lib/figures/format-figure.ts';
import type { Breakdown, Door, PartTable } from '#lib/figures/ledger-panel.ts';
import { fillMonths, monthChart } from '#lib/figures/month-chart.server.ts';
import type { Db } from '#lib/server/db.ts';
import { m } from '#lib/paraglide/messages.js';
import { today } from '#lib/server/clock.ts';
import { word } from '#lib/ui/word.ts';
import { endedOn, type Ended } from '#lib/units/taker.server.ts';
import { names } from '#lib/units/unit.server.ts';
import { formatNumber } from '#lib/vietnamese/format.ts';
import { facetText, figureLabel } from './ledger.server.ts';
import type { Asked } from './question.server.ts';

const FACETS = ['novelty', 'level', 'field', 'subject', 'unit'] as const;

/** The parts of a figure by unit, level, field, novelty, subject and month. Comparisons and lists of absent units have none. */
export async function breakdown(db: Db, actor: Actor, asked: Asked): Promise<Breakdown> {
	const { figure, question } = asked;
	if (figure.kind === 'change' || figure.kind === 'units_without') return { tables: [], chart: null };
	if ((await ask(db, actor, figure, question)).closed) return { tables: [], chart: null };
	const by = (facet: string) => ask(db, actor, figure, { ...question, by: [facet] });
	const answers = await Promise.all(FACETS.map(async (facet) => ({ facet, answer: await by(facet) })));
	const tables = await Promise.all(answers.map(({ facet, answer }) => partTable(db, asked, { facet, answer })));
	const chart = figure.kind === 'flow' || figure.kind === 'cohort' ? monthly(asked, await by('month')) : null;
	return { tables: tables.filter((table) => table.rows.length > 1), chart };
}

async function partTable(db: Db, asked: Asked, of: { facet: string; answer: Answer }): Promise<PartTable> {
	const { facet, answer } = of;
	const head = word('facet', facet);
	const label = m.figure_parts_by({ facet: inSentence(head) });
	const parts = answer.parts.map((part) => ({ part, value: part.key[facet] ?? '' }));
	if (facet !== 'unit') {
		const rows = parts.map(({ part, value }) =>
			row(asked, {
				part,
				key: value,
				name: value ? facetText(facet, value) : m.figure_part_unsaid(),
				address: value ? narrowedTo(asked, facet, value) : null
			})
		);
		return { facet, label, head, rows };
	}
	const units = await names(
		db,
		parts.map(({ value }) => value),
		answer.asOf
	);
	const ended = await endedOn(db, {
		unitIds: parts.map(({ value }) => value),
		day: structureDay(answer)
	});
	// The office's own part comes first, the units below it by code.
	const codeOf = (value: string) => (value === asked.unit.id ? '' : (units.get(value)?.code ?? ''));
	const rows = parts
		.toSorted((a, b) => (codeOf(a.value) < codeOf(b.value) ? -1 : 1))
		.map(({ part, value }) => {
			const own = value === asked.unit.id;
			const address = own
				? narrowedTo(asked, 'unit', asked.unit.code)
				: { ...asked.address, unit: units.get(value)?.ref ?? '' };
			const name = own
				? m.figure_part_own({ name: asked.unit.name })
				: partName(units.get(value)?.name ?? value, ended.get(value));
			return row(asked, { part, key: value, name, address });
		});
	return { facet, label, head, rows };
}

/** The day whose units the parts are. */
function structureDay({ structure, asOf }: Answer): string {
	if (structure === 'then') return asOf;
	return structure === 'now' ? today() : structure;
}

/** A unit that has ended on that tree stands with who took it over, or undivided with the unit above: either is said. */
function partName(name: string, ended: Ended | undefined): string {
	if (!ended) return name;
	return ended === 'undivided' ? m.figure_part_undivided({ name }) : m.figure_part_taken_over({ name });
}

function narrowedTo({ address }: Asked, facet: string, value: string): FigureAddress {
	return { ...address, where: { ...address.where, [facet]: [value] } };
}

function row(asked: Asked, of: { part: Part; key: string; name: string; address: FigureAddress | null }) {
	const value = figureText(asked.figure, { value: of.part.value, about: false });
	const { numerator, denominator } = of.part;
	const text =
		denominator === undefined ? value : `${value} (${formatNumber(numerator ?? 0)}/${formatNumber(denominator)})`;
	const label = `${figureLabel(asked.figure.name)} – ${of.name}`;
	return { key: of.key, name: of.name, text, door: of.address ? { address: of.address, text, label } : null };
}

function monthly(asked: Asked, answer: Answer): Breakdown['chart'] {
	const period = { from: answer.from, asOf: answer.asOf };
	const counted = new Map(answer.parts.map((part) => [part.key['month'] ?? '', part.value ?? 0]));
	const months = fillMonths(period, counted);
	if (months.length < 2) return null;
	const rows = months.map(({ month, value }) => {
		const name = facetText('month', month);
		const door: Door = {
			address: narrowedTo(asked, 'month', month),
			text: formatNumber(value),
			label: `${figureLabel(asked.figure.name)} – ${name}`
		};
		return { key: month, name, door };
	});
	return {
		title: m.figure_parts_by({ facet: inSentence(word('facet', 'month')) }),
		svg: monthChart(period, months),
		rows
	};
}

function inSentence(label: string): string {
	return label.charAt(0).toLocaleLowerCase('vi') + label.slice(1);
}
