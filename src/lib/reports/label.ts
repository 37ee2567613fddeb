import { m } from '#lib/paraglide/messages.js';

type Text = (inputs: Readonly<Record<string, string | number>>, options: { locale: 'vi' }) => string;

const TEXTS = new Map<string, unknown>(Object.entries(m));

function isText(value: unknown): value is Text {
	return typeof value === 'function';
}

/** The Vietnamese word for a coded value, whatever language the screen is in: a report is a Vietnamese document. */
export function officialWord(family: string, code: string): string {
	const text = TEXTS.get(`${family}_${code.replaceAll('.', '_')}`);
	return isText(text) ? text({}, { locale: 'vi' }) : code;
}
