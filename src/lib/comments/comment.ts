/** Comments of readers: how far they come, for what reasons they are not shown, how many there may be. Pure. */

const STATES = ['waiting', 'shown', 'refused', 'removed', 'withdrawn'] as const;
export type State = (typeof STATES)[number];

const VERBS = ['accept', 'refuse', 'take_down', 'restore', 'keep', 'reply'] as const;
export type Verb = (typeof VERBS)[number];

/** What may be done in each state. Screens take their buttons from here, commands their refusals. */
const TRANSITIONS = {
	waiting: ['accept', 'refuse'],
	shown: ['take_down', 'keep', 'reply'],
	refused: ['accept'],
	removed: ['restore'],
	/** Its sender took it back. */
	withdrawn: []
} as const satisfies Record<State, readonly Verb[]>;

export function allowed(state: State): readonly Verb[] {
	return TRANSITIONS[state];
}

/** Why a comment is not shown, or no longer: in the order in which it is offered. */
export const REASONS = [
	'insult',
	'unverified',
	'personal',
	'advertising',
	'off_topic',
	'impersonation',
	'unlawful',
	'asked',
	'other'
] as const;
export type Reason = (typeof REASONS)[number];

/** For what a reader may report a comment. */
export const REPORT_REASONS = [
	'insult',
	'unverified',
	'personal',
	'advertising',
	'impersonation',
	'unlawful',
	'other'
] as const;
export type ReportReason = (typeof REPORT_REASONS)[number];

/** The wording of `comment_consent` in messages: whoever changes it counts this up. */
export const CONSENT_VERSION = 1;

export const NAME_AT_MOST = 60;
export const TEXT_AT_MOST = 2000;

/** So many wait to be read, no more: what comes then is refused, so that a list remains that people can read. */
export const WAITING_AT_MOST = { article: 100, site: 400 } as const;

/** How hard it is to send, by how much was sent on a site lately: bits of work with script, seconds of waiting without. */
const LEVELS = [
	{ from: 0, bits: 15, wait_s: 5 },
	{ from: 30, bits: 16, wait_s: 10 },
	{ from: 60, bits: 17, wait_s: 20 },
	{ from: 120, bits: 18, wait_s: 40 },
	{ from: 240, bits: 19, wait_s: 60 }
] as const;

/** `sent`: proven comments and reports on a site in the last minutes. */
export function effortFor(sent: number): { bits: number; wait_s: number } {
	return LEVELS.findLast(({ from }) => sent >= from) ?? LEVELS[0];
}
