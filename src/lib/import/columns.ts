import { fold } from '#lib/vietnamese/text.ts';

/** What a column of an office's list holds. Pure: browser and server. */
export const MEANINGS = [
	'number',
	'code',
	'name',
	'kind',
	'parent',
	'unit',
	'field',
	'subject',
	'subject_collective',
	'subject_individual',
	'novelty',
	'novelty_new',
	'novelty_continuing',
	'level',
	'place',
	'registered_on',
	'score',
	'result',
	'work',
	'new_code',
	'new_name',
	'part',
	'rest',
	'roles',
	'note'
] as const;
export type Meaning = (typeof MEANINGS)[number];

/** Corrected by hand: per sheet name, column index from 0 → meaning, or null for a column to leave out. */
export type ColumnMapping = Readonly<Record<string, Readonly<Record<number, Meaning | null>>>>;

/** Words of a heading: `whole` must be all of it, `within` may stand among others; the longest wins. */
export type Vocabulary = readonly { meaning: Meaning; whole: readonly string[]; within: readonly string[] }[];

const NUMBER = { meaning: 'number', whole: ['stt', 'tt', 'số tt', 'số thứ tự', 'no'], within: ['số thứ tự'] } as const;
const NOTE = { meaning: 'note', whole: ['ghi chú'], within: ['ghi chú'] } as const;

/** Headings of lists of registered models. */
export const REGISTRATION_COLUMNS: Vocabulary = [
	NUMBER,
	{
		meaning: 'name',
		whole: ['mô hình', 'nội dung', 'nội dung đăng ký', 'mô hình dân vận khéo'],
		within: ['tên mô hình', 'tên các mô hình', 'nội dung mô hình', 'tên điển hình', 'mô hình điển hình', 'tên gọi']
	},
	{
		meaning: 'unit',
		whole: ['đơn vị', 'xã phường thị trấn', 'chi bộ', 'đảng bộ', 'tổ chức đảng', 'cơ quan', 'cơ quan đơn vị'],
		within: ['đơn vị', 'đơn vị thực hiện', 'đơn vị đăng ký', 'tên đơn vị', 'tổ chức thực hiện', 'cơ quan đơn vị']
	},
	{ meaning: 'field', whole: ['lĩnh vực'], within: ['lĩnh vực', 'thuộc lĩnh vực'] },
	{ meaning: 'subject', whole: ['chủ thể', 'tập thể cá nhân', 'đối tượng'], within: ['chủ thể', 'tập thể cá nhân'] },
	{ meaning: 'subject_collective', whole: ['tập thể', 'mô hình tập thể'], within: ['chủ thể tập thể'] },
	{ meaning: 'subject_individual', whole: ['cá nhân', 'mô hình cá nhân'], within: ['chủ thể cá nhân'] },
	{
		meaning: 'novelty',
		whole: ['loại đăng ký', 'hình thức', 'hình thức đăng ký', 'mới tiếp tục'],
		within: ['loại đăng ký', 'mới tiếp tục', 'mới cũ', 'đăng ký mới tiếp tục', 'mới hoặc tiếp tục']
	},
	{
		meaning: 'novelty_new',
		whole: ['mới', 'đăng ký mới', 'mô hình mới', 'xây dựng mới'],
		within: ['loại đăng ký mới']
	},
	{
		meaning: 'novelty_continuing',
		whole: ['tiếp tục', 'tiếp tục thực hiện', 'duy trì', 'cũ', 'mô hình tiếp tục', 'duy trì tiếp tục'],
		within: ['tiếp tục thực hiện', 'loại đăng ký tiếp tục']
	},
	{ meaning: 'level', whole: ['cấp', 'cấp độ'], within: ['cấp mô hình', 'cấp đăng ký', 'cấp công nhận'] },
	{
		meaning: 'place',
		whole: ['địa bàn', 'địa điểm', 'địa chỉ', 'nơi thực hiện'],
		within: ['địa bàn', 'địa điểm', 'nơi thực hiện']
	},
	{
		meaning: 'registered_on',
		whole: ['ngày', 'ngày tháng', 'thời gian', 'ngày tháng năm'],
		within: ['ngày đăng ký', 'thời gian đăng ký', 'thời điểm đăng ký', 'ngày tháng đăng ký', 'ngày tháng năm đăng ký']
	},
	{
		meaning: 'score',
		whole: ['điểm', 'tổng điểm', 'số điểm'],
		within: ['điểm', 'điểm chấm', 'điểm thẩm định', 'tổng điểm', 'số điểm']
	},
	{
		meaning: 'result',
		whole: ['kết quả', 'công nhận'],
		within: ['kết quả công nhận', 'kết quả thẩm định', 'kết quả xét']
	},
	NOTE
];

