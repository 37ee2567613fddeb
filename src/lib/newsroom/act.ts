import type { Permission } from '#lib/accounts/actor.ts';
import { may, needs, stepsToPublish, type State, type Verb } from './article.ts';

/** What can be done to an article from a page of its own: the noun in its address, what the page asks. */
export type Act = { noun: string; verb: Verb; asks: 'nothing' | 'reason' | 'note' | 'time' };

/** In the order in which they are offered: what moves an article on comes first, what stops it last. */
export const ACTS = [
	{ noun: 'editing', verb: 'edit', asks: 'nothing' },
	{ noun: 'approval', verb: 'approve', asks: 'nothing' },
	{ noun: 'publication', verb: 'publish', asks: 'time' },
	{ noun: 'correction', verb: 'correct', asks: 'note' },
	{ noun: 'return', verb: 'return', asks: 'reason' },
	{ noun: 'withdrawal', verb: 'withdraw', asks: 'reason' }
] as const satisfies readonly Act[];
export type Noun = (typeof ACTS)[number]['noun'];

/** The act of an address; null where there is none. */
export function findAct(noun: string): (typeof ACTS)[number] | null {
	return ACTS.find((act) => act.noun === noun) ?? null;
}

const RIGHTS = ['newsroom.write', 'newsroom.edit', 'newsroom.approve', 'newsroom.publish', 'newsroom.manage'] as const;
/** What the actor may do on the article's unit. */
export type Rights = Readonly<Record<(typeof RIGHTS)[number], boolean>>;

/** What stands in the way, in the order in which it is told; the commands refuse for the same reasons. */
export type Hindrance = 'state' | 'right' | 'no_change' | 'headline' | 'body' | 'alt';

export type Standing = {
	state: State;
	version: number;
	publicVersion: number | null;
	hasHeadline: boolean;
	hasBody: boolean;
	/** Pictures without words for who does not see them. */
	silentPictures: number;
};

const FIT: readonly Verb[] = ['edit', 'approve', 'publish', 'correct'];

/** Why this cannot be done; null where it can. Publishing may begin anywhere before: whoever may all of it does it at once. */
export function hindrance(act: Act, standing: Standing, rights: Rights): Hindrance | null {
	const steps =
		act.verb === 'publish' ? stepsToPublish(standing.state) : may(standing.state, act.verb) ? [act.verb] : null;
	if (!steps) return 'state';
	if (!steps.every((verb) => holds(rights, needs(standing.state, verb)))) return 'right';
	if (!FIT.includes(act.verb)) return null;
	if (act.verb === 'correct' && standing.version === standing.publicVersion) return 'no_change';
	if (!standing.hasHeadline) return 'headline';
	if (!standing.hasBody) return 'body';
	return standing.silentPictures > 0 ? 'alt' : null;
}

/** May the text be worked on by this actor now? */
export function isSavable({ state }: { state: State }, rights: Rights): boolean {
	return may(state, 'save') && holds(rights, needs(state, 'save'));
}

function holds(rights: Rights, permission: Permission): boolean {
	const right = RIGHTS.find((each) => each === permission);
	return right !== undefined && rights[right];
}
