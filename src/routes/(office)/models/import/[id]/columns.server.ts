import type { Meaning } from '#lib/import/columns.ts';
import type { Summary } from '#lib/import/import.ts';
import { fingerprint } from '#lib/import/mapping.server.ts';

/** Sheets of one shape, corrected together; `index` is that of the first in the summary. */
export type SheetGroup = {
	index: number;
	names: string[];
	headings: { column: number; text: string; meaning: Meaning | null }[];
	sheets: { name: string; state: 'read' | 'hidden' | 'no_table'; rowCount: number; headerRow: number | null }[];
};

/** The sheets of a list by shape; hidden and empty ones stand alone, without columns. */
export function sheetGroups(summary: Summary): SheetGroup[] {
	const groups = new Map<string, SheetGroup>();
	for (const [index, sheet] of summary.sheets.entries()) {
		const key = sheet.headings.length > 0 ? fingerprint(sheet) : `${index}`;
		const group = groups.get(key) ?? { index, names: [], headings: sheet.headings, sheets: [] };
		const { name, state, rowCount, headerRow } = sheet;
		group.names.push(name);
		group.sheets.push({ name, state, rowCount, headerRow });
		groups.set(key, group);
	}
	return [...groups.values()];
}
