/** Sites: what their pages may look like and lead to. Pure. */

export const PALETTES = ['lacquer', 'jade', 'sky', 'gold'] as const;
export type Palette = (typeof PALETTES)[number];

export const MENUS = ['head', 'foot'] as const;
export type Menu = (typeof MENUS)[number];

/**
 * Pages that the program brings to every site. One whose part is not there yet is left out of menus; as parts come they are
 * added to `PAGES_THERE`.
 */
export const PAGES = [
	'home',
	'news',
	'archive',
	'search',
	'register',
	'figures',
	'documents',
	'consultations',
	'petitions',
	'reception',
	'contests',
	'map',
	'blood',
	'market',
	'links'
] as const;
export type Page = (typeof PAGES)[number];
export const PAGES_THERE: readonly Page[] = ['home', 'news', 'archive', 'search', 'register', 'figures', 'links'];

const PLACEMENT_WAYS = ['home', 'down', 'up'] as const;
export type PlacementWay = (typeof PLACEMENT_WAYS)[number];
const PLACEMENT_STATES = ['proposed', 'accepted', 'declined'] as const;
export type PlacementState = (typeof PLACEMENT_STATES)[number];

const LINK_STATES = ['unchecked', 'answers', 'moved', 'broken', 'unreachable', 'refused'] as const;
export type LinkState = (typeof LINK_STATES)[number];

export type Site = {
	id: string;
	homeId: string;
	unitId: string;
	parentId: string | null;
	slug: string;
	host: string | null;
	nameVi: string;
	nameEn: string | null;
	ownerVi: string | null;
	ownerEn: string | null;
	contactVi: string | null;
	contactEn: string | null;
	palette: Palette;
	bannerId: string | null;
	commentsOpen: boolean;
	openedAt: Date | null;
	closedAt: Date | null;
};

export type Section = {
	id: string;
	siteId: string;
	slug: string;
	nameVi: string;
	nameEn: string | null;
	position: number;
	isClosed: boolean;
};

/** What is said in Vietnamese, in English where it was said so. */
export function inLanguage(locale: 'vi' | 'en', vi: string, en: string | null): string {
	return locale === 'en' ? (en ?? vi) : vi;
}
