import { m } from '#lib/paraglide/messages.js';
import { word } from '#lib/ui/word.ts';
import { statesFor, type Hindrance } from './act.ts';
import type { State, Verb } from './model.ts';

/** Why something cannot be done, for the reader: in which state it is, and in which states it could be done. */
export function hindranceText(hindrance: Hindrance, registration: { state: State }, verb: Verb): string {
	if (hindrance !== 'state') return word('hindrance', hindrance);
	const states = statesFor(verb)
		.map((state) => word('state', state))
		.join(', ');
	return m.hindrance_state({ state: word('state', registration.state), states });
}
