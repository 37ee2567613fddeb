/** Administrative units of the country, as both browser and server speak of them. */

export const PLACE_TIERS = ['province', 'district', 'commune'] as const;
export type PlaceTier = (typeof PLACE_TIERS)[number];

export const PLACE_KINDS = [
	'province',
	'municipality',
	'district',
	'urban_district',
	'town',
	'city',
	'commune',
	'ward',
	'township',
	'special_zone'
] as const;
export type PlaceKind = (typeof PLACE_KINDS)[number];

/** Is all of the old place in the new one? Null: not told by the list. */
export type Extent = 'whole' | 'part' | null;

/** A place as it is on a day; `name` with its kind before it ("Xã Hồ Bốn"). */
export type Place = {
	id: string;
	code: string | null;
	name: string;
	kind: PlaceKind;
	tier: PlaceTier;
	parentId: string | null;
};

/** Places belong to no unit: actions on them are filed under this id. */
export const PLACES_ID = '00000000-0000-7000-8000-000000000004';

/** First words of a full name → kind, by tier: "thành phố" is a municipality among provinces and a city among districts. */
const WORDS: Readonly<Record<PlaceTier, readonly (readonly [string, PlaceKind])[]>> = {
	province: [
		['tỉnh', 'province'],
		['thành phố', 'municipality']
	],
	district: [
		['huyện', 'district'],
		['quận', 'urban_district'],
		['thị xã', 'town'],
		['thành phố', 'city']
	],
	commune: [
		['xã', 'commune'],
		['phường', 'ward'],
		['thị trấn', 'township'],
		['đặc khu', 'special_zone']
	]
};

/** The kind and the bare name of a full name ("Phường Ba Đình" → ward, "Ba Đình"); null where no kind stands before it. */
export function readFullName(tier: PlaceTier, fullName: string): { kind: PlaceKind; name: string } | null {
	const lower = fullName.toLowerCase();
	const found = WORDS[tier].find(([word]) => lower.startsWith(`${word} `));
	return found ? { kind: found[1], name: fullName.slice(found[0].length + 1) } : null;
}
