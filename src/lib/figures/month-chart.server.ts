import { formatNumber } from '#lib/vietnamese/format.ts';
import type { Period } from './period.ts';

const LACQUER = '#9d1b1f';
const GOLD = '#d9b36a';
const INK = '#4d5560';
const HEIGHT = 170;
const BASE = 148;
const TOP = 22;
const BAR_AT_MOST = 44;
const MONTHS_AT_MOST = 36;

/** `month` is 'YYYY-MM'. */
export type MonthValue = { month: string; value: number };

/** Every month of the period with its value, 0 where nothing was counted; empty when the period is too long to be read as bars. */
export function fillMonths(period: Period, values: ReadonlyMap<string, number>): MonthValue[] {
	const first = Number(period.from.slice(0, 4)) * 12 + Number(period.from.slice(5, 7)) - 1;
	const last = Number(period.asOf.slice(0, 4)) * 12 + Number(period.asOf.slice(5, 7)) - 1;
	if (last - first >= MONTHS_AT_MOST) return [];
	return Array.from({ length: last - first + 1 }, (_, index) => {
		const month = `${Math.floor((first + index) / 12)}-${String(((first + index) % 12) + 1).padStart(2, '0')}`;
		return { month, value: values.get(month) ?? 0 };
	});
}

/** Bars by month as SVG markup; a month that is not over by the cut-off day is gold. Text is only numbers of our own. */
export function monthChart(period: Period, months: readonly MonthValue[]): string {
	const many = months.length > 12;
	const width = many ? 720 : 420;
	const step = width / months.length;
	const bar = Math.min(BAR_AT_MOST, step * 0.8);
	const most = Math.max(1, ...months.map(({ value }) => Math.abs(value)));
	// What would run into its neighbour is left out: all numbers stand in the table beside the chart.
	const every = Math.ceil(Math.max(34, formatNumber(most).length * 6.6) / step);
	const drawn = months.map((one, index) => {
		const middle = round(step * (index + 0.5));
		const height = round((Math.max(0, one.value) / most) * (BASE - TOP));
		const fill = isOpen(one.month, period) ? GOLD : LACQUER;
		const number = text(middle, BASE - height - 5, { fill: '#1d2126', words: formatNumber(one.value) });
		const name = text(middle, BASE + 17, { fill: INK, words: monthLabel(one.month, many) });
		return `<rect x="${round(middle - bar / 2)}" y="${round(BASE - height)}" width="${round(bar)}" height="${height}" fill="${fill}"/>${(months.length - 1 - index) % every === 0 ? number + name : ''}`;
	});
	const axis = `<path d="M0 ${BASE + 0.5}H${width}" stroke="#c9bfad"/>`;
	const font = `font-family="Be Vietnam Pro, Arial, sans-serif" font-size="12" text-anchor="middle"`;
	return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${HEIGHT}" viewBox="0 0 ${width} ${HEIGHT}" ${font}>${drawn.join('')}${axis}</svg>`;
}

function text(x: number, y: number, { fill, words }: { fill: string; words: string }): string {
	return `<text x="${x}" y="${round(y)}" fill="${fill}">${words}</text>`;
}

function round(length: number): number {
	return Math.round(length * 10) / 10;
}

function monthLabel(month: string, withYear: boolean): string {
	const number = Number(month.slice(5));
	return withYear ? `${number}/${month.slice(2, 4)}` : `T${number}`;
}

function isOpen(month: string, period: Period): boolean {
	const [year = 0, number = 0] = month.split('-').map(Number);
	const lastDay = new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10);
	return period.asOf.startsWith(month) && period.asOf < lastDay;
}