/** Headings of lists of units. */
export const UNIT_COLUMNS: Vocabulary = [
	NUMBER,
	{ meaning: 'code', whole: ['mã', 'mã số', 'ký hiệu'], within: ['mã đơn vị', 'mã định danh', 'mã số'] },
	{ meaning: 'name', whole: ['tên', 'đơn vị'], within: ['tên đơn vị', 'tên tổ chức', 'tên gọi'] },
	{ meaning: 'kind', whole: ['loại', 'loại hình'], within: ['loại đơn vị', 'loại hình'] },
	{
		meaning: 'parent',
		whole: ['trực thuộc', 'cấp trên'],
		within: ['đơn vị cấp trên', 'cấp trên trực tiếp', 'trực thuộc', 'mã cấp trên', 'đơn vị chủ quản']
	},
	NOTE
];

/** Headings of the sheets by which units are reorganised. */
export const REORGANISATION_COLUMNS: Vocabulary = [
	NUMBER,
	{ meaning: 'code', whole: ['mã', 'mã cũ'], within: ['mã cũ', 'mã đơn vị cũ', 'mã hiện nay'] },
	{ meaning: 'name', whole: ['tên', 'đơn vị'], within: ['tên cũ', 'tên đơn vị cũ', 'đơn vị cũ', 'tên hiện nay'] },
	{ meaning: 'work', whole: ['việc', 'hình thức', 'phương án'], within: ['việc sắp xếp', 'hình thức sắp xếp'] },
	{ meaning: 'new_code', whole: ['mã mới'], within: ['mã mới', 'mã đơn vị mới'] },
	{ meaning: 'new_name', whole: ['tên mới'], within: ['tên mới', 'tên đơn vị mới', 'đơn vị mới'] },
	{ meaning: 'kind', whole: ['loại', 'loại hình'], within: ['loại đơn vị', 'loại mới'] },
	{ meaning: 'parent', whole: ['cấp trên', 'trực thuộc'], within: ['cấp trên mới', 'mã cấp trên', 'mã cấp trên mới'] },
	{ meaning: 'part', whole: ['phần', 'mức'], within: ['toàn bộ một phần'] },
	{ meaning: 'rest', whole: ['phần còn lại'], within: ['nhận phần còn lại'] },
	{ meaning: 'roles', whole: ['vai trò'], within: ['vai trò về', 'nhận vai trò'] },
	NOTE
];

/** A heading reduced to folded words. */
export function headingKey(text: string): string {
	return fold(text.replace(/[^\p{L}\p{M}\p{N}]+/gu, ' '));
}

export type Match = { meaning: Meaning; strength: number };

const compiled = new Map<Vocabulary, { key: string; isWhole: boolean; meaning: Meaning }[]>();

function phrases(vocabulary: Vocabulary) {
	let list = compiled.get(vocabulary);
	if (!list) {
		list = vocabulary.flatMap(({ meaning, whole, within }) => [
			...whole.map((text) => ({ key: headingKey(text), isWhole: true, meaning })),
			...within.map((text) => ({ key: headingKey(text), isWhole: false, meaning }))
		]);
		compiled.set(vocabulary, list);
	}
	return list;
}

/** The meaning of a heading, with how sure it is; null for words not known. */
export function matchHeading(text: string, vocabulary: Vocabulary): Match | null {
	if (text.length > 80) return null;
	const heading = headingKey(text);
	if (heading === '') return null;
	let best: Match | null = null;
	for (const { key, isWhole, meaning } of phrases(vocabulary)) {
		const isHit = isWhole ? heading === key : ` ${heading} `.includes(` ${key} `);
		const strength = key.length + (isWhole ? 1000 : 0);
		if (isHit && strength > (best?.strength ?? 0)) best = { meaning, strength };
	}
	return best;
}
