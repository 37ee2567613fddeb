import type { ControlledTransaction } from 'kysely';
import { describe, expect } from 'vitest';
import type { Actor } from '#lib/accounts/actor.ts';
import type { DB } from '#lib/server/db.ts';
import { Problem } from '#lib/server/problem.ts';
import { test } from '../../../tests/database.ts';
import { ACTS, hindrance, type Rights } from './act.ts';
import { rightsOn } from './act.server.ts';
import { describe as listed } from './list.server.ts';
import { allowed, may, STATES, VERBS, type State, type Verb } from './model.ts';
import { appraised, doing, input, office, put } from './office.sample.ts';

/** Runs it and takes it back; answers "done" or the code of the refusal. */
async function outcome(db: unknown, run: () => Promise<unknown>): Promise<string> {
	if (!isControlled(db)) throw new Error('the test needs a transaction of its own');
	const trial = await db.savepoint('trial').execute();
	try {
		await run();
		return 'done';
	} catch (error) {
		if (error instanceof Problem) return error.code;
		throw error;
	} finally {
		await trial.rollbackToSavepoint('trial').execute();
	}
}

function isControlled(db: unknown): db is ControlledTransaction<DB> {
	return typeof db === 'object' && db !== null && 'savepoint' in db;
}

/** A state in which the verb may be done. */
function stateFor(verb: Verb): State {
	return STATES.find((state) => may(state, verb)) ?? 'draft';
}

describe('who may not', () => {
	test('each verb, for each person, in a state that allows it', async ({ db }) => {
		const world = await office(db);
		const id = await appraised(db, world.machine, input(world.one));
		const people = {
			officer: world.officer,
			neighbour: world.neighbour,
			reviewer: world.reviewer,
			leader: world.leader,
			nobody: world.nobody
		};
		const lines: string[] = [];
		for (const verb of VERBS) {
			await put(db, id, verb === 'recognise' ? 'appraised' : stateFor(verb));
			const results: string[] = [];
			for (const [name, actor] of Object.entries<Actor>(people))
				results.push(`${name} ${await outcome(db, () => doing(world)[verb](db, actor, id))}`);
			lines.push(`${verb}: ${results.join(', ')}`);
		}
		expect(lines).toMatchInlineSnapshot(`
			[
			  "edit: officer done, neighbour input.not_found, reviewer done, leader access.denied, nobody input.not_found",
			  "submit: officer done, neighbour input.not_found, reviewer done, leader access.denied, nobody input.not_found",
			  "return: officer access.denied, neighbour input.not_found, reviewer done, leader done, nobody input.not_found",
			  "accept: officer access.denied, neighbour input.not_found, reviewer done, leader done, nobody input.not_found",
			  "start: officer done, neighbour input.not_found, reviewer done, leader access.denied, nobody input.not_found",
			  "self_assess: officer done, neighbour input.not_found, reviewer done, leader access.denied, nobody input.not_found",
			  "appraise: officer access.denied, neighbour input.not_found, reviewer done, leader done, nobody input.not_found",
			  "recognise: officer access.denied, neighbour input.not_found, reviewer done, leader done, nobody input.not_found",
			  "refuse: officer access.denied, neighbour input.not_found, reviewer done, leader done, nobody input.not_found",
			  "revoke: officer access.denied, neighbour input.not_found, reviewer done, leader done, nobody input.not_found",
			  "choose_typical: officer access.denied, neighbour input.not_found, reviewer done, leader done, nobody input.not_found",
			  "propose: officer access.denied, neighbour input.not_found, reviewer done, leader done, nobody input.not_found",
			  "reward: officer access.denied, neighbour input.not_found, reviewer done, leader done, nobody input.not_found",
			  "continue: officer done, neighbour input.not_found, reviewer done, leader access.denied, nobody input.not_found",
			  "replicate: officer input.not_found, neighbour input.not_found, reviewer done, leader access.denied, nobody input.not_found",
			  "withdraw: officer done, neighbour input.not_found, reviewer done, leader access.denied, nobody input.not_found",
			  "end: officer done, neighbour input.not_found, reviewer done, leader access.denied, nobody input.not_found",
			  "correct: officer access.denied, neighbour input.not_found, reviewer done, leader done, nobody input.not_found",
			]
		`);
	});
});

describe('states × verbs', () => {
	test('every verb in every state is done or refused as the table says', async ({ db }) => {
		const world = await office(db);
		const id = await appraised(db, world.machine, input(world.one));
		for (const state of STATES) {
			await put(db, id, state);
			for (const verb of VERBS) {
				const expected = may(state, verb) ? 'done' : 'model.state_conflict';
				expect(await outcome(db, () => doing(world)[verb](db, world.machine, id)), `${verb} when ${state}`).toBe(
					expected
				);
			}
		}
		expect(STATES.map((state) => `${state}: ${allowed(state).join(' ')}`)).toMatchInlineSnapshot(`
			[
			  "draft: edit submit withdraw",
			  "submitted: return accept withdraw",
			  "returned: edit submit withdraw",
			  "registered: start self_assess appraise correct withdraw end replicate",
			  "in_progress: self_assess appraise correct withdraw end replicate",
			  "self_assessed: appraise correct withdraw end replicate",
			  "appraised: recognise refuse appraise correct withdraw end replicate",
			  "recognised: choose_typical propose reward revoke continue replicate correct end",
			  "not_recognised: revoke continue replicate correct end",
			  "withdrawn: ",
			  "ended: ",
			]
		`);
	});

	test('what the screens offer is what the commands do', async ({ db }) => {
		const world = await office(db);
		const id = await appraised(db, world.machine, input(world.one));
		for (const actor of [world.officer, world.reviewer, world.leader]) {
			const rights: Rights = (await rightsOn(db, actor, [world.one])).get(world.one) ?? { write: false, review: false };
			for (const state of STATES) {
				await put(db, id, state);
				const row = (await listed(db, actor, [id])).get(id);
				if (!row) throw new Error('not seen');
				for (const act of ACTS.filter(({ asks }) => asks !== 'unit')) {
					const done = await outcome(db, () => doing(world)[act.verb](db, actor, id));
					expect(done === 'done', `${actor.name}: ${act.verb} when ${state}: ${done}`).toBe(
						hindrance(act, row, rights) === null
					);
				}
			}
		}
	});
});
