/**
 * What is wrong in a cell, by the letter of its column; `value` is the offending text, cut. Text is a message by `code`:
 * `import_refused_<code>`, of a sheet of a reorganisation `reorganise_refused_<code>`.
 */
export type Refusal = {
	sheet: string;
	row: number;
	column: string;
	code: string;
	params: Record<string, string | number>;
	value: string;
};
