import { v7 as newId } from 'uuid';
import type { Actor } from '#lib/accounts/actor.ts';
import { command, type NewAction } from '#lib/actions/action.server.ts';
import { post } from '#lib/ledger/ledger.server.ts';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { authorise } from '#lib/units/authority.server.ts';
import { takerOf } from '#lib/units/taker.server.ts';
import { refuseUnlessInForce } from './choice.server.ts';
import { actionOf, hold, posting, refuseUnlessAllowed } from './change.server.ts';
import { insert } from './registration.server.ts';

/**
 * Carries models into the next year: the same identity, a new registration as a draft, "tiếp tục", to be looked through
 * and submitted. A model already registered in that year at that level is refused by the database.
 */
export async function carryOver(
	db: Db,
	actor: Actor,
	ids: readonly string[],
	key?: string
): Promise<{ ids: string[] }> {
	return command(
		db,
		actor,
		async (tx) => {
			const actions: NewAction[] = [];
			const made: string[] = [];
			for (const id of [...new Set(ids)].sort()) {
				const held = await hold(tx, id);
				const unitId = await takerOf(tx, held, today());
				await authorise(tx, actor, 'model.write', unitId);
				refuseUnlessAllowed(held, 'continue');
				await refuseUnlessInForce(tx, held.level, held.year + 1);
				const next = await insert(
					tx,
					{
						...held,
						unitId,
						year: held.year + 1,
						novelty: 'continuing',
						registeredOn: null,
						previousId: held.id,
						note: null
					},
					'draft'
				);
				made.push(next.id);
				actions.push(actionOf(next, { id: newId(), verb: 'continue', details: { from: held.id, year: next.year } }));
			}
			const [first, ...rest] = actions;
			if (!first) throw problem('model.none_selected');
			return { result: { ids: made }, actions: [first, ...rest] };
		},
		key
	);
}

/** Another unit takes the model up: a new model that names its source, as a draft of that unit. Counted for the source. */
export async function replicate(
	db: Db,
	actor: Actor,
	wanted: { id: string; unitId: string; year: number; key?: string }
): Promise<{ id: string }> {
	return command(
		db,
		actor,
		async (tx) => {
			const source = await hold(tx, wanted.id);
			await authorise(tx, actor, 'model.read', source.unitId);
			await authorise(tx, actor, 'model.write', wanted.unitId);
			refuseUnlessAllowed(source, 'replicate');
			if (source.unitId === wanted.unitId) throw problem('model.replicated_at_home', { name: source.name });
			const copy = await insert(
				tx,
				{
					...source,
					unitId: wanted.unitId,
					year: wanted.year,
					level: 'base',
					novelty: 'new',
					registeredOn: null,
					place: null,
					note: null,
					modelId: null,
					previousId: null,
					replicatedFromId: source.modelId
				},
				'draft'
			);
			const actionId = newId();
			await post(tx, [
				posting(source, 'model.replicated', { onDate: today(), cohortOn: source.registeredOn ?? today(), actionId })
			]);
			return {
				result: { id: copy.id },
				actions: [
					actionOf(source, { id: actionId, verb: 'replicate', details: { copy: copy.id, unitId: wanted.unitId } }),
					actionOf(copy, { id: newId(), verb: 'draft', details: { replicatedFrom: source.id, name: copy.name } })
				]
			};
		},
		wanted.key
	);
}
