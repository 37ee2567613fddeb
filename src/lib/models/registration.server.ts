import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Actor } from '#lib/accounts/actor.ts';
import { command, type NewAction } from '#lib/actions/action.server.ts';
import { post, reverse, standing } from '#lib/ledger/ledger.server.ts';
import { today } from '#lib/server/clock.ts';
import { inTransaction, type Db, type Tx } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { authorise } from '#lib/units/authority.server.ts';
import { endings, holderOf, refuseEnded, takersOf } from '#lib/units/taker.server.ts';
import { homeOf } from '#lib/units/unit.server.ts';
import { fold, normalise } from '#lib/vietnamese/text.ts';
import { refuseUnlessInForce } from './choice.server.ts';
import { actionOf, change, hold, posting, refuseUnlessAllowed, type Held, type Step } from './change.server.ts';
import { enrol, insertTags } from './enrol.server.ts';
import type { Contents, Field, Kind, Level, Novelty, Subject } from './model.ts';
import { tellRegisterStale } from './public.server.ts';

/** What a form, an API call or a row of a list says about a registration. */
export type RegistrationInput = {
	unitId: string;
	year: number;
	level: Level;
	kind?: Kind;
	field: Field;
	subject: Subject;
	novelty: Novelty;
	name: string;
	place?: string | null;
	note?: string | null;
	registeredOn: string | null;
	contents?: Contents;
	tags?: readonly string[];
	/** Which model goes on (continuing) or was copied (replicated); neither for one that begins. */
	modelId?: string | null;
	previousId?: string | null;
	replicatedFromId?: string | null;
};

const COUNTED_MEASURES = [
	'model.registered',
	'model.recognised',
	'model.not_recognised',
	'model.typical',
	'model.proposed',
	'model.rewarded',
	'model.replicated'
] as const;

/** Begins a registration as a draft; the unit's own until it is submitted. Answers its id. */
export async function draft(db: Db, actor: Actor, input: RegistrationInput, key?: string): Promise<{ id: string }> {
	return command(
		db,
		actor,
		async (tx) => {
			await authorise(tx, actor, 'model.write', input.unitId);
			await refuseUnlessInForce(tx, input.level, input.year);
			const held = await insert(tx, input, 'draft');
			return { result: { id: held.id }, actions: [drafted(held)] };
		},
		key
	);
}

export function drafted(held: Held): NewAction {
	return actionOf(held, { id: newId(), verb: 'draft', details: { name: held.name } });
}

/** Begins a registration and hands it up at once; both or neither. */
export async function register(
	db: Db,
	actor: Actor,
	given: { input: RegistrationInput; key: string }
): Promise<{ id: string }> {
	return inTransaction(db, async (tx) => {
		const { id } = await draft(tx, actor, given.input, given.key);
		await submit(tx, actor, [id], `${given.key}:submit`);
		return { id };
	});
}

/** Inserts the model (unless it goes on) and the registration. Shared with lists and continuations. */
export async function insert(
	tx: Tx,
	input: RegistrationInput,
	state: 'draft' | 'submitted' | 'registered'
): Promise<Held> {
	const day = input.registeredOn ?? today();
	await refuseEnded(tx, input.unitId, day);
	const held = heldOf(input, { state, homeId: await homeOf(tx, input.unitId, day) });
	const { modelId, replicatedFromId, tags } = input;
	await enrol(tx, [{ held, modelId, replicatedFromId, tags }]);
	return held;
}

/** As the row will be. */
export function heldOf(input: RegistrationInput, { state, homeId }: Pick<Held, 'state' | 'homeId'>): Held {
	const { unitId, year, level, kind = 'model', field, subject, novelty, place = null, note = null } = input;
	return {
		id: newId(),
		homeId,
		modelId: input.modelId ?? newId(),
		previousId: input.previousId ?? null,
		unitId,
		year,
		level,
		kind,
		field,
		subject,
		novelty,
		state,
		name: normalise(input.name),
		place,
		note,
		registeredOn: input.registeredOn,
		contents: input.contents ?? {},
		score: null
	};
}

/** Changes a draft or a returned registration; what is already registered is corrected instead. */
export async function edit(db: Db, actor: Actor, id: string, input: RegistrationInput): Promise<{ count: number }> {
	return change(db, actor, {
		ids: [id],
		verb: 'edit',
		permission: 'model.write',
		effect: async (tx, held) => {
			await authorise(tx, actor, 'model.write', input.unitId);
			await refuseUnlessInForce(tx, input.level, input.year);
			await rewrite(tx, held, input);
			return { details: differences(held, input) };
		}
	});
}

/** The unit hands it up; the day of registration is fixed by now. */
export async function submit(db: Db, actor: Actor, ids: readonly string[], key?: string): Promise<{ count: number }> {
	return change(db, actor, { ...SUBMISSION, ids, key });
}

export const SUBMISSION: Step = {
	verb: 'submit',
	permission: 'model.write',
	plan: async (tx, all) => {
		const day = today();
		// A draft that a unit left when it ended is handed up by who took it over.
		const takers = await takersOf(
			tx,
			all.filter(({ registeredOn }) => !registeredOn),
			day
		);
		const refuseWhereEnded = await endings(tx, [...new Set(takers.values())], day);
		return (held) => {
			if (held.registeredOn) return {};
			const unitId = takers.get(held.id) ?? held.unitId;
			refuseWhereEnded(unitId);
			const left = unitId === held.unitId ? {} : { unitId, leftBy: held.unitId };
			return { becomes: { registeredOn: day, unitId }, details: { registeredOn: day, ...left } };
		};
	}
};

