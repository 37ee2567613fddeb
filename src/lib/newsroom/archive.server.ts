import { sql } from 'kysely';
import type { Db } from '#lib/server/db.ts';
import { dayPlus } from '#lib/vietnamese/day.ts';

/** What a site published by day, month and year. Days are legal days of publication in Viet Nam. */

const DAY = sql`(a.shown_at at time zone 'Asia/Ho_Chi_Minh')::date`;

/** A year, a month or a day that a reader chose. */
export type Span = { year: number; month: number | null; day: number | null };

/** Reads `year`, `month` and `day` of an address; null: none is chosen, or there is no such day. */
export function readSpan(asked: URLSearchParams): Span | null {
	const number = (name: string, most: number) => {
		const value = Number(asked.get(name) ?? '');
		return Number.isInteger(value) && value >= 1 && value <= most ? value : null;
	};
	const [year, month, day] = [number('year', 9998), number('month', 12), number('day', 31)];
	if (year === null || year < 1900) return null;
	const span = { year, month, day: month === null ? null : day };
	return span.day !== null && !isReal(span) ? { ...span, day: null } : span;
}

function isReal(span: Span): boolean {
	const text = firstDay(span);
	return new Date(`${text}T00:00:00Z`).toISOString().startsWith(text);
}

const padded = (value: number, length = 2) => String(value).padStart(length, '0');

/** The first day of a span, `YYYY-MM-DD`. */
export function firstDay({ year, month, day }: Span): string {
	return `${padded(year, 4)}-${padded(month ?? 1)}-${padded(day ?? 1)}`;
}

/** Its last day, inclusive. */
export function lastDay(span: Span): string {
	if (span.day !== null) return firstDay(span);
	const { year, month } = span;
	const next = month === null || month === 12 ? { year: year + 1, month: 1 } : { year, month: month + 1 };
	return dayPlus(firstDay({ ...next, day: 1 }), -1);
}

/** Years in which the site published, latest first. */
export async function listYears(db: Db, siteId: string): Promise<number[]> {
	const { rows } = await sql<{ first: number | null; last: number | null }>`
		select extract(year from min(${DAY}))::int as first, extract(year from max(${DAY}))::int as last
		from public_articles a where a.site_id = ${siteId}::uuid`.execute(db);
	const { first, last } = rows[0] ?? { first: null, last: null };
	if (first === null || last === null) return [];
	return Array.from({ length: last - first + 1 }, (_, back) => last - back);
}

/** How many were published on each day of a month that has any. */
export async function countDays(db: Db, siteId: string, month: Span): Promise<Map<string, number>> {
	const { rows } = await sql<{ day: string; count: number }>`
		select ${DAY}::text as day, count(*)::int as count from public_articles a
		where a.site_id = ${siteId}::uuid
			and a.shown_at >= (${firstDay(month)}::date)::timestamp at time zone 'Asia/Ho_Chi_Minh'
			and a.shown_at < (${lastDay(month)}::date + 1)::timestamp at time zone 'Asia/Ho_Chi_Minh'
		group by 1`.execute(db);
	return new Map(rows.map(({ day, count }) => [day, count]));
}

/** The weeks of a month, Monday first; null: a day of another month. */
export function weeksOf(year: number, month: number): (string | null)[][] {
	const first = firstDay({ year, month, day: 1 });
	const length = Number(lastDay({ year, month, day: null }).slice(8));
	const before = (new Date(`${first}T00:00:00Z`).getUTCDay() + 6) % 7;
	const cells = Array.from({ length: Math.ceil((before + length) / 7) * 7 }, (_, at) => {
		const day = at - before + 1;
		return day >= 1 && day <= length ? firstDay({ year, month, day }) : null;
	});
	return Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(week * 7, week * 7 + 7));
}
