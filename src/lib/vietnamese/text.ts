/** The forms in which Vietnamese text is stored, compared, searched and sorted. Pure: browser and server. */

const COMBINING = /[\u0300-\u036f]/g;
const SPACES = /[\s\u00a0\u200b\ufeff]+/g;

/** Text as it is stored: NFC, no-break and doubled spaces squeezed, trimmed; otherwise as typed. */
export function normalise(text: string): string {
	return text.normalize('NFC').replace(SPACES, ' ').trim();
}

/**
 * The search key: lower case, no tone or vowel marks, đ → d, i/y alike at a syllable's end ("kỹ" = "kĩ").
 * Where a tone mark sits ("hòa" or "hoà", "uỷ" or "ủy") no longer matters once marks are gone.
 */
export function fold(text: string): string {
	return normalise(text)
		.toLowerCase()
		.replace(/đ/g, 'd')
		.normalize('NFD')
		.replace(COMBINING, '')
		.replace(/[“”„"‘’']/g, '')
		.replace(/[–—]/g, '-')
		.replace(/\b([bcdđghklmnpqrstvx]*)y\b/g, '$1i')
		.replace(SPACES, ' ')
		.trim();
}

const TONES = ['\u0300', '\u0309', '\u0303', '\u0301', '\u0323'];

/**
 * The same words with the tone mark in one agreed place, marks kept: "hòa" = "hoà", "ủy" = "uỷ", but "toàn" ≠ "toan".
 * Used where marks matter (ranking exact hits above mark-less ones).
 */
export function toneKey(text: string): string {
	return normalise(text)
		.toLowerCase()
		.split(' ')
		.map((syllable) => {
			const parts = syllable.normalize('NFD');
			const tone = TONES.find((mark) => parts.includes(mark));
			return tone ? parts.replace(tone, '').normalize('NFC') + tone : parts.normalize('NFC');
		})
		.join(' ');
}

/** Does the text carry any Vietnamese mark? */
export function hasDiacritics(text: string): boolean {
	return /đ/i.test(text) || text.normalize('NFD') !== text.normalize('NFD').replace(COMBINING, '');
}

const collator = new Intl.Collator('vi', { numeric: true });

/** Vietnamese alphabet (a ă â b c d đ e ê …), numbers by value: Hà Giang 2 before Hà Giang 10. */
export function compareText(a: string, b: string): number {
	return collator.compare(normalise(a), normalise(b));
}

/** People are filed by given name, then family name, then middle names. */
export function comparePeople(a: string, b: string): number {
	return compareText(nameKey(a), nameKey(b));
}

function nameKey(fullName: string): string {
	const parts = normalise(fullName).split(' ');
	const given = parts.at(-1) ?? '';
	return [given, parts[0] ?? '', ...parts.slice(1, -1)].join(' ');
}
