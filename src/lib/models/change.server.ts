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

export type Held = Registration & { homeId: string };

const COLUMNS = sql`r.id, r.home_id as "homeId", r.model_id as "modelId", r.previous_id as "previousId", r.unit_id as "unitId",
	r.year, r.level, r.kind, r.field, r.subject, r.novelty, r.state, r.name, r.place, r.note, r.registered_on as "registeredOn",
	r.contents, r.score::float8 as score`;

/** What is done to one registration: its new columns, what it enters in the ledger, what the action remembers. */
type Effect = { details?: Record<string, unknown>; postings?: readonly NewPosting[] };

export type Change = {
	ids: readonly string[];
	verb: Verb;
	permission: Permission;
	reason?: string | null;
	key?: string;
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
			const actions: NewAction[] = [];
			const postings: NewPosting[] = [];
			const all = await holdAll(tx, ids);
			await authoriseAll(tx, actor, wanted.permission, await holdersOf(tx, all));
			for (const held of all) refuseUnlessAllowed(held, wanted.verb);
			await move(tx, ids, wanted.verb);
			for (const held of all) {
				const actionId = newId();
				const effect = (await wanted.effect?.(tx, held, actionId)) ?? {};
				postings.push(...(effect.postings ?? []));
				actions.push(
					actionOf(held, {
						id: actionId,
						verb: wanted.verb,
						reason: wanted.reason ?? null,
						details: effect.details ?? {}
					})
				);
			}
			await post(tx, postings);
			const [first, ...rest] = actions;
			if (!first) throw problem('model.none_selected');
			return { result: { count: actions.length }, actions: [first, ...rest] };
		},
		wanted.key
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

async function move(tx: Tx, ids: readonly string[], verb: Verb): Promise<void> {
	const targets: Partial<Record<Verb, string>> = LEADS_TO;
	const state = targets[verb];
	if (!state) return;
	await sql`
		update registrations set state = ${state}, changed_at = now() where id = any(${[...ids]}::uuid[])`.execute(tx);
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
