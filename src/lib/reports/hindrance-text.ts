import { m } from '#lib/paraglide/messages.js';
import { word } from '#lib/ui/word.ts';
import { may, REPORT_STATES, type Hindrance, type ReportState, type ReportVerb } from './report.ts';

/** Why something cannot be done, for the reader: at which step the report is, and at which it could be done. */
export function hindranceText(hindrance: Hindrance, of: { state: ReportState; verb: ReportVerb }): string {
	if (hindrance === 'right') return m.report_disabled_right();
	const states = REPORT_STATES.filter((state) => may(state, of.verb)).map((state) => word('report_state', state));
	return m.report_disabled_state({ state: word('report_state', of.state), states: states.join(', ') });
}
