import { bodySchema, type FigureFormat, type FigureQuery, type ReportBody } from './document.ts';
import type { DocumentFamily, Letterhead } from './letterhead.ts';

/** A template as data: what a new report of its kind begins with. Texts may hold placeholders, see period.ts. */
export type Template = {
	code: string;
	version: number;
	name: string;
	family: DocumentFamily;
	letterhead: Letterhead;
	body: ReportBody;
};

/** Sections that units below write for, in the order of the yearly outline (danvan.vn). */
export const SECTIONS = [
	'situation',
	'party',
	'authorities',
	'unions',
	'communities',
	'office',
	'obstacles',
	'proposals',
	'tasks'
] as const;

/** A piece of a template's text: words, or a figure with its slot. */
type Piece = string | { slot: string; query: FigureQuery; format: FigureFormat };

/** A question about the report's own unit and period; facets with several values are joined by commas. */
export function query(figure: string, rest: Partial<Pick<FigureQuery, 'where' | 'compare' | 'by'>> = {}): FigureQuery {
	return { figure, unit: null, from: null, asOf: null, where: {}, by: [], ...rest };
}

/** A body from lines of code; refuses at once what the editor could not store. */
export function bodyOf(blocks: readonly object[]): ReportBody {
	return bodySchema.parse({ type: 'doc', content: blocks });
}

export function heading(id: string, level: 1 | 2 | 3, text: string) {
	return { type: 'heading', attrs: { id, level }, content: [{ type: 'text', text }] };
}

export function paragraph(id: string, ...pieces: readonly Piece[]) {
	const content = pieces.map((piece) =>
		typeof piece === 'string' ? { type: 'text', text: piece } : { type: 'figure', attrs: piece }
	);
	return { type: 'paragraph', attrs: { id }, content };
}

export function figureTable(slot: string, title: string, asked: FigureQuery) {
	return { type: 'figureTable', attrs: { slot, title, query: asked } };
}

export function narrative(section: (typeof SECTIONS)[number]) {
	return { type: 'narrative', attrs: { section } };
}
