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

/** "6 tháng đầu năm 2024", "năm 2024", or its first and last day. */
export function periodName({ from, asOf }: Period): string {
	const year = from.slice(0, 4);
	if (from.endsWith('-01-01') && asOf.startsWith(year)) {
		const last = asOf.slice(5);
		if (last >= '06-01' && last <= '06-30') return m.figure_period_first_half({ year });
		if (last >= '12-01') return m.figure_period_year({ year });
	}
	return m.figure_period_days({ from: formatDay(from), asOf: formatDay(asOf) });
}
