import type { Actor } from '#lib/accounts/actor.ts';
import { figureNamed } from '#lib/catalogue.ts';
import { ask } from '#lib/figures/ask.server.ts';
import { yearBefore, type Answer, type Part, type Where } from '#lib/figures/figure.ts';
import type { FigureAddress } from '#lib/figures/figure-address.ts';
import { figureText, type FigureStyle } from '#lib/figures/format-figure.ts';
import type { Door } from '#lib/figures/ledger-panel.ts';
import { fillMonths, monthChart } from '#lib/figures/month-chart.server.ts';
import { countObliged } from '#lib/figures/obliged.server.ts';
import type { Period } from '#lib/figures/period.ts';
import { records } from '#lib/figures/records.server.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Db } from '#lib/server/db.ts';
import { authorise } from '#lib/units/authority.server.ts';
import { word } from '#lib/ui/word.ts';
import { listChildren } from '#lib/units/tree.server.ts';
import { names } from '#lib/units/unit.server.ts';
import type { Unit } from '#lib/units/unit.ts';
import { findTheme } from '#lib/units/year-theme.server.ts';
import { formatNumber } from '#lib/vietnamese/format.ts';

/** What a desk is asked about. */
export type DeskQuestion = { unit: Unit; period: Period };

const MISSING_SHOWN = 12;

/**
 * The figures of a desk. One question by child, level, novelty and month carries the tiles, the table and the chart, so
 * that it costs the same for 5 children and for 500.
 */
export async function desk(db: Db, actor: Actor, { unit, period }: DeskQuestion) {
	await authorise(db, actor, 'model.read', unit.id);
	const question = { unitId: unit.id, ...period };
	const before = { unitId: unit.id, from: yearBefore(period.from), asOf: yearBefore(period.asOf) };
	const named = (name: string, by: readonly string[] = []) => ask(db, actor, figureNamed(name), { ...question, by });
	const [registered, yearAgo, recognised, unitsWithout, obliged, children, theme] = await Promise.all([
		named('models.registered', ['unit', 'level', 'novelty', 'month']),
		ask(db, actor, figureNamed('models.registered'), before),
		named('models.recognised', ['unit']),
		named('models.units_not_registered'),
		countObliged(db, question),
		listChildren(db, unit.id, period.asOf),
		findTheme(db, unit.id, Number(period.asOf.slice(0, 4)))
	]);
	// Who has registered and who has not are together all who are expected to: one of the two need not be counted.
	const unitsWith = { value: unitsWithout.value === null ? null : obliged - unitsWithout.value, about: false };
	const missing = unitsWithout.value
		? await records(db, actor, {
				figure: figureNamed('models.units_not_registered'),
				question,
				page: { limit: MISSING_SHOWN }
			})
		: { records: [], next: null };
	const door = doorsOf(unit.code, period);
	return {
		theme: theme?.title ?? null,
		year: Number(period.asOf.slice(0, 4)),
		empty: registered.value === 0,
		registered: door('models.registered', registered),
		change: changeOf(door, registered, yearAgo),
		standing: standing(door, registered),
		recognised: door('models.recognised', recognised),
		rate: door('models.recognition_rate', {
			value: registered.value ? (recognised.value ?? 0) / registered.value : null,
			about: registered.about || recognised.about
		}),
		units: {
			with: door('models.units_registered', unitsWith),
			without: door('models.units_not_registered', unitsWithout),
			withoutCount: unitsWithout.value ?? 0,
			obliged
		},
		children: children.length === 0 ? [] : await childRows(db, { unit, period, registered, recognised, children }),
		missing: { rows: await missingUnits(db, missing.records, period), more: missing.next !== null },
		chart: chart(door, period, registered)
	};
}
export type Desk = Awaited<ReturnType<typeof desk>>;

type DoorTo = (
	figure: string,
	answer: Pick<Answer, 'value' | 'about'>,
	more?: { where?: Where; address?: Partial<FigureAddress>; label?: string; style?: FigureStyle }
) => Door;

function doorsOf(unit: string, period: Period): DoorTo {
	return (figure, answer, { where = {}, address = {}, label, style } = {}) => ({
		address: { figure, unit, ...period, where, ...address },
		text: figureText(figureNamed(figure), answer, style),
		label: label ?? word('figure', figure)
	});
}

