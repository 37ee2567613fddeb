/** At which field of the form a refusal of an event is shown: where the reader mends it. */
import type { Problem } from '#lib/server/problem.ts';
import type { EventKind } from '#lib/units/event.ts';
import { textAt, type Typed } from './typed.ts';

const TARGET: Readonly<Partial<Record<EventKind, string>>> = {
	establish: 'into.parent',
	move: 'parent',
	merge: 'into.existing',
	split: 'part0.existing',
	close: 'heir',
	link: 'other',
	transfer: 'to'
};

const NAMED: readonly string[] = [
	'unit',
	'parent',
	'heir',
	'from',
	'to',
	'other',
	'into.existing',
	'into.parent',
	...Array.from({ length: 12 }, (_, index) => [`part${index}.existing`, `part${index}.parent`]).flat()
];

/** The name of the field; null: the refusal is about the whole, and stands above the form. */
export function refusedAt(kind: EventKind, refusal: Problem, typed: Typed): string | null {
	const target = TARGET[kind] ?? null;
	const subject = kind === 'merge' || kind === 'move' ? 'units' : 'unit';
	switch (refusal.code) {
		case 'unit.not_found':
			return NAMED.find((name) => textAt(typed, name).trim() === refusal.params['code']) ?? subject;
		case 'unit.code_taken':
			return kind === 'recode' ? 'code' : kind === 'split' ? 'part0.code' : 'into.code';
		case 'unit.not_yet':
		case 'unit_event.not_yet':
		case 'unit_event.closed_already':
		case 'unit_event.closed_same_day':
			return 'effectiveOn';
		case 'unit_event.into_itself':
		case 'unit_event.into_child':
		case 'unit_event.circle':
		case 'unit_event.parent_closed':
		case 'unit_event.cases_open':
		case 'unit_event.link_not_there':
		case 'unit_event.split_one':
			return target;
		case 'unit_event.named_twice':
			return kind === 'split' ? target : subject;
		case 'unit_event.nothing_changes':
			return kind === 'rename' ? 'name' : kind === 'recode' ? 'code' : target;
		case 'unit_event.children_left':
			return kind === 'split' ? 'rest' : target;
		case 'unit_event.rest_unknown':
			return 'rest';
		case 'unit_event.duty_not_there':
			return 'from';
		default:
			return null;
	}
}