/** The office gives it back with a reason that the unit reads at the record. */
export async function giveBack(
	db: Db,
	actor: Actor,
	given: { ids: readonly string[]; reason: string; key?: string }
): Promise<{ count: number }> {
	const reason = normalise(given.reason);
	if (reason === '') throw problem('model.reason_missing');
	return change(db, actor, {
		ids: given.ids,
		verb: 'return',
		permission: 'model.review',
		reason,
		key: given.key,
		plan: async () => (held, actionId) => ({
			postings: [posting(held, 'model.returned', { onDate: today(), actionId })]
		})
	});
}

/** The office accepts: from now on it counts as registered, on the day it was handed in. */
export async function accept(db: Db, actor: Actor, ids: readonly string[], key?: string): Promise<{ count: number }> {
	return change(db, actor, { ...ACCEPTANCE, ids, key });
}

export const ACCEPTANCE: Step = {
	verb: 'accept',
	permission: 'model.review',
	plan: async () => (held, actionId) => ({
		postings: [posting(held, 'model.registered', { onDate: held.registeredOn ?? today(), actionId })]
	})
};

/** Taken back before it is decided on: what was counted is reversed, because it should not have been. */
export async function withdraw(
	db: Db,
	actor: Actor,
	given: { ids: readonly string[]; reason: string }
): Promise<{ count: number }> {
	const reason = normalise(given.reason);
	if (reason === '') throw problem('model.reason_missing');
	return change(db, actor, {
		ids: given.ids,
		verb: 'withdraw',
		permission: 'model.write',
		reason,
		effect: async (tx, held, actionId) => {
			const reversed = await reverse(tx, held.id, { measures: COUNTED_MEASURES, actionId });
			return { details: { reversed } };
		}
	});
}

/** The model stops; what it was counted for stays counted. */
export async function end(
	db: Db,
	actor: Actor,
	given: { ids: readonly string[]; reason: string }
): Promise<{ count: number }> {
	return change(db, actor, {
		ids: given.ids,
		verb: 'end',
		permission: 'model.write',
		reason: normalise(given.reason) || null
	});
}

/**
 * Puts right what is already counted: every posting is reversed (same day, same facets) and entered anew as corrected,
 * so that a report signed before keeps its figures and the difference can be told.
 */
export async function correct(
	db: Db,
	actor: Actor,
	corrected: { id: string; input: RegistrationInput; reason: string }
): Promise<{ id: string }> {
	const reason = normalise(corrected.reason);
	if (reason === '') throw problem('model.reason_missing');
	return command(db, actor, async (tx) => {
		const held = await hold(tx, corrected.id);
		await authorise(tx, actor, 'model.review', await holderOf(tx, held));
		await authorise(tx, actor, 'model.review', corrected.input.unitId);
		refuseUnlessAllowed(held, 'correct');
		await refuseUnlessInForce(tx, corrected.input.level, corrected.input.year);
		const actionId = newId();
		const counted = await standing(tx, held.id, COUNTED_MEASURES);
		await reverse(tx, held.id, { measures: COUNTED_MEASURES, actionId });
		await rewrite(tx, held, corrected.input);
		const now = await hold(tx, held.id);
		const cohortOn = now.registeredOn ?? today();
		await post(
			tx,
			counted.map(({ measure, onDate }) => {
				const day = measure === 'model.registered' || onDate < cohortOn ? cohortOn : onDate;
				return posting(now, measure, { onDate: day, cohortOn, actionId });
			})
		);
		await tellRegisterStale(tx, [held.id]);
		const details = differences(held, corrected.input);
		return { result: { id: held.id }, actions: [actionOf(now, { id: actionId, verb: 'correct', reason, details })] };
	});
}

async function rewrite(tx: Tx, held: Held, input: RegistrationInput): Promise<void> {
	if (input.unitId !== held.unitId || input.registeredOn !== held.registeredOn)
		await refuseEnded(tx, input.unitId, input.registeredOn ?? today());
	const name = normalise(input.name);
	await tx
		.updateTable('registrations')
		.set({
			home_id: await homeOf(tx, input.unitId, input.registeredOn ?? today()),
			unit_id: input.unitId,
			year: input.year,
			level: input.level,
			kind: input.kind ?? held.kind,
			field: input.field,
			subject: input.subject,
			novelty: input.novelty,
			name,
			name_key: fold(name),
			place: input.place ?? null,
			note: input.note ?? null,
			registered_on: input.registeredOn ?? held.registeredOn,
			contents: JSON.stringify(input.contents ?? held.contents),
			changed_at: sql<Date>`now()`
		})
		.where('id', '=', held.id)
		.execute();
	await tx.updateTable('models').set({ name }).where('id', '=', held.modelId).execute();
	if (!input.tags) return;
	await tx.deleteFrom('registration_tags').where('registration_id', '=', held.id).execute();
	await insertTags(
		tx,
		[...new Set(input.tags)].map((tag) => ({ registration_id: held.id, tag }))
	);
}

/** Old and new of what changed, for the history. Texts of the form are named, not repeated. */
function differences(held: Held, input: RegistrationInput): Record<string, unknown> {
	const compared = ['unitId', 'year', 'level', 'field', 'subject', 'novelty', 'name', 'place', 'registeredOn'] as const;
	const changed = compared.filter((key) => (input[key] ?? null) !== (held[key] ?? null));
	return Object.fromEntries(changed.map((key) => [key, { from: held[key], to: input[key] ?? null }]));
}
