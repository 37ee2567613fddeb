import { m } from '#lib/paraglide/messages.js';
import { word } from '#lib/ui/word.ts';
import { formatDay } from '#lib/vietnamese/format.ts';

/** On which organisation a figure or a list is shown. */
export function structureText(structure: string): string {
	if (structure === 'then' || structure === 'now') return word('figure_structure', structure);
	return m.figure_structure_day({ day: formatDay(structure) });
}
