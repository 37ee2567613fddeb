import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Actor, Permission } from '#lib/accounts/actor.ts';
import { command, type NewAction } from '#lib/actions/action.server.ts';
import { post, type NewPosting } from '#lib/ledger/ledger.server.ts';
import type { Db, Tx } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { authoriseAll } from '#lib/units/authority.server.ts';
import { holdersOf } from '#lib/units/taker.server.ts';
import { fold } from '#lib/vietnamese/text.ts';
import { allowed, facets, LEADS_TO, may, type Registration, type Verb } from './model.ts';
import { tellRegisterStale } from './public.server.ts';

export type Held = Registration & { homeId: string };

/** Of `registrations r`. */
export const COLUMNS = sql`r.id, r.home_id as "homeId", r.model_id as "modelId", r.previous_id as "previousId", r.unit_id as "unitId",
	r.year, r.level, r.kind, r.field, r.subject, r.novelty, r.state, r.name, r.place, r.note, r.registered_on as "registeredOn",
	r.contents, r.score::float8 as score`;

/**
 * What is done to one registration: what it enters in the ledger, what the action remembers, and the day of registration and the
 * unit that it gets with its state.
 */
export type Effect = {
	details?: Record<string, unknown>;
	postings?: readonly NewPosting[];
	becomes?: { registeredOn: string; unitId: string };
};

/** A kind of change whose effects on many are read and written in as few statements as those on one. */
export type Step = {
	verb: Verb;
	permission: Permission;
	/** Reads what has to be known of all of them; what it answers says, or refuses, each one's effect. */
	plan: (tx: Tx, all: readonly Held[]) => Promise<(held: Held, actionId: string) => Effect>;
};

export type Change = Omit<Step, 'plan'> & {
	ids: readonly string[];
	reason?: string | null;
	key?: string;
	plan?: Step['plan'];
	/** Runs after all rows are locked, their states checked and moved; for each in the order of ids. */
	effect?: (tx: Tx, held: Held, actionId: string) => Promise<Effect>;
};

/**
 * The one way in which registrations change: each is locked, the actor's right and the state are checked, the state moves
 * by `LEADS_TO`, postings are entered, and each gets its action; all of the selection or none of it. What is the same for all
 * is one statement for all: fifty at once take hardly more round trips than one.
 */
export async function change(db: Db, actor: Actor, wanted: Change): Promise<{ count: number }> {
	const ids = [...new Set(wanted.ids)].sort();
	if (ids.length === 0) throw problem('model.none_selected');
	return command(
		db,
		actor,
		async (tx) => {
			const all = await holdAll(tx, ids);
			await authoriseAll(tx, actor, wanted.permission, await holdersOf(tx, all));
			for (const held of all) refuseUnlessAllowed(held, wanted.verb);
			const effectOf = await wanted.plan?.(tx, all);
			const entries = all.map((held): Entry => {
				const actionId = newId();
				return { held, actionId, effect: effectOf?.(held, actionId) ?? {} };
			});
			const [first, ...rest] = await enter(tx, entries, wanted);
			if (!first) throw problem('model.none_selected');
			return { result: { count: entries.length }, actions: [first, ...rest] };
		},
		wanted.key
	);
}

/** A registration, locked and allowed to change, and what is to be done to it. */
export type Entry = { held: Held; actionId: string; effect: Effect };

/** What public pages show changes with these, and with corrections. */
const PUBLIC_VERBS: readonly Verb[] = ['recognise', 'revoke'];

/** Moves the states and enters the postings; answers the actions, which are the caller's to write. */
export async function enter(
	tx: Tx,
	entries: Entry[],
	by: Pick<Change, 'verb' | 'reason' | 'effect'>
): Promise<NewAction[]> {
	await move(tx, entries, by.verb);
	for (const entry of entries) entry.effect = (await by.effect?.(tx, entry.held, entry.actionId)) ?? entry.effect;
	await post(
		tx,
		entries.flatMap(({ effect }) => effect.postings ?? [])
	);
	if (PUBLIC_VERBS.includes(by.verb))
		await tellRegisterStale(
			tx,
			entries.map(({ held }) => held.id)
		);
	return entries.map(({ held, actionId, effect }) =>
		actionOf(held, { id: actionId, verb: by.verb, reason: by.reason ?? null, details: effect.details ?? {} })
	);
}

/** A registration as its row in the database says it, before anything was decided on it. */
export function rowOf(held: Held) {
	return {
		id: held.id,
		home_id: held.homeId,
		model_id: held.modelId,
		previous_id: held.previousId,
		unit_id: held.unitId,
		year: held.year,
		level: held.level,
		kind: held.kind,
		field: held.field,
		subject: held.subject,
		novelty: held.novelty,
		state: held.state,
		name: held.name,
		name_key: fold(held.name),
		place: held.place,
		note: held.note,
		registered_on: held.registeredOn
	};
}

/** The registration, locked until the transaction ends. */
export async function hold(tx: Tx, id: string): Promise<Held> {
	const [held] = await holdAll(tx, [id]);
	if (!held) throw problem('model.not_found', { id });
	return held;
}

/** Locked in the order of their ids, so that two selections that overlap wait for each other instead of blocking. */
async function holdAll(tx: Tx, ids: readonly string[]): Promise<Held[]> {
	const { rows } = await sql<Held>`
		select ${COLUMNS} from registrations r where r.id = any(${[...ids]}::uuid[]) order by r.id for update`.execute(tx);
	const found = new Set(rows.map(({ id }) => id));
	const missing = ids.find((id) => !found.has(id));
	if (missing !== undefined) throw problem('model.not_found', { id: missing });
	return rows;
}

export function refuseUnlessAllowed(held: Registration, verb: Verb): void {
	if (may(held.state, verb)) return;
	throw problem('model.state_conflict', {
		name: held.name,
		state: held.state,
		verb,
		allowed: allowed(held.state).join(', ')
	});
}

async function move(tx: Tx, entries: readonly Entry[], verb: Verb): Promise<void> {
	const targets: Partial<Record<Verb, string>> = LEADS_TO;
	const state = targets[verb];
	if (!state) return;
	const rows = entries.map(({ held, effect: { becomes } }) => ({
		id: held.id,
		registered_on: becomes?.registeredOn ?? held.registeredOn,
		unit_id: becomes?.unitId ?? held.unitId
	}));
	await sql`
		update registrations r
		set state = ${state}, changed_at = now(), registered_on = to_be.registered_on, unit_id = to_be.unit_id
		from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as to_be (id uuid, registered_on date, unit_id uuid)
		where r.id = to_be.id`.execute(tx);
}

export function actionOf(
	held: Pick<Held, 'id' | 'homeId' | 'unitId'>,
	action: Pick<NewAction, 'id' | 'verb' | 'reason' | 'details'>
): NewAction {
	return { ...action, homeId: held.homeId, noun: 'registration', recordId: held.id, unitId: held.unitId };
}

/** One posting of +1 for this registration; `cohortOn` is the day it was registered, so that rates compare like with like. */
export function posting(
	held: Held,
	measure: string,
	at: { onDate: string; actionId: string; cohortOn?: string }
): NewPosting {
	return {
		homeId: held.homeId,
		measure,
		unitId: held.unitId,
		onDate: at.onDate,
		cohortOn: at.cohortOn ?? at.onDate,
		quantity: 1,
		facets: facets(held),
		noun: 'registration',
		caseId: held.id,
		actionId: at.actionId
	};
}