function changeOf(door: DoorTo, now: Answer, then: Answer) {
	const value = (now.value ?? 0) - (then.value ?? 0);
	const difference = door('models.registered_change', { value, about: now.about || then.about });
	return { rises: value > 0, falls: value < 0, difference, yearAgo: then.from.slice(0, 4) };
}

/** The report's usual breakdown. Every cell is matched with each part: the parts add up when each cell is in exactly one. */
function standing(door: DoorTo, registered: Answer) {
	const partition = figureNamed('models.registered').partitions?.find(({ name }) => name === 'standing');
	const parts = (partition?.parts ?? []).map(({ name, where }) => {
		const value = sum(registered.parts.filter((part) => matches(part, where)));
		return {
			name,
			value,
			door: door(
				'models.registered',
				{ value, about: false },
				{ where, label: word('desk_standing', name), style: 'two_digits' }
			)
		};
	});
	const once = registered.parts.every(
		(cell) => (partition?.parts ?? []).filter(({ where }) => matches(cell, where)).length === 1
	);
	const shown = parts.filter((part) => part.name !== 'bloc' || part.value > 0);
	const inWords = shown.map((part) => part.door.label).join(' · ');
	return {
		parts: shown.map((part) => part.door),
		label: inWords.charAt(0).toUpperCase() + inWords.slice(1),
		addsUp: once && sum(registered.parts) === registered.value
	};
}

function matches(cell: Part, where: Where): boolean {
	return Object.entries(where).every(([facet, values]) => values.includes(cell.key[facet] ?? ''));
}

function sum(parts: readonly Part[]): number {
	return parts.reduce((total, part) => total + (part.value ?? 0), 0);
}

type ChildInput = DeskQuestion & { registered: Answer; recognised: Answer; children: Unit[] };

/** One line per unit directly below that registered something, and one for what the office registered itself. */
async function childRows(db: Db, { unit, period, registered, recognised, children }: ChildInput) {
	const ids = [...new Set(registered.parts.map((part) => part.key['unit'] ?? ''))];
	const known = await names(db, [...ids, ...children.map((child) => child.id)], period.asOf);
	const rows = ids.map((id) => {
		const own = id === unit.id;
		const code = known.get(id)?.code ?? '';
		const door = doorsOf(own ? unit.code : code, period);
		const address = own ? { where: { unit: [unit.code] } } : {};
		const of = (where: Where) => registered.parts.filter((part) => part.key['unit'] === id && matches(part, where));
		const count = (where: Where) =>
			door('models.registered', { value: sum(of(where)), about: false }, { where: { ...address.where, ...where } });
		const all = sum(of({}));
		const done = recognised.parts.find((part) => part.key['unit'] === id)?.value ?? 0;
		return {
			id,
			code: own ? '' : code,
			name: own ? m.figure_part_own({ name: unit.name }) : (known.get(id)?.name ?? id),
			href: own ? null : `/desk?${new URLSearchParams({ unit: code, ...period })}`,
			registered: count({}),
			new: count({ novelty: ['new'] }),
			continuing: count({ novelty: ['continuing'] }),
			recognised: door('models.recognised', { value: done, about: false }, { where: address.where ?? {} }),
			of: formatNumber(all),
			share: all === 0 ? 0 : done / all
		};
	});
	return rows.sort((a, b) => (a.code < b.code ? -1 : 1));
}

async function missingUnits(db: Db, listed: readonly { unitId: string }[], period: Period) {
	const known = await names(
		db,
		listed.map((record) => record.unitId),
		period.asOf
	);
	return listed.map(({ unitId }) => ({
		id: unitId,
		name: known.get(unitId)?.name ?? unitId,
		code: known.get(unitId)?.code ?? ''
	}));
}

function chart(door: DoorTo, period: Period, registered: Answer) {
	const counted = new Map<string, number>();
	for (const part of registered.parts)
		counted.set(part.key['month'] ?? '', (counted.get(part.key['month'] ?? '') ?? 0) + (part.value ?? 0));
	const months = fillMonths(period, counted);
	if (months.length < 2 || registered.value === 0) return null;
	const rows = months.map(({ month, value }) => {
		const name = m.figure_month({ month: Number(month.slice(5)), year: month.slice(0, 4) });
		return {
			key: month,
			name,
			door: door('models.registered', { value, about: false }, { where: { month: [month] }, label: name })
		};
	});
	return { svg: monthChart(period, months), rows };
}
