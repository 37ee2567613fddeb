import { LEADS_TO, type State, type Verb } from './model.ts';

export type Stage = { code: string; state: 'done' | 'now' | 'later' };

const LIFE: readonly State[] = [
	'draft',
	'submitted',
	'registered',
	'in_progress',
	'self_assessed',
	'appraised',
	'recognised'
];
/** States that stand in the place of another one on the way. */
const INSTEAD: Partial<Record<State, State>> = { returned: 'submitted', not_recognised: 'recognised' };
const HONOURS = ['typical', 'proposed', 'rewarded'] as const;

/** How far a registration has come. What was withdrawn or ended shows the states it went through, by its history. */
export function life(registration: { state: State; honours: readonly string[] }, verbs: readonly string[]): Stage[] {
	const { state } = registration;
	if (state === 'withdrawn' || state === 'ended') {
		const targets: Partial<Record<Verb, State>> = LEADS_TO;
		const been = new Map(Object.entries(targets).map(([verb, target]) => [target, verbs.includes(verb)]));
		const passed = LIFE.filter((code) => code === 'draft' || been.get(code));
		return [...passed.map((code) => ({ code, state: 'done' as const })), { code: state, state: 'now' }];
	}
	const position = LIFE.indexOf(INSTEAD[state] ?? state);
	const stages = LIFE.map((code, index) => ({
		code: index === position ? state : code,
		state: index < position ? ('done' as const) : index === position ? ('now' as const) : ('later' as const)
	}));
	if (state !== 'recognised') return stages;
	const honours = HONOURS.map((code) => ({
		code,
		state: registration.honours.includes(code) ? ('done' as const) : ('later' as const)
	}));
	return [...stages, ...honours];
}
