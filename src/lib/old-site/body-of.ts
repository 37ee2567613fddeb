import { bodySchema, EMPTY_BODY, type Body, type Inline } from '#lib/newsroom/body.ts';
import { EMPTY_LINK } from './holes.ts';
import type { Piece } from './piece.ts';

const INLINES_AT_MOST = 900;

/**
 * The pieces as the body of an article. `pictureOf`: the id of a picture that was taken in; what has none is left out. Null where
 * our texts cannot hold it: a thousand blocks, a hundred pictures.
 */
export function bodyOf(pieces: readonly Piece[], pictureOf: (address: string) => string | null): Body | null {
	const content = pieces.flatMap((piece): unknown[] => {
		if (!('picture' in piece))
			return piece.block.type === 'paragraph' ? parted(piece.block.content ?? []) : [piece.block];
		const { address, alt, caption, credit } = piece.picture;
		const picture = pictureOf(address);
		return picture ? [{ type: 'picture', attrs: { picture, alt, caption, credit } }] : [];
	});
	if (content.length === 0) return EMPTY_BODY;
	const plain: unknown = JSON.parse(JSON.stringify({ type: 'doc', content }, withoutSigns));
	const read = bodySchema.safeParse(plain);
	return read.success ? read.data : null;
}

/** A paragraph of a thousand lines is several. */
function parted(inlines: readonly Inline[]): { type: 'paragraph'; content: Inline[] }[] {
	const parts: { type: 'paragraph'; content: Inline[] }[] = [];
	for (let from = 0; from < inlines.length; from += INLINES_AT_MOST)
		parts.push({ type: 'paragraph', content: inlines.slice(from, from + INLINES_AT_MOST) });
	return parts;
}

/** The signs for words that are missing are for whoever imports, not for readers. */
function withoutSigns(_key: string, value: unknown): unknown {
	if (typeof value === 'string') return value.replaceAll(EMPTY_LINK, '');
	return Array.isArray(value) ? value.filter((each) => !isSign(each)) : value;
}

function isSign(value: unknown): boolean {
	return (
		typeof value === 'object' &&
		value !== null &&
		'text' in value &&
		typeof value.text === 'string' &&
		value.text.replaceAll(EMPTY_LINK, '') === ''
	);
}
