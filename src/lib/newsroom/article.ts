import type { Permission } from '#lib/accounts/actor.ts';

/** Articles: how far they come, what may be done in each state and by whom. Pure. */

export const KINDS = ['news', 'feature', 'notice', 'gallery'] as const;
export type Kind = (typeof KINDS)[number];

export const BYLINE_KINDS = ['person', 'office', 'person_with_post'] as const;
/** Who wrote it: a person or pen name, an office, or a person with the post held then. */
export type Byline = { kind: (typeof BYLINE_KINDS)[number]; name: string; post: string | null };

/** Where a reprint is from. `isCanonical`: search engines are told to look there. */
export type Source = { name: string; url: string | null; isCanonical: boolean };

export const STATES = ['draft', 'edited', 'approved', 'scheduled', 'published', 'corrected', 'withdrawn'] as const;
export type State = (typeof STATES)[number];

export const VERBS = ['save', 'edit', 'return', 'approve', 'publish', 'correct', 'withdraw'] as const;
export type Verb = (typeof VERBS)[number];

/** What may be done in each state. Screens take their buttons from here, commands their refusals. */
const TRANSITIONS = {
	draft: ['save', 'edit', 'withdraw'],
	edited: ['save', 'return', 'approve', 'withdraw'],
	approved: ['save', 'return', 'publish', 'withdraw'],
	scheduled: ['return', 'publish', 'withdraw'],
	published: ['save', 'correct', 'withdraw'],
	corrected: ['save', 'correct', 'withdraw'],
	withdrawn: ['return']
} as const satisfies Record<State, readonly Verb[]>;

export function allowed(state: State): readonly Verb[] {
	return TRANSITIONS[state];
}

export function may(state: State, verb: Verb): boolean {
	return allowed(state).includes(verb);
}

/** The states from which a verb may be done, for the words beside a disabled button. */
export function statesFor(verb: Verb): State[] {
	return STATES.filter((state) => may(state, verb));
}

const NEEDS = {
	edit: 'newsroom.edit',
	return: 'newsroom.edit',
	approve: 'newsroom.approve',
	publish: 'newsroom.publish',
	correct: 'newsroom.publish'
} as const satisfies Partial<Record<Verb, Permission>>;

/** What one needs to do it: a draft is its writers', what went on is the editors', what was public the publishers'. */
export function needs(state: State, verb: Verb): Permission {
	if (verb === 'save') return state === 'draft' ? 'newsroom.write' : 'newsroom.edit';
	if (verb === 'withdraw') return state === 'draft' || state === 'edited' ? 'newsroom.write' : 'newsroom.publish';
	return NEEDS[verb];
}

/** The state a verb leads to. A text that is changed after it was approved has to be approved again. */
export function leadsTo(state: State, verb: Verb): State {
	switch (verb) {
		case 'save':
			return state === 'approved' ? 'edited' : state;
		case 'edit':
			return 'edited';
		case 'return':
			return 'draft';
		case 'approve':
			return 'approved';
		case 'publish':
			return 'published';
		case 'correct':
			return 'corrected';
		case 'withdraw':
			return 'withdrawn';
	}
}

/** What still has to be done, in order, before a text may be published from this state; null: it cannot be from here. */
export function stepsToPublish(state: State): readonly Verb[] | null {
	const steps: Partial<Record<State, readonly Verb[]>> = {
		draft: ['edit', 'approve', 'publish'],
		edited: ['approve', 'publish'],
		approved: ['publish'],
		scheduled: ['publish']
	};
	return steps[state] ?? null;
}

/** Is it, or will it be, before the public? */
export function isOut(state: State): boolean {
	return state === 'scheduled' || state === 'published' || state === 'corrected';
}

/** The life of an article as steps: what stands in the place of another one is shown there. */
export function life(state: State): { code: State; state: 'done' | 'now' | 'later' }[] {
	if (state === 'withdrawn') return [{ code: 'withdrawn', state: 'now' }];
	const way: readonly State[] = ['draft', 'edited', 'approved', isOut(state) ? state : 'published'];
	const position = way.indexOf(state);
	return way.map((code, index) => ({ code, state: index < position ? 'done' : index === position ? 'now' : 'later' }));
}

const MARKS = /[\u0300-\u036f]/g;
const SLUG_AT_MOST = 90;

/** "Đảng uỷ Khối tổng kết" → "dang-uy-khoi-tong-ket", whole words of it; '' where nothing is left. */
export function slugOf(text: string): string {
	const words = text
		.toLowerCase()
		.replace(/đ/g, 'd')
		.normalize('NFD')
		.replace(MARKS, '')
		.split(/[^a-z0-9]+/)
		.filter((word) => word !== '');
	let slug = '';
	for (const word of words) {
		const longer = slug === '' ? word.slice(0, SLUG_AT_MOST) : `${slug}-${word}`;
		if (longer.length > SLUG_AT_MOST) break;
		slug = longer;
	}
	return slug;
}
