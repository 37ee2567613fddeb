import { formatDay } from '#lib/vietnamese/format.ts';
import { bodySchema, type Inline, inlinesSchema, type ReportBody } from './document.ts';
import type { Letterhead } from './letterhead.ts';
import type { Unit, UnitKind } from '#lib/units/unit.ts';

/** Words of a report that follow from its own period and office. Templates hold them in braces: `{ngày chốt}`. */

export const PLACEHOLDERS = [
	'kỳ',
	'kỳ sau',
	'năm',
	'năm trước',
	'ngày chốt',
	'đơn vị',
	'cấp trên',
	'phạm vi',
	'cơ quan công nhận',
	'địa danh',
	'ký hiệu'
] as const;
type Placeholder = (typeof PLACEHOLDERS)[number];
export type Words = Readonly<Record<Placeholder, string>>;

/**
 * A clause that speaks of something an office may not have stands between `{nếu …}` and `{hết}`, figures and all, and is
 * left out of the reports of an office without it: the level of a bloc, where there is no bloc in its tree or above it.
 */
export const CLAUSES = ['có Khối'] as const;

export type Office = Pick<Unit, 'name' | 'kind'> & {
	/** A bloc committee itself, under one or over one. */
	hasBloc: boolean;
	superiorName: string | null;
	/** Name of the province, committee or place the paper is dated at. */
	placeName: string;
};

/** The words for a period of a template and an office. Half a year is told by its last day. */
export function wordsOf(period: { code: string; beginsOn: string; asOf: string }, office: Office): Words {
	const year = Number(period.asOf.slice(0, 4));
	const [now, next] = periodNames(period, year);
	return {
		kỳ: now,
		'kỳ sau': next,
		năm: String(year),
		'năm trước': String(year - 1),
		'ngày chốt': formatDay(period.asOf),
		'đơn vị': office.name,
		'cấp trên': office.superiorName ?? '',
		'phạm vi': SCOPES[office.kind] ?? 'toàn đảng bộ',
		'cơ quan công nhận': office.kind === 'province_committee' ? 'Ban Chỉ đạo tỉnh' : office.name,
		'địa danh': office.placeName,
		'ký hiệu': SYMBOLS[office.kind] ?? 'ĐU'
	};
}

/** "6 tháng đầu năm 2024" and what comes after it. */
function periodNames(period: { code: string; beginsOn: string; asOf: string }, year: number): [string, string] {
	if (period.code === 'year') return [`năm ${year}`, `năm ${year + 1}`];
	if (period.code !== 'half-year')
		return [`từ ngày ${formatDay(period.beginsOn)} đến ngày ${formatDay(period.asOf)}`, 'thời gian tới'];
	return period.asOf.slice(5, 7) <= '07'
		? [`6 tháng đầu năm ${year}`, `6 tháng cuối năm ${year}`]
		: [`6 tháng cuối năm ${year}`, `6 tháng đầu năm ${year + 1}`];
}

const SCOPES: Partial<Record<UnitKind, string>> = {
	province_committee: 'toàn tỉnh',
	district_committee: 'toàn huyện',
	bloc_committee: 'toàn Khối',
	commune_committee: 'toàn xã',
	base_cell: 'toàn chi bộ',
	cell: 'toàn chi bộ'
};
const SYMBOLS: Partial<Record<UnitKind, string>> = {
	province_committee: 'TU',
	district_committee: 'HU',
	bloc_committee: 'ĐUK',
	base_cell: 'CB',
	cell: 'CB',
	board: 'BDV'
};

/** Puts the words in; braces around anything else stay as they are. */
export function fill(text: string, words: Words): string {
	return text.replace(/\{([^{}]{1,40})\}/g, (whole, name: string) => {
		const known = PLACEHOLDERS.find((each) => each === name);
		return known ? words[known] : whole;
	});
}

/** A template's body with its words put in and its clauses decided, wherever text stands; figures keep their questions. */
export function fillBody(body: ReportBody, words: Words, office: Pick<Office, 'hasBloc'>): ReportBody {
	const decided: unknown = JSON.parse(JSON.stringify(body), (key, value: unknown) => {
		const inlines = key === 'content' ? inlinesSchema.safeParse(value) : undefined;
		return inlines?.data ? withoutClauses(inlines.data, office) : value;
	});
	const filled: unknown = JSON.parse(JSON.stringify(decided), (key, value: unknown) =>
		(key === 'text' || key === 'title') && typeof value === 'string' ? fill(value, words) || '…' : value
	);
	return bodySchema.parse(filled);
}

/** The inlines without marks of clauses, and without the clauses that do not hold. */
function withoutClauses(inlines: readonly Inline[], { hasBloc }: Pick<Office, 'hasBloc'>): Inline[] {
	let isKept = true;
	return inlines.flatMap((inline): Inline[] => {
		if (inline.type === 'figure') return isKept ? [inline] : [];
		const kept = inline.text.split(/(\{nếu [^{}]{1,40}\}|\{hết\})/).map((piece) => {
			if (piece === '{hết}') isKept = true;
			else if (piece === `{nếu ${CLAUSES[0]}}`) isKept = hasBloc;
			else return isKept ? piece : '';
			return '';
		});
		const text = kept.join('');
		return text === '' ? [] : [{ ...inline, text }];
	});
}

/** The letterhead with its words put in; a superior that does not exist is left out. */
export function fillLetterhead(head: Letterhead, words: Words): Letterhead {
	return {
		...head,
		superior: (head.superior && fill(head.superior, words)) || null,
		issuer: fill(head.issuer, words),
		issuerCode: fill(head.issuerCode, words),
		place: fill(head.place, words),
		abstract: head.abstract.map((line) => fill(line, words)),
		recipients: head.recipients.map((line) => fill(line, words)).filter((line) => line !== ''),
		signature: { ...head.signature, title: fill(head.signature.title, words) }
	};
}
