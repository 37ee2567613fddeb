/** Why a file cannot be read as a workbook; its text is the message `problem_<code, dots as underscores>`. */
export type UnreadableCode =
	| 'import.file_empty'
	| 'import.file_too_large'
	| 'import.file_too_complex'
	| 'import.file_corrupted'
	| 'import.not_a_spreadsheet'
	| 'import.format_unsupported'
	| 'import.password_protected'
	| 'import.legacy_font'
	| 'import.reading_timed_out';

/** Crosses from the reading process to the server as a code and what fills its text. */
export class Unreadable extends Error {
	readonly code: UnreadableCode;
	readonly params: Record<string, string | number>;

	constructor(code: UnreadableCode, params: Record<string, string | number> = {}) {
		super(code);
		this.code = code;
		this.params = params;
	}
}
