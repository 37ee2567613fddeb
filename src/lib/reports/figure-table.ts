import type { Answer, Part, Where } from '#lib/figures/figure.ts';
import { compareText } from '#lib/vietnamese/text.ts';
import { printFigure, type FigureFormat, type FrozenCell, type FrozenRow } from './document.ts';
import { officialWord } from './label.ts';

export type UnitNames = ReadonlyMap<string, { code: string; name: string }>;

/** `keys`: cell (`r1c2`, counted from 1) → the facets that narrow the question to it, units by code. */
type FigureTable = { columns: string[]; rows: FrozenRow[]; keys: Record<string, Where> };

type Asked = {
	by: readonly string[];
	answer: Answer;
	format: FigureFormat;
	unitNames: UnitNames;
	label: string;
	/** False for distinct counts: a unit that stands in two parts is one unit. */
	adds: boolean;
};

/** An answer's parts as a table: one facet down, a second across, the whole in the last row and column. */
export function figureTable({ by, answer, format, unitNames, label, adds }: Asked): FigureTable {
	const [down = '', across] = by;
	const rowValues = valuesOf(answer.parts, down, unitNames);
	const columnValues = across === undefined ? [] : valuesOf(answer.parts, across, unitNames);
	const isSum = answer.numerator === undefined;
	const cell = (value: number | null): FrozenCell => {
		const notApplicable = value === null;
		return { text: printFigure({ value, notApplicable, about: answer.about }, format, 'cell'), value, notApplicable };
	};
	const outside = (facet: string, value: string) => (facet === 'unit' ? (unitNames.get(value)?.code ?? value) : value);
	const keys: Record<string, Where> = {};
	const rows = [...rowValues, null].map((rowValue, rowIndex): FrozenRow => {
		const inRow = answer.parts.filter((part) => rowValue === null || part.key[down] === rowValue);
		const cells = [...columnValues, null].map((columnValue, columnIndex) => {
			const inCell = inRow.filter(
				(part) => across === undefined || columnValue === null || part.key[across] === columnValue
			);
			keys[`r${rowIndex + 1}c${columnIndex + 1}`] = {
				...(rowValue === null ? {} : { [down]: [outside(down, rowValue)] }),
				...(columnValue === null || across === undefined ? {} : { [across]: [outside(across, columnValue)] })
			};
			const isWhole = rowValue === null && columnValue === null;
			return cell(isWhole ? answer.value : isSum ? sumOf(inCell, adds) : shareOf(inCell));
		});
		return { label: rowValue === null ? 'Tổng cộng' : wordOf(down, rowValue, unitNames), cells };
	});
	const heads = columnValues.map((value) => wordOf(across ?? '', value, unitNames));
	return { columns: [officialWord('facet', down), ...heads, across === undefined ? label : 'Tổng cộng'], rows, keys };
}

/** Units by the Vietnamese alphabet of their names, other facets by that of their words. */
function valuesOf(parts: readonly Part[], facet: string, unitNames: UnitNames): string[] {
	const values = [...new Set(parts.map((part) => part.key[facet] ?? ''))];
	return values.sort((one, other) => compareText(wordOf(facet, one, unitNames), wordOf(facet, other, unitNames)));
}

function wordOf(facet: string, value: string, unitNames: UnitNames): string {
	if (facet === 'unit') return unitNames.get(value)?.name ?? value;
	return value === '' ? 'Chưa phân' : officialWord(facet, value);
}

function sumOf(parts: readonly Part[], adds: boolean): number | null {
	if (!adds && parts.length > 1) return null;
	return parts.reduce((sum, part) => sum + (part.value ?? 0), 0);
}

/** Never an average of shares: numerators over denominators. */
function shareOf(parts: readonly Part[]): number | null {
	const below = parts.reduce((sum, part) => sum + (part.denominator ?? 0), 0);
	return below === 0 ? null : parts.reduce((sum, part) => sum + (part.numerator ?? 0), 0) / below;
}
