import type { ActionRow } from '#lib/actions/action.server.ts';
import { m } from '#lib/paraglide/messages.js';
import { word } from '#lib/ui/word.ts';
import { formatDay, formatScore } from '#lib/vietnamese/format.ts';

/** One line of the history: who did what, and in words what came of it. */
export type Told = { id: string; at: Date; who: string; what: string; reason: string | null; notes: string[] };

/** `unitNames`: names of the units that the details mention, by id. */
export function tell(actions: readonly ActionRow[], unitNames: ReadonlyMap<string, { name: string }>): Told[] {
	return actions.map((action) => ({
		id: action.id,
		at: action.actedAt,
		who: action.actorName,
		what: word('verb', action.verb),
		reason: action.reason,
		notes: entriesOf(action.details).flatMap(([key, value]) => note(key, value, unitNames) ?? [])
	}));
}

/** Units that the details of these actions mention. */
export function unitsIn(actions: readonly ActionRow[]): string[] {
	return actions
		.flatMap((action) => entriesOf(action.details))
		.filter(([key]) => key === 'unitId')
		.flatMap(([, value]) => (typeof value === 'string' ? [value] : entriesOf(value).map(([, id]) => String(id))));
}

const LABELS: Readonly<Record<string, () => string>> = {
	unitId: m.model_unit,
	year: m.model_year,
	level: m.model_level,
	field: m.model_field,
	subject: m.model_subject,
	novelty: m.model_novelty,
	name: m.model_name,
	place: m.model_place,
	registeredOn: m.model_registered_on,
	file: m.attachment_name,
	total: m.model_total,
	decisionNumber: m.model_decision_number,
	decidedOn: m.model_decided_on
};

function note(key: string, value: unknown, unitNames: ReadonlyMap<string, { name: string }>): string | null {
	const what = LABELS[key]?.();
	if (what === undefined || value === null || value === undefined) return null;
	const say = (of: unknown) => spoken(key, of, unitNames);
	if (typeof value !== 'object') return `${what}: ${say(value)}`;
	const change = new Map(entriesOf(value));
	return m.model_change({ what, from: say(change.get('from')), to: say(change.get('to')) });
}

function spoken(key: string, value: unknown, unitNames: ReadonlyMap<string, { name: string }>): string {
	if (typeof value === 'number') return key === 'year' ? String(value) : formatScore(value);
	if (typeof value !== 'string') return m.model_not_yet();
	if (key === 'unitId') return unitNames.get(value)?.name ?? value;
	if (key === 'registeredOn' || key === 'decidedOn') return formatDay(value);
	return key === 'name' || key === 'place' || key === 'file' ? value : word(key, value);
}

function entriesOf(value: unknown): [string, unknown][] {
	return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}
