import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { unitsWhere, type Actor } from '#lib/accounts/actor.ts';
import { write } from '#lib/actions/action.server.ts';
import { today } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db.ts';
import { Problem } from '#lib/server/problem.ts';
import { COLUMNS, enter, type Effect, type Entry, type Held, type Step } from './change.server.ts';
import { may } from './model.ts';

/** Somebody's selection to which a step is to be done, all or none of it. */
export type Wish = { actor: Actor; ids: readonly string[] };

type Offered = Held & { wish: number; permitted: boolean };

/**
 * Does a step to the selections of many people at once, as `change` does it to one. Waits for nobody: answers those whose
 * registrations were free, whose right and whose states allowed it. The others are untouched; `change` tells each why, or waits.
 */
export async function changeTogether(tx: Tx, wishes: readonly Wish[], step: Step): Promise<Set<Wish>> {
	const offered = await holdFree(tx, wishes, step);
	const effectOf = await step.plan(tx, offered);
	const byWish = Map.groupBy(offered, ({ wish }) => wish);
	const taken = new Set<string>();
	const done: { wish: Wish; entries: Entry[] }[] = [];
	for (const [n, wish] of wishes.entries()) {
		const ids = new Set(wish.ids);
		const all = (byWish.get(n) ?? []).filter((held) => isFree(held, step) && !taken.has(held.id));
		const entries = ids.size > 0 && all.length === ids.size ? planned(all, effectOf) : null;
		if (!entries) continue;
		for (const id of ids) taken.add(id);
		done.push({ wish, entries });
	}
	const actions = await enter(
		tx,
		done.flatMap(({ entries }) => entries),
		step
	);
	const actors = new Map(done.flatMap(({ wish, entries }) => entries.map(({ actionId }) => [actionId, wish.actor])));
	await write(
		tx,
		actions.flatMap((action) => {
			const actor = actors.get(action.id);
			return actor ? [{ actor, action }] : [];
		})
	);
	return new Set(done.map(({ wish }) => wish));
}

/** Locks in the order of ids, past those that somebody else has; one that two wish for is offered to both. */
async function holdFree(tx: Tx, wishes: readonly Wish[], { permission }: Step): Promise<Offered[]> {
	const rows = wishes.flatMap(({ actor, ids }, wish) =>
		[...new Set(ids)].map((id) => ({ wish, id, everything: actor.everything, units: unitsWhere(actor, permission) }))
	);
	const { rows: offered } = await sql<Offered>`
		select ${COLUMNS}, w.wish, (w.everything or exists (
			select 1 from unit_paths p
			where p.unit_id = coalesce((
					select share.heir_id from case_shares share where share.case_id = r.id and share.unit_id = r.unit_id
						and share.valid @> ${today()}::date and upper_inf(share.known)), r.unit_id)
				and p.ancestor_id = any(w.units) and p.valid @> ${today()}::date and upper_inf(p.known))) as permitted
		from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as w (wish int, id uuid, everything boolean, units uuid[])
		join registrations r on r.id = w.id
		order by r.id for update of r skip locked`.execute(tx);
	return offered;
}

function isFree({ permitted, state }: Offered, { verb }: Step): boolean {
	return permitted && may(state, verb);
}

/** Null where the step refuses one of them. */
function planned(all: readonly Held[], effectOf: (held: Held, actionId: string) => Effect): Entry[] | null {
	try {
		return all.map((held) => {
			const actionId = newId();
			return { held, actionId, effect: effectOf(held, actionId) };
		});
	} catch (error) {
		if (error instanceof Problem) return null;
		throw error;
	}
}
