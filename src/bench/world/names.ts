import { COMMUNE_DEEDS, OFFICE_DEEDS } from '#lib/demo/deeds.ts';
import { HAMLETS } from '#lib/demo/places.ts';
import { FIELDS } from '#lib/models/model.ts';
import { fold } from '#lib/vietnamese/text.ts';

/** Names of a made-up country: plausible, with tone marks, of no real place. */

const FIRST = 'An Bình Cẩm Châu Diên Đại Đông Đức Gia Hải Hoà Hồng Hùng Hưng Khánh Kim Lạc Long Lương Minh'.split(' ');
const SECOND =
	'Ân Bắc Cường Điền Giang Hạ Hậu Hiệp Khê Lâm Lễ Lĩnh Lộc Mỹ Nghĩa Nguyên Nhân Ninh Phong Phú Phước Quang Sơn Tân Thạch Thành Thịnh Thọ Thuận Tiến Trạch Trung Tường Vân Viên Vinh Xá Xuân Yên Ý'.split(
		' '
	);
const THIRD = ['', ' Thượng', ' Hạ', ' Nam', ' Tây'];
const BASES = [
	'thôn Đoài',
	'thôn Hạ',
	'xóm Đình',
	'bản Nà Lúm',
	'tổ dân phố',
	'trường tiểu học',
	'trạm y tế',
	'hợp tác xã'
];

/** The n-th province; no two alike. */
export function provinceName(n: number): string {
	return `${nth(FIRST, n)} ${nth(SECOND, n * 7)}`;
}

/** The n-th commune, with its kind; some of different provinces are called alike, as real ones are. */
export function communeName(n: number): string {
	const kind = n % 5 === 0 ? 'phường' : 'xã';
	const [first, second] = [n % FIRST.length, Math.floor(n / FIRST.length)];
	return `${kind} ${nth(FIRST, first)} ${nth(SECOND, second)}${nth(THIRD, Math.floor(second / SECOND.length))}`;
}

/** The n-th base unit of a commune. */
export function baseName(n: number, commune: string): string {
	return `Chi bộ ${nth(BASES, n)} ${Math.floor(n / BASES.length) + 1}, ${commune}`;
}

function nth(words: readonly string[], n: number): string {
	return words[n % words.length] ?? '';
}

/** A piece of a name with its search key; names are put together of them in the database, and so are their keys. */
type Piece = { text: string; key: string };

/** What models do, by field, with `%` for where they do it; and where. */
export const DEEDS = FIELDS.flatMap((field) =>
	[...COMMUNE_DEEDS[field], ...OFFICE_DEEDS[field]].map((text, n, { length }) => ({
		field,
		n,
		of: length,
		...piece(text)
	}))
);
export const CORNERS = [...HAMLETS, 'thôn Đoài', 'thôn Thượng', 'xóm Giếng', 'bản Pá Khoang', 'tổ dân phố 4'].map(
	(text, n) => ({ n, ...piece(text) })
);

function piece(text: string): Piece {
	return { text, key: fold(text) };
}
