/** Models "Dân vận khéo": what they are, how far they come, what may be done in each state. Pure. */

export const FIELDS = ['economy', 'culture_society', 'defence_security', 'political_system'] as const;
export type Field = (typeof FIELDS)[number];
export const LEVELS = ['base', 'district', 'bloc', 'province'] as const;
export type Level = (typeof LEVELS)[number];
export const SUBJECTS = ['collective', 'individual'] as const;
export type Subject = (typeof SUBJECTS)[number];
export const NOVELTIES = ['new', 'continuing'] as const;
export type Novelty = (typeof NOVELTIES)[number];
export const KINDS = ['model', 'exemplar'] as const;
export type Kind = (typeof KINDS)[number];

export const STATES = [
	'draft',
	'submitted',
	'returned',
	'registered',
	'in_progress',
	'self_assessed',
	'appraised',
	'recognised',
	'not_recognised',
	'withdrawn',
	'ended'
] as const;
export type State = (typeof STATES)[number];

export const VERBS = [
	'edit',
	'submit',
	'return',
	'accept',
	'start',
	'self_assess',
	'appraise',
	'recognise',
	'refuse',
	'revoke',
	'choose_typical',
	'propose',
	'reward',
	'continue',
	'replicate',
	'withdraw',
	'end',
	'correct'
] as const;
export type Verb = (typeof VERBS)[number];

/** What may be done in each state. Screens take their buttons from here, commands their refusals. */
const TRANSITIONS = {
	draft: ['edit', 'submit', 'withdraw'],
	submitted: ['return', 'accept', 'withdraw'],
	returned: ['edit', 'submit', 'withdraw'],
	registered: ['start', 'self_assess', 'appraise', 'correct', 'withdraw', 'end', 'replicate'],
	in_progress: ['self_assess', 'appraise', 'correct', 'withdraw', 'end', 'replicate'],
	self_assessed: ['appraise', 'correct', 'withdraw', 'end', 'replicate'],
	appraised: ['recognise', 'refuse', 'appraise', 'correct', 'withdraw', 'end', 'replicate'],
	recognised: ['choose_typical', 'propose', 'reward', 'revoke', 'continue', 'replicate', 'correct', 'end'],
	not_recognised: ['revoke', 'continue', 'replicate', 'correct', 'end'],
	withdrawn: [],
	ended: []
} as const satisfies Record<State, readonly Verb[]>;

export function allowed(state: State): readonly Verb[] {
	return TRANSITIONS[state];
}

export function may(state: State, verb: Verb): boolean {
	return allowed(state).includes(verb);
}

/** The state a verb leads to; verbs that are facts beside the state (typical, reward, replicate …) leave it. */
export const LEADS_TO = {
	submit: 'submitted',
	return: 'returned',
	accept: 'registered',
	start: 'in_progress',
	self_assess: 'self_assessed',
	appraise: 'appraised',
	recognise: 'recognised',
	refuse: 'not_recognised',
	revoke: 'appraised',
	withdraw: 'withdrawn',
	end: 'ended'
} as const satisfies Partial<Record<Verb, State>>;

/** The contents of the registration form besides name, place and unit; each is verifiable text, none is required in a list. */
export const CONTENTS = [
	'situation',
	'objectives',
	'approach',
	'audience',
	'forces',
	'resources',
	'schedule',
	'outputs',
	'sustainability'
] as const;
type Content = (typeof CONTENTS)[number];
export type Contents = Partial<Record<Content, string>>;

/** Target areas and programmes a model may belong to, beside its one field. */
export const TAGS = [
	'rural',
	'urban',
	'ethnic_area',
	'religious_area',
	'border_island',
	'directive_05',
	'digital',
	'reform',
	'environment',
	'poverty'
] as const;

export type Registration = {
	id: string;
	modelId: string;
	previousId: string | null;
	unitId: string;
	year: number;
	level: Level;
	kind: Kind;
	field: Field;
	subject: Subject;
	novelty: Novelty;
	state: State;
	name: string;
	place: string | null;
	note: string | null;
	registeredOn: string | null;
	contents: Contents;
	score: number | null;
};

/** Facets under which everything about a registration is posted. */
export function facets(
	registration: Pick<Registration, 'year' | 'level' | 'kind' | 'field' | 'subject' | 'novelty'>
): Record<string, string> {
	const { year, level, kind, field, subject, novelty } = registration;
	return { year: String(year), level, kind, field, subject, novelty };
}

export type Criterion = { code: string; name: string; points: number | null };

/**
 * The total on a score sheet and whether it passes: all criteria given, within their points, at the pass mark or above,
 * and no veto. `passMark` and criteria are dated data per level.
 */
export function score(
	sheet: { passMark: number; criteria: readonly Criterion[] },
	given: { points: Readonly<Record<string, number>>; vetoes: readonly string[] }
): { total: number; passed: boolean; missing: string[]; outOfRange: string[] } {
	const scored = sheet.criteria.filter((criterion) => criterion.points !== null);
	const missing = scored.filter(({ code }) => given.points[code] === undefined).map(({ code }) => code);
	const outOfRange = scored
		.filter(({ code, points }) => (given.points[code] ?? 0) < 0 || (given.points[code] ?? 0) > (points ?? 0))
		.map(({ code }) => code);
	const total = Math.round(scored.reduce((sum, { code }) => sum + (given.points[code] ?? 0), 0) * 100) / 100;
	const passed =
		missing.length === 0 && outOfRange.length === 0 && total >= sheet.passMark && given.vetoes.length === 0;
	return { total, passed, missing, outOfRange };
}

/** Words of a good name: hints, never refusals. Naming is a review point of the field (vague names, names without a deed). */
export function namingHints(name: string): ('too_short' | 'too_long' | 'quotes' | 'slogan')[] {
	const words = name.trim().split(/\s+/).length;
	const hints: ('too_short' | 'too_long' | 'quotes' | 'slogan')[] = [];
	if (words < 4) hints.push('too_short');
	if (words > 25) hints.push('too_long');
	if (/mô hình|dân vận khéo/i.test(name)) hints.push('quotes');
	if (/đẩy mạnh|tăng cường|phát huy/i.test(name)) hints.push('slogan');
	return hints;
}
