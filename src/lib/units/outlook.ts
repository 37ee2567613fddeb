/** Units' histories in the hand, to look at any day of them and to try out what an event would make of them. Pure. */
import { problem } from '#lib/server/problem.ts';
import { formatDay } from '#lib/vietnamese/format.ts';
import { statesOf, type Change, type DatedChange, type State } from './history.ts';

export type Outlook = {
	/** The open unit that has this code on this day; of two, as on the day of a take-over, the one that began last. */
	find: (code: string, day: string) => State | undefined;
	/** Who would have had this code: of units that had ended by the day the last one, else the one that begins with it next. */
	bearer: (code: string, day: string) => State | undefined;
	/** The unit on this day, closed or open; undefined before it began. */
	at: (unitId: string, day: string) => State | undefined;
	/** Open units directly under it on this day. */
	under: (unitId: string, day: string) => State[];
	/** Adds what an event does, after all else of its day. Refuses what cannot be. */
	add: (event: { id: string; effectiveOn: string }, changes: readonly Change[]) => void;
};

/** After everything that is recorded. */
const NEXT_SEQUENCE = 2 ** 52;

export function outlook(recorded: readonly DatedChange[]): Outlook {
	const changes = new Map(Map.groupBy(recorded, (one) => one.unitId));
	const states = new Map<string, State[]>();
	const codes = new Map<string, Set<string>>();
	const parents = new Map<string, Set<string>>();
	let sequence = NEXT_SEQUENCE;

	const index = (unitId: string): void => {
		const made = statesOf(changes.get(unitId) ?? []);
		if (!Array.isArray(made)) {
			const name = states.get(unitId)?.at(-1)?.name ?? '…';
			throw problem(made.code, { unit: name, day: formatDay(made.day) });
		}
		states.set(unitId, made);
		for (const state of made) {
			note(codes, state.code, unitId);
			if (state.parentId !== null) note(parents, state.parentId, unitId);
		}
	};
	for (const unitId of changes.keys()) index(unitId);

	const at = (unitId: string, day: string): State | undefined =>
		states.get(unitId)?.findLast((state) => state.from <= day && (state.until === null || day < state.until));
	const openOf = (ids: Set<string> | undefined, day: string, fits: (state: State) => boolean): State[] =>
		[...(ids ?? [])].flatMap((id) => {
			const state = at(id, day);
			return state && !state.closed && fits(state) ? [state] : [];
		});
	return {
		at,
		find: (code, day) =>
			openOf(codes.get(code), day, (state) => state.code === code).reduce<State | undefined>(
				(latest, state) => (latest && began(states, latest) >= began(states, state) ? latest : state),
				undefined
			),
		bearer: (code, day) => {
			const had = [...(codes.get(code) ?? [])].flatMap(
				(id) => states.get(id)?.filter((one) => one.code === code) ?? []
			);
			const sorted = had.toSorted((a, b) => (a.from < b.from ? -1 : 1));
			const ended = sorted.findLast((one) => one.from <= day && at(one.unitId, day)?.closed);
			return ended ?? sorted.find((one) => one.from > day);
		},
		under: (unitId, day) => openOf(parents.get(unitId), day, (state) => state.parentId === unitId),
		add: ({ id, effectiveOn }, added) => {
			sequence += 1;
			for (const [position, one] of added.entries()) {
				const dated = { ...one, eventId: id, effectiveOn, sequence, position };
				changes.set(one.unitId, [...(changes.get(one.unitId) ?? []), dated]);
			}
			for (const unitId of new Set(added.map((one) => one.unitId))) index(unitId);
		}
	};
}

function began(states: ReadonlyMap<string, readonly State[]>, state: State): string {
	return states.get(state.unitId)?.[0]?.from ?? state.from;
}

function note(index: Map<string, Set<string>>, key: string, unitId: string): void {
	const known = index.get(key);
	if (known) known.add(unitId);
	else index.set(key, new Set([unitId]));
}
