import type { Permission } from '#lib/accounts/actor.ts';
import { may, STATES, type State, type Verb } from './model.ts';

/** What can be done to registrations from a page of its own: the noun in its address, what it needs, what it asks. */

export type Act = {
	noun: string;
	verb: Verb;
	permission: Permission;
	/** What the page asks before it is done. */
	asks: 'nothing' | 'reason' | 'decision' | 'points' | 'unit';
	/** A decision against a unit is not taken without saying why. */
	reasonRequired?: boolean;
	/** May be done to a selection, all or nothing. */
	bulk: boolean;
};

/** In the order in which they are offered: what moves a registration on comes first, what stops it last. */
export const ACTS = [
	{ noun: 'submission', verb: 'submit', permission: 'model.write', asks: 'nothing', bulk: true },
	{ noun: 'acceptance', verb: 'accept', permission: 'model.review', asks: 'nothing', bulk: true },
	{ noun: 'return', verb: 'return', permission: 'model.review', asks: 'reason', bulk: true },
	{ noun: 'recognition', verb: 'recognise', permission: 'model.review', asks: 'decision', bulk: true },
	{ noun: 'refusal', verb: 'refuse', permission: 'model.review', asks: 'decision', reasonRequired: true, bulk: true },
	{ noun: 'start', verb: 'start', permission: 'model.write', asks: 'nothing', bulk: true },
	{ noun: 'self-assessment', verb: 'self_assess', permission: 'model.write', asks: 'points', bulk: false },
	{ noun: 'appraisal', verb: 'appraise', permission: 'model.review', asks: 'points', bulk: false },
	{ noun: 'typical', verb: 'choose_typical', permission: 'model.review', asks: 'decision', bulk: true },
	{ noun: 'proposal', verb: 'propose', permission: 'model.review', asks: 'decision', bulk: true },
	{ noun: 'reward', verb: 'reward', permission: 'model.review', asks: 'decision', bulk: true },
	{ noun: 'continuation', verb: 'continue', permission: 'model.write', asks: 'nothing', bulk: true },
	{ noun: 'replication', verb: 'replicate', permission: 'model.read', asks: 'unit', bulk: false },
	{ noun: 'revocation', verb: 'revoke', permission: 'model.review', asks: 'reason', bulk: false },
	{ noun: 'withdrawal', verb: 'withdraw', permission: 'model.write', asks: 'reason', bulk: true },
	{ noun: 'end', verb: 'end', permission: 'model.write', asks: 'reason', bulk: false }
] as const satisfies readonly Act[];

export type Noun = (typeof ACTS)[number]['noun'];

/** The act of an address; null where there is none. */
export function findAct(noun: string): (Act & { noun: Noun }) | null {
	return ACTS.find((act) => act.noun === noun) ?? null;
}

/** What the actor may do on the registration's unit. */
export type Rights = { write: boolean; review: boolean };

/** What stands in the way, in the order in which it is told; the commands refuse for the same reasons. */
export type Hindrance = 'state' | 'right_write' | 'right_review' | 'not_passed' | 'honoured' | 'continued';

type Standing = { state: State; passed: boolean | null; honours: readonly string[]; continued: boolean };

const HONOUR_OF: Partial<Record<Verb, string>> = { choose_typical: 'typical', propose: 'proposed', reward: 'rewarded' };

/** Why this cannot be done to this registration by this actor; null where it can. */
export function hindrance(act: Pick<Act, 'verb' | 'permission'>, held: Standing, rights: Rights): Hindrance | null {
	if (!may(held.state, act.verb)) return 'state';
	if (act.permission === 'model.write' && !rights.write) return 'right_write';
	if (act.permission === 'model.review' && !rights.review) return 'right_review';
	if (act.verb === 'recognise' && !held.passed) return 'not_passed';
	if (held.honours.includes(HONOUR_OF[act.verb] ?? '')) return 'honoured';
	if (act.verb === 'continue' && held.continued) return 'continued';
	return null;
}

/** The states from which a verb may be done, for the words beside a disabled button. */
export function statesFor(verb: Verb): State[] {
	return STATES.filter((state) => may(state, verb));
}
