import { WORDS } from './words.ts';

const TEXTS = new Map<string, unknown>(Object.entries(WORDS));

type Text = (inputs: Readonly<Record<string, string | number>>) => string;

function isText(value: unknown): value is Text {
	return typeof value === 'function';
}

/** The reader's word for a coded value: `word('level', 'bloc')` → "Cấp Đảng uỷ Khối". An unknown code shows itself. */
export function word(family: string, code: string, inputs: Readonly<Record<string, string | number>> = {}): string {
	const text = TEXTS.get(`${family}_${code.replaceAll('.', '_')}`);
	return isText(text) ? text(inputs) : code;
}

/** What is wrong with a field, for the reader: issues carry message keys such as `field_required`. */
export function issueText(issues: Readonly<Record<string, string>> | undefined, field: string): string | undefined {
	const key = issues?.[field];
	return key === undefined ? undefined : word('field', key.replace(/^field_/, ''));
}
