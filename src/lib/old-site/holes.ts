/**
 * Places where a word fell out of a text: old sites set links on keywords and lost the words with the links. What is told must
 * be worth going there, so a habit of the writer is no hole, and a phrase that Vietnamese has is none. Pure.
 */

export const HOLE_KINDS = [
	'empty_link',
	'two_commas',
	'space_before_comma',
	'empty_brackets',
	'quote_comma',
	'nothing_between',
	'sentence_open',
	'blank_day',
	'broken_letters',
	'cut_off',
	'quote_unclosed',
	'caption_alone'
] as const;
type HoleKind = (typeof HOLE_KINDS)[number];

/** `paragraph`: the how-manieth of the text, from one. `around`: the words before and after, with ␣ where something is missing. */
export type Hole = { kind: HoleKind; paragraph: number; around: string };

/** Stands in a text where a link had no words. Taken out before the text is kept. */
export const EMPTY_LINK = '\ue000';

const BEFORE = String.raw`(?<![\p{L}\p{N}])`;
/** "tiền của, công sức"; "tồn tại và phát triển": words that are written as prepositions are. */
const NOUNS = '(?<!(?:tiền|góp|giúp|sức|người|kẻ) )(?<!tồn )(?<!hiện )(?<!thực )(?<!đương )(?<!ngoại )(?<!tự )';

const PATTERNS: readonly (readonly [HoleKind, RegExp])[] = [
	['empty_link', new RegExp(EMPTY_LINK, 'gu')],
	['two_commas', /[,;]\s*[,;]/gu],
	['space_before_comma', /(?<=[\p{L}\p{N}”")])\s+[,;](?=\s|$)/gu],
	['empty_brackets', /\(\s*\)|“\s*”|\[\s*\]/gu],
	['quote_comma', /[“‘«]\s*[,.;](?!\.)/gu],
	['nothing_between', new RegExp(`${BEFORE}${NOUNS}(?:của|tại|bởi|với|nhằm)\\s+(?:và|hoặc|[,;])(?![\\p{L}])`, 'giu')],
	[
		'sentence_open',
		new RegExp(`${BEFORE}${NOUNS}(?:của|tại|bởi|với|nhằm|và|hoặc|các|những)\\s*[.;!?](?=\\s|$)`, 'giu')
	],
	['sentence_open', new RegExp(`${BEFORE}${NOUNS}(?:của|tại|bởi|với|nhằm|và|hoặc|các|những|cho|về)$`, 'giu')],
	['blank_day', /ngày\s+tháng\s+năm(?=[\s.,;]|$)/giu],
	['broken_letters', /\ufffd+/gu],
	['cut_off', /(?:\[(?:…|\.\.\.|&hellip;)\]|(?:…|\.\.\.)\s*(?:xem tiếp|đọc tiếp|read more|continue reading).*)$/giu]
];

const WORDS_AROUND = 5;
/** Who writes " ," throughout has a habit; only where most commas stand as they should is one of them a hole. */
const HABIT_SHARE = 0.3;

/** The holes of a text, given as its paragraphs in order. */
export function findHoles(paragraphs: readonly string[]): Hole[] {
	const whole = paragraphs.join('\n');
	const commas = whole.match(/[,;]/g)?.length ?? 0;
	const apart = whole.match(/\s[,;]/g)?.length ?? 0;
	const isHabit = apart > 5 && apart / commas > HABIT_SHARE;
	return paragraphs.flatMap((text, index) => [
		...holesOf(text, { paragraph: index + 1, isHabit }),
		...unclosed(text, { paragraph: index + 1, next: paragraphs[index + 1] ?? '' })
	]);
}

/** A speech over several paragraphs opens each and closes the last; one mark of a typewriter closes anything. */
function unclosed(text: string, { paragraph, next }: { paragraph: number; next: string }): Hole[] {
	if (text.includes('"') || next.startsWith('“')) return [];
	let depth = 0;
	for (let at = text.length - 1; at >= 0; at -= 1) {
		if (text[at] === '”') depth += 1;
		else if (text[at] === '“' && depth > 0) depth -= 1;
		else if (text[at] === '“')
			return [
				{ kind: 'quote_unclosed', paragraph, around: around(text, { kind: 'quote_unclosed', from: at, to: at + 1 }) }
			];
	}
	return [];
}

/** A mark that is missing is a fault to mend, but nothing that readers would miss. */
export function isLost({ kind }: Hole): boolean {
	return kind !== 'quote_unclosed';
}

const CAPTION_AT_MOST = 160;
const LONG = 200;

/** Of a page saved as words the pictures are gone and their captions stand between paragraphs: short, and no sentence. */
export function findCaptions(paragraphs: readonly string[]): Hole[] {
	return paragraphs.flatMap((text, index) => {
		const isBetween = [paragraphs[index - 1], paragraphs[index + 1]].every((beside) => (beside?.length ?? 0) > LONG);
		const isCaption = isBetween && text.length <= CAPTION_AT_MOST && !/[.:;,!?…”"]$/.test(text);
		return isCaption ? [{ kind: 'caption_alone' as const, paragraph: index + 1, around: text }] : [];
	});
}

function holesOf(text: string, { paragraph, isHabit }: { paragraph: number; isHabit: boolean }): Hole[] {
	const taken: { from: number; to: number }[] = [];
	return PATTERNS.flatMap(([kind, pattern]) =>
		[...text.matchAll(pattern)].flatMap((match) => {
			const [from, to] = [match.index, match.index + match[0].length];
			if (kind === 'space_before_comma' && isHabit) return [];
			// One place is told once, by what shows it best.
			if (taken.some((each) => from <= each.to + 1 && to >= each.from - 1)) return [];
			taken.push({ from, to });
			return [{ kind, paragraph, from, around: around(text, { kind, from, to }) }];
		})
	)
		.toSorted((one, other) => one.from - other.from)
		.map(({ from: _from, ...hole }) => hole);
}

function around(text: string, { kind, from, to }: { kind: HoleKind; from: number; to: number }): string {
	const clean = (part: string) => part.replaceAll(EMPTY_LINK, '').replace(/\s+/g, ' ');
	const found = clean(text.slice(from, to)).trim();
	const before = clean(text.slice(0, from)).trim().split(' ').slice(-WORDS_AROUND).join(' ');
	const after = clean(text.slice(to)).trim().split(' ').slice(0, WORDS_AROUND).join(' ');
	if (kind === 'quote_unclosed') return `${before} “${after}`.trim();
	const middle =
		kind === 'sentence_open' || kind === 'nothing_between'
			? found.replace(/(?<=\p{L}) ?(?=[^\p{L}]|$)|(?<=\p{L}) (?=\p{L})/u, ' ␣ ')
			: `␣${found}`;
	return [before, middle, after]
		.join(' ')
		.replace(/\s+/g, ' ')
		.replace(/␣ (?=[,.;!?)])/u, '␣')
		.trim();
}
