/** Text typed in the fonts used before Unicode (.VnTime, VNI-Times) is stored as Western letters. Pure. */

export type LegacyEncoding = 'TCVN3 (ABC)' | 'VNI';

/** How many words of a text are sound Vietnamese, and how many become so when read in an old encoding. */
export type Tally = { sound: number; tcvn3: number; vni: number };

/** Letters that only Vietnamese in Unicode has; where one stands, the text is sound. */
const VIETNAMESE = /[\u0102\u0103\u0110\u0111\u0128\u0129\u0168\u0169\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9]/;
const COMBINING = /\p{M}/u;
const WORD = /[A-Za-z\u00a1-\u00ff]+/g;
const WESTERN = /[\u00a1-\u00ff]/;

/** Counts words with marks; ASCII words prove nothing. Add up over a whole workbook for a safe verdict. */
export function tallyWords(text: string): Tally {
	if (VIETNAMESE.test(text) || COMBINING.test(text)) return { sound: text.split(' ').length, tcvn3: 0, vni: 0 };
	const tally = { sound: 0, tcvn3: 0, vni: 0 };
	if (!WESTERN.test(text)) return tally;
	for (const [word] of text.matchAll(WORD)) {
		if (!WESTERN.test(word) || !/[A-Za-z]/.test(word)) continue;
		if (isSyllable(word)) {
			tally.sound++;
			continue;
		}
		if (isSyllable(fromTcvn3(word))) tally.tcvn3++;
		if (isSyllable(fromVni(word))) tally.vni++;
	}
	return tally;
}

/** The old encoding that explains a text better than Unicode does; null for sound text. */
export function legacyEncoding(tally: Tally): LegacyEncoding | null {
	const most = Math.max(tally.tcvn3, tally.vni);
	if (most === 0 || most <= tally.sound / 2) return null;
	return tally.vni > tally.tcvn3 ? 'VNI' : 'TCVN3 (ABC)';
}

const ONSET = '(?:ngh|ng|nh|gh|gi|g|kh|k|ph|p|th|tr|t|ch|c|qu|b|d|đ|h|l|m|n|r|s|v|x)?';
/** Rhymes that end in a glide take no final consonant, and their tone never sits on the last letter. */
const GLIDING =
	'iêu|yêu|oai|oao|oay|oeo|uôi|uya|uyu|ươi|ươu|uây|uêu|ai|ao|au|ay|âu|ây|eo|êu|ia|iu|oi|ôi|ơi|ua|ui|ưa|ưi|ưu';
const FINAL = '(ch|c|p|t|ng|nh|n|m)';
const SYLLABLE = new RegExp(
	`^${ONSET}(?:(${GLIDING})|(?:oă|oo|uâ|iê|yê|uô|ươ|uyê|ă|â)${FINAL}|(?:oa|oe|uê|uy|uơ|a|e|ê|i|o|ô|ơ|u|ư|y)${FINAL}?)$`
);
const TONES = /[\u0300\u0301\u0303\u0309\u0323]/g;

/** One Vietnamese syllable: at most one tone, in its place, and before c, ch, p, t only sắc or nặng. */
function isSyllable(word: string): boolean {
	const parts = word.toLowerCase().normalize('NFD');
	const tones = parts.match(TONES) ?? [];
	const [whole, glide, closed, final] = SYLLABLE.exec(parts.replace(TONES, '').normalize('NFC')) ?? [];
	if (whole === undefined || tones.length > 1) return false;
	if (glide && /[\u0300\u0301\u0303\u0309\u0323][\u0302\u0306\u031b]?$/.test(parts)) return false;
	const isStopped = /^(?:ch|c|p|t)$/.test(closed ?? final ?? '');
	return !isStopped || tones[0] === '\u0301' || tones[0] === '\u0323';
}

/** TCVN 5712:1993 (ABC), bytes a1–fe; '?' where it has no letter. */
const TCVN3 = 'ĂÂÊÔƠƯĐăâêôơưđ??????àảãáạ?ằẳẵắ???????ặầẩẫấậè?ẻẽéẹềểễếệìỉ???ĩíịò?ỏõóọồổỗốộờởỡớợù?ủũúụừửữứựỳỷỹýỵ';

function fromTcvn3(word: string): string {
	return word.replace(/[\u00a1-\u00ff]/g, (letter) => TCVN3[letter.charCodeAt(0) - 0xa1] ?? '?');
}

/** VNI: marks that follow a, e, o, u, y, ơ (ô), ư (ö); columns are sắc, huyền, hỏi, ngã, nặng. */
const VNI_TONES: Readonly<Record<string, string>> = {
	ù: '\u0301',
	ø: '\u0300',
	û: '\u0309',
	õ: '\u0303',
	ï: '\u0323',
	â: '\u0302',
	á: '\u0302\u0301',
	à: '\u0302\u0300',
	å: '\u0302\u0309',
	ã: '\u0302\u0303',
	ä: '\u0302\u0323',
	ê: '\u0306',
	é: '\u0306\u0301',
	è: '\u0306\u0300',
	ú: '\u0306\u0309',
	ü: '\u0306\u0303',
	ë: '\u0306\u0323'
};
const VNI_LETTERS: Readonly<Record<string, string>> = {
	ñ: 'đ',
	ö: 'ư',
	ô: 'ơ',
	æ: 'ỉ',
	ó: 'ĩ',
	ò: 'ị',
	î: 'ỵ',
	í: 'í',
	ì: 'ì'
};

function fromVni(word: string): string {
	return word
		.toLowerCase()
		.replace(/([aeouyôö])([ùøûõïâáàåãäêéèúüë])/g, (_, base: string, mark: string) => {
			return (VNI_LETTERS[base] ?? base) + (VNI_TONES[mark] ?? '');
		})
		.normalize('NFC')
		.replace(/[ñöôæóòî](?![\u0300-\u0323])/g, (letter) => VNI_LETTERS[letter] ?? letter);
}
