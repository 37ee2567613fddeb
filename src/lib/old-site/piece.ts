import { plainText, type Block, type Inline } from '#lib/newsroom/body.ts';
import { normalise } from '#lib/vietnamese/text.ts';

/** What an old page consists of once its markup is read: blocks of the newsroom's texts, and pictures not yet taken in. Pure. */

/** `address`: where the page says that it is, or `id:123` for one of a site's own list. */
export type OldPicture = { address: string; alt: string; caption: string; credit: string };
export type Piece = { block: Block } | { picture: OldPicture };

/** What was left out of a page, and its first words. */
export type Left = { what: LeftKind; words: string };
export const LEFT_KINDS = [
	'title_again',
	'furniture',
	'related',
	'counter',
	'day_line',
	'form',
	'player',
	'shortcode',
	'link_words_kept'
] as const;
export type LeftKind = (typeof LEFT_KINDS)[number];

const SHOWN = 90;

export function left(what: LeftKind, words: string): Left {
	return { what, words: shortened(words) };
}

/** The first words of a longer text. */
export function shortened(words: string): string {
	const text = normalise(words);
	return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

/** The words of a piece; those of a picture are what is said about it. */
export function textOf(piece: Piece): string {
	return 'block' in piece ? plainText({ type: 'doc', content: [piece.block] }) : piece.picture.caption;
}

/** The paragraphs of a piece one by one, in reading order. */
export function paragraphsOf(piece: Piece): string[] {
	return textOf(piece)
		.split('\n')
		.filter((line) => line !== '');
}

/** A paragraph of these words. */
export function paragraph(content: Inline[]): Block {
	return { type: 'paragraph', content };
}
