import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import type { NewAction } from '#lib/actions/action.server.ts';
import type { Tx } from '#lib/server/db.ts';
import { post, type NewPosting } from '#lib/ledger/ledger.server.ts';
import { normalise } from '#lib/vietnamese/text.ts';
import { posting, type Held } from './change.server.ts';
import { enrol } from './enrol.server.ts';
import { tellRegisterStale } from './public.server.ts';
import type { RegistrationInput } from './registration.server.ts';

/** A registration that a list brings as already registered, and what the list says was decided on it. */
export type ListedInput = Omit<RegistrationInput, 'registeredOn' | 'contents' | 'tags'> & {
	registeredOn: string;
	score?: number | null;
	recognised?: boolean | null;
};

export type Lists = {
	rows: readonly ListedInput[];
	/** The home of each unit that occurs. */
	homes: ReadonlyMap<string, string>;
	importId: string | null;
	/** What a list that names no decision counts as its day: never before a row's registration. */
	decidedOn: string;
	decisionNumber?: string | null;
};

/** Rows of one statement: a whole province at once would stand in memory several times over. */
const AT_ONCE = 1000;

/**
 * Enters whole lists in a handful of statements: models, registrations, decisions, postings. The caller's command writes
 * the actions, one for each registration, as if each had been entered by hand.
 */
export async function registerAll(tx: Tx, lists: Lists): Promise<{ held: Held[]; actions: NewAction[] }> {
	const all: { held: Held[]; actions: NewAction[] } = { held: [], actions: [] };
	for (let from = 0; from < lists.rows.length; from += AT_ONCE) {
		const rows = lists.rows.slice(from, from + AT_ONCE);
		const entries = rows.map((row) => ({ row, held: heldOf(row, lists), actionId: newId() }));
		await enrol(
			tx,
			entries.map(({ row, held }) => ({ ...row, held, importId: lists.importId }))
		);
		await insertRecognitions(tx, entries, lists);
		await post(
			tx,
			entries.flatMap((entry) => postingsOf(entry, lists))
		);
		const shown = entries.filter(({ row }) => row.recognised).map(({ held }) => held.id);
		if (shown.length > 0) await tellRegisterStale(tx, shown);
		all.held.push(...entries.map((entry) => entry.held));
		all.actions.push(...entries.map((entry) => actionOf(entry, lists.importId)));
	}
	return all;
}

function postingsOf({ row, held, actionId }: Entry, lists: Lists): NewPosting[] {
	const registered = posting(held, 'model.registered', { onDate: row.registeredOn, actionId });
	if (row.recognised == null) return [registered];
	const measure = row.recognised ? 'model.recognised' : 'model.not_recognised';
	return [
		registered,
		posting(held, measure, { onDate: decisionDay(row, lists), cohortOn: row.registeredOn, actionId })
	];
}

function actionOf({ held, actionId }: Entry, importId: string | null): NewAction {
	return {
		id: actionId,
		homeId: held.homeId,
		noun: 'registration',
		recordId: held.id,
		verb: 'import',
		unitId: held.unitId,
		details: importId ? { importId } : {}
	};
}

type Entry = { row: ListedInput; held: Held; actionId: string };

function heldOf(row: ListedInput, lists: Lists): Held {
	const homeId = lists.homes.get(row.unitId);
	if (!homeId) throw new Error(`no home for unit ${row.unitId}`);
	return {
		id: newId(),
		homeId,
		modelId: row.modelId ?? newId(),
		previousId: row.previousId ?? null,
		unitId: row.unitId,
		year: row.year,
		level: row.level,
		kind: row.kind ?? 'model',
		field: row.field,
		subject: row.subject,
		novelty: row.novelty,
		state: row.recognised == null ? 'registered' : row.recognised ? 'recognised' : 'not_recognised',
		name: normalise(row.name),
		place: row.place ?? null,
		note: row.note ?? null,
		registeredOn: row.registeredOn,
		contents: {},
		score: row.score ?? null
	};
}

function decisionDay(row: ListedInput, lists: Lists): string {
	return lists.decidedOn < row.registeredOn ? row.registeredOn : lists.decidedOn;
}

async function insertRecognitions(tx: Tx, entries: readonly Entry[], lists: Lists): Promise<void> {
	const rows = entries
		.filter(({ row }) => row.recognised != null)
		.map(({ row, held, actionId }) => ({
			id: newId(),
			registration_id: held.id,
			outcome: row.recognised ? 'recognised' : 'not_recognised',
			decided_on: decisionDay(row, lists),
			action_id: actionId
		}));
	await sql`
		insert into recognitions (id, registration_id, outcome, decision_number, decided_on, action_id)
		select id, registration_id, outcome, ${lists.decisionNumber ?? null}, decided_on, action_id
		from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (id uuid, registration_id uuid, outcome text,
			decided_on date, action_id uuid)`.execute(tx);
}
