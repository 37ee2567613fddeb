import type { Actor } from '#lib/accounts/actor.ts';
import { ask } from '#lib/figures/ask.server.ts';
import { yearBefore, type Answer, type Figure, type FigureRecord } from '#lib/figures/figure.ts';
import { figureHref, workbookHref, type FigureAddress } from '#lib/figures/figure-address.ts';
import { figureText } from '#lib/figures/format-figure.ts';
import type { Choice, LedgerPanel, LedgerRecord } from '#lib/figures/ledger-panel.ts';
import { periodText } from '#lib/figures/period.ts';
import { prove } from '#lib/figures/proofs.server.ts';
import { records } from '#lib/figures/records.server.ts';
import { structureText } from '#lib/figures/structure-text.ts';
import { describe } from '#lib/models/list.server.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Db } from '#lib/server/db.ts';
import { word } from '#lib/ui/word.ts';
import { may } from '#lib/units/authority.server.ts';
import { names } from '#lib/units/unit.server.ts';
import { formatDay, formatInstant, formatNumber } from '#lib/vietnamese/format.ts';
import { proofTexts } from './proof.server.ts';
import type { Asked } from './question.server.ts';

const RECORDS_ON_A_PAGE = 50;

/** Everything the ledger drawer says of a figure: value, meaning, proofs and the first page of records. */
export async function ledgerPanel(db: Db, actor: Actor, asked: Asked): Promise<LedgerPanel> {
	const { figure, unit, question, address, paging } = asked;
	const page = {
		limit: RECORDS_ON_A_PAGE,
		...(paging.after ? { after: paging.after } : {}),
		...(paging.side ? { side: paging.side } : {})
	};
	const [answer, listed, proved, opens] = await Promise.all([
		ask(db, actor, figure, { ...question, by: [] }),
		records(db, actor, { figure, question, page }),
		prove(db, actor, figure, question),
		may(db, actor, 'unit.read', unit.id)
	]);
	const period = { from: answer.from, asOf: answer.asOf };
	return {
		ledger: true,
		href: figureHref(address),
		label: figureLabel(figure.name),
		definition: word('figure', `${figure.name}.definition`),
		law: figure.law,
		value: figureText(figure, answer),
		counted: countedText(figure, answer),
		unit: { name: unit.name, href: opens ? `/units/${encodeURIComponent(unit.code)}` : null },
		period: periodText(period),
		known: m.figure_known_at({ at: formatInstant(answer.knownAt) }),
		narrowed: narrowed(address),
		structures: structures(address),
		structureText: structureText(answer.structure),
		sides: sides(figure, answer, asked),
		proofs: await proofTexts(db, actor, { proved, asOf: answer.asOf }),
		records: {
			rows: await recordLines(db, actor, { records: listed.records, asOf: answer.asOf }),
			caption: m.figure_records(),
			closed: closedText(listed),
			firstHref: paging.after ? figureHref(address, { side: paging.side }) : null,
			nextHref: listed.next ? figureHref(address, { side: paging.side, after: listed.next }) : null,
			workbookHref: workbookHref(address, { side: paging.side }),
			hasDays: figure.kind !== 'units_without'
		}
	};
}

function closedText(listed: { closed: boolean; records: readonly unknown[] }): string | null {
	if (!listed.closed) return null;
	return listed.records.length === 0 ? m.figure_closed_list() : m.figure_closed_some();
}

/** A figure's name for the reader. */
export function figureLabel(name: string): string {
	return word('figure', name);
}

/** What stands beside the large number: of what, and for a share of how many. */
function countedText(figure: Figure, answer: Answer): string {
	if (figure.kind === 'ratio' && answer.numerator !== undefined) {
		return `${formatNumber(answer.numerator)}/${formatNumber(answer.denominator ?? 0)}`;
	}
	return word('figure_counted', figure.unitOfMeasure);
}

/** Lines of the list: models by their own name, units by the name they had on the cut-off day. */
async function recordLines(
	db: Db,
	actor: Actor,
	of: { records: readonly FigureRecord[]; asOf: string }
): Promise<LedgerRecord[]> {
	const cases = await describe(
		db,
		actor,
		of.records.flatMap((record) => (record.caseId ? [record.caseId] : []))
	);
	const units = await names(
		db,
		of.records.map((record) => record.unitId),
		of.asOf
	);
	return of.records.map((record) => {
		const day = record.onDate ? formatDay(record.onDate) : '';
		const unit = units.get(record.unitId);
		if (!record.caseId) {
			const href = unit ? `/units/${encodeURIComponent(unit.ref)}` : null;
			return { key: record.unitId, href, name: unit?.name ?? record.unitId, detail: unit?.code ?? '', day };
		}
		const found = cases.get(record.caseId);
		const many = record.quantity === 1 ? [] : [m.figure_record_times({ count: formatNumber(record.quantity) })];
		const detail = [
			unit?.name ?? '',
			...(found ? [word('novelty', found.novelty), word('level', found.level)] : []),
			...many
		];
		return {
			key: record.caseId,
			href: `/models/${record.caseId}`,
			name: found?.name ?? record.caseId,
			detail: detail.join(' · '),
			day
		};
	});
}

function narrowed(address: FigureAddress): Choice[] {
	const where = address.where ?? {};
	return Object.entries(where).map(([facet, values]) => {
		const rest = Object.fromEntries(Object.entries(where).filter(([other]) => other !== facet));
		const said = values.map((value) => facetText(facet, value)).join(', ');
		return { href: figureHref({ ...address, where: rest }), label: `${word('facet', facet)}: ${said}` };
	});
}

/** A facet's value for the reader; months, years and unit codes say themselves. */
export function facetText(facet: string, value: string): string {
	if (facet === 'month') return m.figure_month({ month: Number(value.slice(5)), year: value.slice(0, 4) });
	return word(facet, value);
}

function structures(address: FigureAddress): Choice[] {
	return (['then', 'now'] as const).map((structure) => ({
		href: figureHref({ ...address, structure }),
		label: word('figure_structure', structure),
		current: (address.structure ?? 'then') === structure
	}));
}

/** The two halves of a share or a comparison: each a figure of its own, and each with its own list here. */
function sides(figure: Figure, answer: Answer, { address, paging }: Asked): LedgerPanel['sides'] {
	if (figure.kind !== 'ratio' && figure.kind !== 'change') return [];
	const halves =
		figure.kind === 'ratio'
			? [
					{ side: 'numerator', of: figure.numerator, period: {}, prefix: '' } as const,
					{ side: 'denominator', of: figure.denominator, period: {}, prefix: '' } as const
				]
			: [
					{ side: 'numerator', of: figure.base, period: {}, prefix: m.figure_side_this_year() } as const,
					{
						side: 'denominator',
						of: figure.base,
						period: { from: yearBefore(answer.from), asOf: yearBefore(answer.asOf) },
						prefix: m.figure_side_year_before()
					} as const
				];
	return halves.map(({ side, of, period, prefix }) => {
		const label = prefix ? `${figureLabel(of.name)} – ${prefix}` : figureLabel(of.name);
		return {
			address: { ...address, ...period, figure: of.name },
			text: figureText(of, { value: answer[side] ?? null, about: answer.about, closed: answer.closed }),
			label,
			list: { href: figureHref(address, { side }), label, current: (paging.side ?? 'numerator') === side }
		};
	});
}
