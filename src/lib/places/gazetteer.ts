import type { Extent, PlaceTier } from './place.ts';

/** Lists of places as they were read, before anything is derived from them. Pure. */

export type At = { file: string; line: number };

/** A line of a list. `key`: its code, or what else tells it from all others of the list; `parent`: the key of the place it lies in. */
export type Listed = {
	at: At;
	tier: PlaceTier;
	key: string;
	code: string | null;
	fullName: string;
	parent: string | null;
};

/** All places of the country from a day on, until the next list. */
export type PlaceList = { from: string; law: string | null; places: Listed[] };

/** What became of a place of one list in the next one, by their keys. */
export type Move = {
	at: At;
	old: string;
	becomes: string;
	extent: Extent;
	isPrimary: boolean;
	isRemainder: boolean;
	confidence: string | null;
};

/** A change of name or kind after the last list. */
export type Change = { at: At; code: string; was: string; becomes: string; day: string; law: string };

/** Another name of a place, which is told by its key in the first (`spelling`) or in the last list (`abolished`). */
export type Alias = {
	at: At;
	kind: 'abolished' | 'spelling';
	place: string;
	name: string;
	within: string | null;
	code: string | null;
};

export type Gazetteer = {
	source: { kind: 'package' | 'files'; name: string };
	before: PlaceList;
	since: PlaceList;
	moves: Move[];
	changes: Change[];
	aliases: Alias[];
};

/** Why a line cannot be taken in; text is the message `place_fault_<code>`, which says what to do. */
export type Fault = At & { code: string; params: Record<string, string | number> };

export function fault(at: At, code: string, params: Fault['params'] = {}): Fault {
	return { ...at, code, params };
}

/** The day of the list before which units abolished since 2023 had gone. */
export const FIRST_LIST_ON = '2025-03-01';
export const REORGANISED_ON = '2025-07-01';
/** Of the 23 provinces and cities that were made out of several. */
export const LAW_OF_PROVINCES = 'Nghị quyết 202/2025/QH15';
