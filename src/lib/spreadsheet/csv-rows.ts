/** Rows of the fields of a text; quotes may hold separators, line ends and doubled quotes. */
export function splitRows(text: string, separator: string): string[][] {
	const rows: string[][] = [];
	let row: string[] = [];
	let at = 0;
	while (at < text.length) {
		const field = readField(text, at, separator);
		row.push(field.text);
		at = field.end + 1;
		if (text[field.end] !== separator) {
			if (text[field.end] === '\r' && text[at] === '\n') at++;
			rows.push(row);
			row = [];
		}
	}
	if (row.length > 0) rows.push(row);
	return rows;
}

function readField(text: string, start: number, separator: string): { text: string; end: number } {
	let at = start;
	let value = '';
	if (text[at] === '"') {
		for (;;) {
			const close = text.indexOf('"', at + 1);
			value += text.slice(at + 1, close < 0 ? undefined : close);
			if (close < 0) return { text: value, end: text.length };
			at = close + 1;
			if (text[at] !== '"') break;
			value += '"';
		}
	}
	const from = at;
	while (at < text.length && text[at] !== separator && text[at] !== '\n' && text[at] !== '\r') at++;
	return { text: value + text.slice(from, at), end: at };
}
