const PIECE =
	/'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\$(?<tag>\w*)\$[\s\S]*?\$\k<tag>\$|;|[^'"$;/-]+|[\s\S]/g;

/** The statements of a file of SQL, each with its comments; what lies in quotes or a function's `$$` is not cut. */
export function statementsOf(text: string): string[] {
	const statements = [''];
	for (const [piece] of text.matchAll(PIECE)) {
		if (piece === ';') statements.push('');
		else statements.push((statements.pop() ?? '') + piece);
	}
	return statements.filter((statement) => statement.replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, '').trim() !== '');
}
