/** A unit's history from what events did to it. Pure: the same fold for what is, and for what an event would make of it. */
import type { UnitKind } from './unit.ts';

/** What can change about a unit. */
export type Traits = {
	code: string;
	name: string;
	shortName: string | null;
	kind: UnitKind;
	parentId: string | null;
	place: string | null;
	flags: readonly string[];
};

/** What one event does to one unit. `heirId`: whom a closed unit goes over to; null: nobody, it stays with its parent. */
export type Change = { unitId: string } & (
	| { change: 'open'; sets: Traits }
	| { change: 'set'; sets: Partial<Traits> }
	| { change: 'close'; heirId: string | null }
);

/** A change in its place among all: by its event's day, then by the order of recording, then within the event. */
export type DatedChange = Change & { eventId: string; effectiveOn: string; sequence: number; position: number };

/** A unit from day to day: `from` included, `until` excluded (null: open end). The parent of a closed one is its heir. */
export type State = Traits & {
	unitId: string;
	eventId: string;
	closed: boolean;
	/** Closed, and nobody took it over as a whole. */
	heirless: boolean;
	from: string;
	until: string | null;
};

/** Why a history cannot be: the code is that of a refusal. */
export type Impossible = {
	code: 'unit_event.not_yet' | 'unit_event.closed_already' | 'unit_event.opened_twice' | 'unit_event.closed_same_day';
	unitId: string;
	eventId: string;
	day: string;
};

function inOrder(a: DatedChange, b: DatedChange): number {
	if (a.effectiveOn !== b.effectiveOn) return a.effectiveOn < b.effectiveOn ? -1 : 1;
	return a.sequence - b.sequence || a.position - b.position;
}

/**
 * The states of one unit from all its changes. Of several on one day the later recorded comes after, and only what the day
 * ends with is kept. A change holds until another changes the same thing, also across changes of other things in between.
 */
export function statesOf(changes: readonly DatedChange[]): State[] | Impossible {
	const states: State[] = [];
	for (const one of changes.toSorted(inOrder)) {
		const last = states.at(-1);
		const why = hindrance(one, states);
		if (why) return { code: why, unitId: one.unitId, eventId: one.eventId, day: one.effectiveOn };
		if (last && last.from < one.effectiveOn) last.until = one.effectiveOn;
		else states.pop();
		states.push(after(last, one));
	}
	return states;
}

function hindrance(one: DatedChange, states: readonly State[]): Impossible['code'] | null {
	const last = states.at(-1);
	if (one.change === 'open') return last ? 'unit_event.opened_twice' : null;
	if (!last) return 'unit_event.not_yet';
	if (last.closed) return 'unit_event.closed_already';
	// It would never have been, and still need someone to go over to.
	const isFirstDay = states.length === 1 && last.from === one.effectiveOn;
	return one.change === 'close' && isFirstDay ? 'unit_event.closed_same_day' : null;
}

function after(last: State | undefined, one: DatedChange): State {
	const when = { unitId: one.unitId, eventId: one.eventId, from: one.effectiveOn, until: null };
	if (one.change === 'open') return { ...one.sets, ...when, closed: false, heirless: false };
	if (!last) throw new Error('a change of a unit that is not: hindrance() lets none through');
	if (one.change === 'set') return { ...last, ...one.sets, ...when };
	return { ...last, ...when, closed: true, heirless: one.heirId === null, parentId: one.heirId ?? last.parentId };
}
