import { createHash } from 'node:crypto';
import { locales, type Locale } from '#lib/paraglide/runtime.js';

/** What HTTP headers say, read once. Pure. */

type Wish = { value: string; weight: number };

/** "vi;q=0.8, en" → what is wished most first; what is refused by q=0 stands last with weight 0. */
function wishes(header: string): Wish[] {
	return header
		.slice(0, 500)
		.split(',')
		.map((part) => {
			const [value = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
			const q = parameters.find((parameter) => parameter.startsWith('q='));
			const weight = q === undefined ? 1 : Number(q.slice(2));
			return { value, weight: Number.isFinite(weight) ? weight : 0 };
		})
		.filter(({ value }) => value !== '')
		.toSorted((a, b) => b.weight - a.weight);
}

/** The language of an answer: the best of Accept-Language that Khéo speaks, else Vietnamese. */
export function languageOf(header: string | null): Locale {
	for (const { value, weight } of wishes(header ?? '')) {
		const [base] = value.split('-');
		const spoken = locales.find((locale) => locale === base);
		if (spoken && weight > 0) return spoken;
	}
	return 'vi';
}

/** Does Accept let through this media type? */
export function accepts(header: string | null, type: string): boolean {
	if (!header?.trim()) return true;
	const [family = ''] = type.split('/');
	for (const pattern of [type, `${family}/*`, '*/*']) {
		const wish = wishes(header).find(({ value }) => value === pattern);
		if (wish) return wish.weight > 0;
	}
	return false;
}

/** A strong ETag: the same bytes, the same tag. */
export function tagOf(bytes: string | Uint8Array): string {
	return `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"`;
}

/** If-None-Match compares weakly (RFC 9110 §13.1.2). */
export function isKnown(header: string | null, tag: string): boolean {
	return tagsIn(header).some((known) => known === '*' || known.replace(/^W\//, '') === tag);
}

/** If-Match compares strongly: a weak tag never matches. */
export function isMatched(header: string, tag: string): boolean {
	return tagsIn(header).some((known) => known === '*' || known === tag);
}

function tagsIn(header: string | null): string[] {
	return (header ?? '').split(',').map((tag) => tag.trim());
}

/** Is this the media type of a JSON body? Only UTF-8 is JSON (RFC 8259). */
export function isJson(contentType: string | null): boolean {
	return /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.test((contentType ?? '').trim());
}
