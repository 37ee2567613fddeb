/** The country as tiles, one a province, by code: where each lies to the others is kept, its size is not. Pure. */

type Tile = { code: string; column: number; row: number };
export type Layout = { columns: number; rows: number; tiles: Tile[]; islands: (Tile & { name: string })[] };

/** From 1/7/2025. HS and TS are the archipelagos Hoàng Sa and Trường Sa, which belong to Đà Nẵng and Khánh Hòa. */
const OF_34 = `
.. 12 15 08 04 .. ..
11 14 25 19 20 .. ..
.. .. 01 24 22 .. ..
.. .. 37 33 31 .. ..
.. .. 38 .. .. .. ..
.. .. 40 .. .. .. ..
.. .. 42 .. .. .. ..
.. .. .. 44 .. .. ..
.. .. .. 46 48 .. HS
.. .. .. .. 51 .. ..
.. .. .. .. 52 .. ..
.. .. .. .. 66 .. ..
.. 80 75 68 56 .. TS
91 82 79 .. .. .. ..
92 86 .. .. .. .. ..
96 .. .. .. .. .. ..`;

/** Before 1/7/2025. */
const OF_63 = `
.. 12 10 02 04 .. ..
11 14 15 08 06 20 ..
.. .. 25 26 19 24 22
.. 17 01 27 30 31 ..
.. .. 35 33 34 .. ..
.. .. 37 36 .. .. ..
.. 38 .. .. .. .. ..
.. 40 .. .. .. .. ..
.. .. 42 .. .. .. ..
.. .. 44 .. .. .. ..
.. .. .. 45 46 .. ..
.. .. .. 49 48 .. HS
.. .. .. 62 51 .. ..
.. .. .. 64 52 .. ..
.. .. .. 66 54 .. ..
.. .. 70 67 56 .. TS
.. 72 74 68 58 .. ..
.. 80 79 75 60 .. ..
89 87 82 77 .. .. ..
91 92 86 83 .. .. ..
.. 93 94 84 .. .. ..
96 95 .. .. .. .. ..`;

const ISLANDS: Readonly<Record<string, { name: string; before: string; since: string }>> = {
	HS: { name: 'Hoàng Sa', before: '48', since: '48' },
	TS: { name: 'Trường Sa', before: '56', since: '56' }
};

/** The tiles of the provinces before or since 1/7/2025; archipelagos have the code of their province. */
export function layoutOf(epoch: 'before' | 'since'): Layout {
	const rows = (epoch === 'before' ? OF_63 : OF_34).trim().split('\n');
	const cells = rows.flatMap((line, row) =>
		line.split(' ').flatMap((code, column) => (code === '..' ? [] : [{ code, column, row }]))
	);
	return {
		columns: 7,
		rows: rows.length,
		tiles: cells.filter(({ code }) => !ISLANDS[code]),
		islands: cells.flatMap((cell) => {
			const island = ISLANDS[cell.code];
			return island ? [{ ...cell, code: island[epoch], name: island.name }] : [];
		})
	};
}

/** Names that do not fit on a tile. */
const SHORT: Readonly<Record<string, string[]>> = { 'Hồ Chí Minh': ['TP. HCM'], 'Bà Rịa - Vũng Tàu': ['BR-VT'] };

/** A bare name on at most two lines. */
export function tileLines(name: string): string[] {
	return SHORT[name] ?? name.split(' ').slice(0, 2);
}
