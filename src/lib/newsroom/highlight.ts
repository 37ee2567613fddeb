import { fold } from '#lib/vietnamese/text.ts';

/** A piece of a text, and whether it was searched for. */
export type Piece = { text: string; isFound: boolean };

/** The words of a text that a search asked for, with marks of tone or without: "can bo" finds "cán bộ". */
export function highlight(text: string, search: string): Piece[] {
	const wanted = new Set(
		fold(search)
			.split(/[^a-z0-9]+/)
			.filter(Boolean)
	);
	if (wanted.size === 0) return [{ text, isFound: false }];
	const pieces: Piece[] = [];
	for (const part of text.split(/([\p{L}\p{M}\p{N}]+)/u)) {
		if (part === '') continue;
		const isFound = wanted.has(fold(part));
		const last = pieces.at(-1);
		const isGap = last?.isFound === false && pieces.at(-2)?.isFound === true && last.text === ' ';
		// Words found side by side are one piece: a phrase, not a ladder of marks.
		if (isFound && isGap) pieces.splice(-2, 2, { text: `${pieces.at(-2)?.text ?? ''} ${part}`, isFound });
		else if (last?.isFound === false && !isFound) last.text += part;
		else pieces.push({ text: part, isFound });
	}
	return pieces;
}
