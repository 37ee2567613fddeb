import { fold } from '#lib/vietnamese/text.ts';
import { VIETNAMESE_PASSWORDS } from './vietnamese-passwords.ts';

/** NIST SP 800-63B-4 and ASVS 5.0 V6.2: length and lists, no rules about which characters. */
const PASSWORD_LENGTH = { least: 12, most: 256 } as const;

const ROWS = [
	'01234567890123456789',
	'98765432109876543210',
	'abcdefghijklmnopqrstuvwxyz',
	'qwertyuiopasdfghjklzxcvbnm'
];

let known: Promise<ReadonlySet<string>> | undefined;

/**
 * What makes a password easy to guess, as the key of a message, or null: too short or long, on the list of passwords that
 * leaked often (alone, repeated, or with digits around it), a row of keys, or little more than the person's name or address.
 */
export async function weakness(
	password: string,
	person: { name: string; email: string }
): Promise<'field_password_short' | 'field_too_long' | 'field_password_known' | 'field_password_personal' | null> {
	const length = Array.from(password.normalize('NFC')).length;
	if (length < PASSWORD_LENGTH.least) return 'field_password_short';
	if (length > PASSWORD_LENGTH.most) return 'field_too_long';
	const bare = fold(password).replaceAll(/[^\p{L}\p{N}]/gu, '');
	const words = bare.replaceAll(/^\d+|\d+$/g, '');
	const list = await (known ??= leaked());
	const candidates = [password.toLowerCase(), bare, words, once(bare), once(words)];
	if (candidates.some((text) => list.has(text) || VIETNAMESE_PASSWORDS.has(text))) return 'field_password_known';
	if (once(password.toLowerCase()).length < 6 || ROWS.some((row) => bare !== '' && row.includes(bare)))
		return 'field_password_known';
	return withoutPerson(password, person).length < 6 ? 'field_password_personal' : null;
}

/** "abcabcabc" → "abc". */
function once(text: string): string {
	const at = text === '' ? 0 : (text + text).indexOf(text, 1);
	return text.slice(0, at);
}

/** What is left of a password without its owner's name, address and the year at its end. */
function withoutPerson(password: string, { name, email }: { name: string; email: string }): string {
	const parts = [name.replaceAll(/\s/g, ''), ...name.split(/\s+/), ...email.split(/[@.]/), 'kheo', 'danvan']
		.map((part) => fold(part).replaceAll(/[^\p{L}\p{N}]/gu, ''))
		.filter((part) => part.length >= 3)
		.toSorted((a, b) => b.length - a.length);
	const text = fold(password).replaceAll(/[\s.@_-]/g, '');
	return parts.reduce((rest, part) => rest.replaceAll(part, ''), text).replaceAll(/\d{1,4}$/g, '');
}

/** Some 49.000 passwords; unpacked when first needed, because signing in does not need them. */
async function leaked(): Promise<ReadonlySet<string>> {
	const { dictionary } = await import('@zxcvbn-ts/language-common');
	return new Set(dictionary['passwords-common']);
}
