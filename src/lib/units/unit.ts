/** Units as both browser and server speak of them. */

export const UNIT_KINDS = [
	'province_committee',
	'district_committee',
	'bloc_committee',
	'commune_committee',
	'base_committee',
	'base_cell',
	'cell',
	'board'
] as const;
export type UnitKind = (typeof UNIT_KINDS)[number];

export type Unit = { id: string; code: string; name: string; kind: UnitKind; parentId: string | null };

/**
 * A unit as addresses name it: by its code, and where another bears that code today, or it has none any more, by the code
 * and a day on which it had it (`X00097@2025-06-30`): codes of units that ended are given again.
 */
export function readUnitRef(ref: string): { code: string; day: string | null } {
	const [, code, day] = /^(.+)@(\d{4}-\d{2}-\d{2})$/.exec(ref) ?? [];
	return code === undefined || day === undefined ? { code: ref, day: null } : { code, day };
}

/** Lists kept by offices without a date of establishment hold units that were there before anything is counted. */
export const BEFORE_ALL = '2000-01-01';

/** A unit's kind read from the words of a list ("Đảng bộ cơ sở"), folded. */
export function kindFromWords(folded: string): UnitKind | null {
	const words: readonly (readonly [string, UnitKind])[] = [
		['dang bo co so', 'base_committee'],
		['chi bo co so', 'base_cell'],
		['chi bo truc thuoc', 'cell'],
		['dang uy khoi', 'bloc_committee'],
		['dang bo khoi', 'bloc_committee'],
		['tinh uy', 'province_committee'],
		['thanh uy truc thuoc', 'province_committee'],
		['dang bo tinh', 'province_committee'],
		['huyen uy', 'district_committee'],
		['thi uy', 'district_committee'],
		['thanh uy', 'district_committee'],
		['dang uy xa', 'commune_committee'],
		['dang uy phuong', 'commune_committee'],
		['dang bo xa', 'commune_committee'],
		['dang bo phuong', 'commune_committee'],
		['xa', 'commune_committee'],
		['phuong', 'commune_committee'],
		['thi tran', 'commune_committee'],
		['huyen', 'district_committee'],
		['tinh', 'province_committee'],
		['ban', 'board'],
		['dang bo', 'base_committee'],
		['chi bo', 'base_cell']
	];
	// Our own name of a kind may stand in the list: "Đảng uỷ xã, phường, thị trấn".
	const said = `${folded.replaceAll(',', ' ')} `;
	return words.find(([start]) => said.startsWith(`${start} `))?.[1] ?? null;
}
