import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Actor } from '#lib/accounts/actor.ts';
import { causes, reorganised } from '#lib/figures/causes.server.ts';
import { knownNow } from '#lib/ledger/ledger.server.ts';
import { describe } from '#lib/models/list.server.ts';
import type { Db } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { formatDay } from '#lib/vietnamese/format.ts';
import { names } from '#lib/units/unit.server.ts';
import { compile, questionsOf, whereOf, yearEarlier, type AskedFigure, type CompiledFigure } from './compile.server.ts';
import type { Report } from './report.ts';
import { change } from './report.server.ts';
import { listFrozen } from './signing.server.ts';

/** Who did what, when, to which record, after the figures were frozen. Instants are ISO. */
type Why = {
	record: string;
	unitName: string;
	verb: string;
	actorName: string;
	at: string;
	reason: string | null;
	quantity: number;
};

/** One printed place that reads otherwise today. `cell` is null for a figure in the text and for a row that is new. */
export type Difference = { slot: string; cell: string | null; label: string; old: string; new: string; why: Why[] };

export type Erratum = { number: number; entries: Difference[]; knownAt: Date; issuedAt: Date; issuerName: string };

const NOT_PRINTED = '–';

/**
 * What a signed report says and what the ledger says now, with the same cut-off day and structure, and who caused the
 * difference. What an erratum has put right already counts as said. Empty for a report that is not signed.
 */
export async function differences(
	db: Db,
	actor: Actor,
	{ report, knownAt = new Date() }: { report: Report; knownAt?: Date }
): Promise<Difference[]> {
	if (!report.signature) return [];
	const errata = await listErrata(db, report);
	const said = saidBy(await listFrozen(db, report.id), errata);
	const since = errata.at(-1)?.knownAt ?? report.signature.knownAt;
	const live = await compile(db, actor, { ...report, knownAt });
	const questions = await questionsOf(db, actor, { ...report, knownAt });
	const found: Difference[] = [];
	for (const [index, figure] of live.entries()) {
		const asked = questions[index];
		if (!asked) continue;
		for (const place of placesOf(figure)) {
			const earlier = said.get(`${figure.frozen.slot} ${place.key}`);
			const old = earlier?.text ?? NOT_PRINTED;
			if (old === place.text) continue;
			const why = await reasons(db, actor, { asked: await narrowed(db, actor, { asked, place }), since });
			found.push({
				slot: figure.frozen.slot,
				cell: earlier?.cell ?? null,
				label: place.label,
				old,
				new: place.text,
				why
			});
		}
	}
	return found;
}

type Place = {
	key: string;
	cell: string | null;
	label: string;
	text: string;
	where: CompiledFigure['doors'][string]['where'];
};

/** The printed places of a figure; cells are known again by what they count, since rows come and go. */
function placesOf({ frozen, doors }: CompiledFigure): Place[] {
	if (!frozen.rows) return [{ key: '', cell: null, label: frozen.label, text: frozen.text, where: doors['']?.where }];
	return frozen.rows.flatMap((row, rowIndex) =>
		row.cells.map((each, columnIndex): Place => {
			const cell = `r${rowIndex + 1}c${columnIndex + 1}`;
			const where = doors[cell]?.where ?? {};
			const key = JSON.stringify(Object.entries(where).sort());
			return {
				key,
				cell,
				label: `${frozen.label}: ${row.label} – ${frozen.columns?.[columnIndex + 1] ?? ''}`,
				text: each.text,
				where
			};
		})
	);
}

function saidBy(
	frozen: readonly CompiledFigure[],
	errata: readonly Erratum[]
): Map<string, { text: string; cell: string | null }> {
	const said = new Map<string, { text: string; cell: string | null }>();
	const corrected = new Map(
		errata.flatMap(({ entries }) => entries.map((entry) => [placeName(entry), entry.new] as const))
	);
	for (const figure of frozen) {
		for (const { key, cell, label, text } of placesOf(figure)) {
			const { slot } = figure.frozen;
			said.set(`${slot} ${key}`, { cell, text: corrected.get(placeName({ slot, label })) ?? text });
		}
	}
	return said;
}

/** Label and slot name a place in words, for rows that were not printed too. */
function placeName({ slot, label }: { slot: string; label: string }): string {
	return `${slot} ${label}`;
}

async function narrowed(db: Db, actor: Actor, of: { asked: AskedFigure; place: Place }): Promise<AskedFigure> {
	const { question } = of.asked;
	const where = await whereOf(db, actor, { where: of.place.where ?? {}, day: question.asOf });
	return { ...of.asked, question: { ...question, where } };
}

async function reasons(db: Db, actor: Actor, of: { asked: AskedFigure; since: Date }): Promise<Why[]> {
	const { figure, question, listed } = of.asked;
	const compares = listed.query.compare !== undefined || figure.kind === 'change';
	const found = await causes(db, actor, { figure, question, since: of.since });
	const earlier = compares ? await causes(db, actor, { figure, question: yearEarlier(question), since: of.since }) : [];
	const all = [...found, ...earlier];
	const units = await names(
		db,
		all.map((cause) => cause.unitId)
	);
	const records = await describe(
		db,
		actor,
		all.map((cause) => cause.caseId)
	);
	const moved = await reorganised(db, { question, since: of.since });
	const reorganisations = moved.map((event) => ({
		record: event.unitName,
		unitName: formatDay(event.effectiveOn),
		verb: `unit_${event.kind}`,
		actorName: event.actorName,
		at: event.actedAt.toISOString(),
		reason: event.reason,
		quantity: 0
	}));
	const told = all.map((cause) => ({
		record: records.get(cause.caseId)?.name ?? cause.caseId,
		unitName: units.get(cause.unitId)?.name ?? '',
		verb: cause.verb,
		actorName: cause.actorName,
		at: cause.actedAt.toISOString(),
		reason: cause.reason,
		quantity: cause.quantity
	}));
	return [...told, ...reorganisations];
}

/** Issues an erratum with every difference there is now. Refuses where there is none. */
export async function issue(db: Db, actor: Actor, id: string): Promise<{ number: number }> {
	return change(db, actor, {
		id,
		verb: 'correct',
		effect: async (tx, held, actionId) => {
			const knownAt = await knownNow(tx);
			const entries = await differences(tx, actor, { report: held, knownAt });
			if (entries.length === 0) throw problem('report.no_difference');
			const { rows } = await sql<{ number: number }>`
				select coalesce(max(number), 0) + 1 as number from report_errata where report_id = ${held.id}::uuid`.execute(tx);
			const number = rows[0]?.number ?? 1;
			await tx
				.insertInto('report_errata')
				.values({
					id: newId(),
					report_id: held.id,
					number,
					entries: JSON.stringify(entries),
					known_at: knownAt,
					action_id: actionId
				})
				.execute();
			return { result: { number }, details: { number, entries: entries.length } };
		}
	});
}

/** The errata of a report, first to last. */
export async function listErrata(db: Db, report: Pick<Report, 'id' | 'homeId'>): Promise<Erratum[]> {
	const { rows } = await sql<Erratum>`
		select e.number, e.entries, e.known_at as "knownAt", e.issued_at as "issuedAt", a.actor_name as "issuerName"
		from report_errata e join actions a on a.id = e.action_id and a.home_id = ${report.homeId}::uuid
		where e.report_id = ${report.id}::uuid order by e.number`.execute(db);
	return rows;
}
