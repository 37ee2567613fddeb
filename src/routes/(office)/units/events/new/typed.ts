/** What was typed into the form of an event. Without the schema: pages read it too. Pure. */

/** What was typed, by name of field; fields of a part or of a new unit nest. */
export type Typed = Readonly<Record<string, unknown>>;

export const PARTS_AT_MOST = 12;
/** How the code of a unit is typed. */
export const CODE_FIELD = { maxlength: 60, autocomplete: 'off' } as const;

/** A typed text, `into.code` reaching into the new unit. */
export function textAt(typed: Typed, name: string): string {
	const [first = '', second] = name.split('.');
	const value = second === undefined ? typed[first] : within(typed[first], second);
	return typeof value === 'string' ? value : '';
}

/** Boxes that are ticked, by their name without brackets. */
export function ticksAt(typed: Typed, name: string): string[] {
	const [first = '', second] = name.split('.');
	const value = second === undefined ? typed[first] : within(typed[first], second);
	return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

/** How many parts of a split the form shows. */
export function partCount(typed: Typed): number {
	const count = Number(textAt(typed, 'partCount')) || 2;
	return Math.min(Math.max(Math.trunc(count), 2), PARTS_AT_MOST);
}

function within(value: unknown, name: string): unknown {
	return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
