import { m } from '#lib/paraglide/messages.js';
import { formatDay } from '#lib/vietnamese/format.ts';

/** Legal days, both inclusive. */
export type Period = { from: string; asOf: string };

/** The half-year that reports speak of: the first six months, or the year as far as it has come. */
export function currentPeriod(day: string): Period {
	return Number(day.slice(5, 7)) <= 6 ? firstHalf(day.slice(0, 4)) : wholeYear(day.slice(0, 4));
}

export function firstHalf(year: string): Period {
	return { from: `${year}-01-01`, asOf: `${year}-06-30` };
}

export function wholeYear(year: string): Period {
	return { from: `${year}-01-01`, asOf: `${year}-12-31` };
}

/** A period that still runs counts up to today, so that it is compared with the same days of the year before. */
export function upTo(period: Period, day: string): Period {
	return period.from <= day && day < period.asOf ? { ...period, asOf: day } : period;
}

/** "6 tháng đầu năm 2024", "năm 2024" (also while they run, or up to an earlier cut-off), or its first and last day. */
export function periodName(period: Period): string {
	return reportName(period) ?? dayNames(period);
}

/** The same with its days, for the head of a page. */
export function periodText(period: Period): string {
	const name = reportName(period);
	if (name === null) return dayNames(period);
	return m.figure_period_up_to({ period: name, from: formatDay(period.from), asOf: formatDay(period.asOf) });
}

function dayNames({ from, asOf }: Period): string {
	return m.figure_period_days({ from: formatDay(from), asOf: formatDay(asOf) });
}

function reportName({ from, asOf }: Period): string | null {
	const year = from.slice(0, 4);
	if (!from.endsWith('-01-01') || !asOf.startsWith(year)) return null;
	return asOf <= firstHalf(year).asOf ? m.figure_period_first_half({ year }) : m.figure_period_year({ year });
}
