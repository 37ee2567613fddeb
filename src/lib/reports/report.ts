import type { Permission } from '#lib/accounts/actor.ts';
import type { Structure } from '#lib/figures/figure.ts';
import type { Narratives, ReportBody } from './document.ts';
import type { DocumentFamily, Letterhead } from './letterhead.ts';

/** Reports: how far they come, what may be done in each state and by whom. Pure. */

export const REPORT_STATES = ['draft', 'submitted', 'returned', 'approved', 'signed'] as const;
export type ReportState = (typeof REPORT_STATES)[number];

export const REPORT_VERBS = ['edit', 'submit', 'return', 'approve', 'sign', 'correct'] as const;
export type ReportVerb = (typeof REPORT_VERBS)[number];

/** What may be done in each state. A signed report never changes; its errata stand beside it. */
const TRANSITIONS = {
	draft: ['edit', 'submit'],
	submitted: ['return', 'approve'],
	returned: ['edit', 'submit', 'return'],
	approved: ['return', 'sign'],
	signed: ['correct']
} as const satisfies Record<ReportState, readonly ReportVerb[]>;

/** The state a verb leads to; `edit` and `correct` leave it. */
export const LEADS_TO = {
	submit: 'submitted',
	return: 'returned',
	approve: 'approved',
	sign: 'signed'
} as const satisfies Partial<Record<ReportVerb, ReportState>>;

/** The office writes, the leader answers for it. */
export const NEEDS = {
	edit: 'report.write',
	submit: 'report.write',
	return: 'report.sign',
	approve: 'report.sign',
	sign: 'report.sign',
	correct: 'report.sign'
} as const satisfies Record<ReportVerb, Permission>;

export function allowed(state: ReportState): readonly ReportVerb[] {
	return TRANSITIONS[state];
}

export function may(state: ReportState, verb: ReportVerb): boolean {
	return allowed(state).includes(verb);
}

/** What the actor may do on the report's unit, by permission. */
export type Rights = Readonly<Record<'report.write' | 'report.sign', boolean>>;

export type Hindrance = 'state' | 'right';

/** Why this cannot be done, in the order in which it is told; null where it can. The commands refuse for the same reasons. */
export function hindrance(verb: ReportVerb, state: ReportState, rights: Rights): Hindrance | null {
	if (!may(state, verb)) return 'state';
	return rights[NEEDS[verb]] ? null : 'right';
}

/** Days are legal days, both ends inclusive. */
export type Report = {
	id: string;
	homeId: string;
	unitId: string;
	code: string;
	title: string;
	family: DocumentFamily;
	beginsOn: string;
	asOf: string;
	structure: Structure;
	state: ReportState;
	version: number;
	changedAt: Date;
	body: ReportBody;
	letterhead: Letterhead;
	signature: Signature | null;
};

/** What was fixed besides text and figures when the report was signed. */
type Signature = { signedOn: string; number: number; signerName: string; knownAt: Date; narratives: Narratives };

export type ReturnedParagraph = {
	id: string;
	paragraphId: string;
	excerpt: string;
	reason: string;
	actorName: string;
	returnedAt: Date;
	isResolved: boolean;
};

/**
 * "112", "112-BC/ĐUK" (Party) or "112/BC-UBND" (State): the number, and the symbol where it was given.
 * Null for anything else.
 */
export function readNumber(
	text: string
): { number: number; typeCode: string | null; issuerCode: string | null } | null {
	const [, digits = '', type = '', issuer = ''] =
		/^(\d{1,5})(?:[-/](\p{Lu}\p{L}{0,9})[/-](\p{Lu}[\p{L}\d-]{0,19}))?$/u.exec(text.trim()) ?? [];
	const number = Number(digits);
	if (number === 0) return null;
	return { number, typeCode: type || null, issuerCode: issuer || null };
}
