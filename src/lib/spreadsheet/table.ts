/** What a spreadsheet is made of, before it is a file. Pure. */

/** A text, a number, a legal day, or nothing. */
export type Cell = string | number | { day: string } | null;

/** Lines come in batches, so that a list of any length is never held whole. `heads` stand in a frozen row with a filter. */
export type Table = {
	name: string;
	/** In characters. */
	widths: readonly number[];
	heads?: readonly string[];
	batches: AsyncIterable<readonly (readonly Cell[])[]>;
};

/**
 * Text from the books as a cell: one that a spreadsheet would take for a formula, when it is copied on or saved as .csv,
 * gets an apostrophe before it. (OWASP, CSV injection.)
 */
export function harmless(text: string): string {
	return /^[=+\-@\t\r\n＝＋－＠]/u.test(text) ? `'${text}` : text;
}

/** Lines that are all there already. */
export async function* atOnce(lines: readonly (readonly Cell[])[]): AsyncGenerator<readonly (readonly Cell[])[]> {
	yield lines;
}
