import { sql } from 'kysely';
import type { Actor } from '#lib/accounts/actor.ts';
import type { Db } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { typedDay } from '#lib/vietnamese/day.ts';
import { formatDay } from '#lib/vietnamese/format.ts';
import { complete, condition } from './condition.server.ts';
import { basesOf, type Figure } from './figure.ts';
import type { Choice } from './ledger-panel.ts';
import { currentPeriod, firstHalf, periodName, periodText, upTo, wholeYear, type Period } from './period.ts';
import { reachOf } from './reach.server.ts';

/** What a page's period chooser shows; its links and its form keep the rest of the address. */
export type PeriodChooser = {
	choices: Choice[];
	typed: { from: string; asOf: string };
	keep: Record<string, string>;
	name: string;
};

/** The period that an address asks for (`from`, `asOf`, as typed or ISO); null where it names none. Refuses unreal and reversed days. */
export function readPeriod(search: URLSearchParams, day: string): Period | null {
	const asOf = readDay(search.get('asOf'));
	if (!asOf) return null;
	const from = readDay(search.get('from')) ?? `${asOf.slice(0, 4)}-01-01`;
	if (from > asOf) throw problem('figure.period_reversed', { from: formatDay(from), asOf: formatDay(asOf) });
	return upTo({ from, asOf }, day);
}

function readDay(text: string | null): string | null {
	if (text === null || text.trim() === '') return null;
	const day = typedDay(text);
	if (!day) throw problem('figure.day_invalid', { day: text.slice(0, 40) });
	return day;
}

/** The half-year or year in which a unit last had anything of a figure; null where it never did. */
export async function latestPeriod(
	db: Db,
	actor: Actor,
	of: { figure: Figure; unitId: string; day: string }
): Promise<Period | null> {
	const asked = complete(of.figure, { unitId: of.unitId, from: '1990-01-01', asOf: of.day });
	await reachOf(db, actor, { figure: of.figure, asked });
	const [base] = basesOf(of.figure);
	if (!base) return null;
	const { rows } = await sql<{ day: string | null }>`select max(p.on_date) as day ${condition(base, asked)}`.execute(
		db
	);
	const day = rows[0]?.day;
	return day ? upTo(currentPeriod(day), of.day) : null;
}

/** The halves and years around a period, as links of the same page. */
export function choosePeriod(url: URL, period: Period, day: string): PeriodChooser {
	const year = Number(period.asOf.slice(0, 4));
	const thisYear = Number(day.slice(0, 4));
	const offered = [firstHalf(String(year)), wholeYear(String(year)), wholeYear(String(year - 1))];
	if (year < thisYear) offered.push(wholeYear(String(year + 1)));
	const keep = Object.fromEntries([...url.searchParams].filter(([name]) => name !== 'from' && name !== 'asOf'));
	const choices = offered.map((one) => {
		const name = periodName(one);
		const href = `${url.pathname}?${new URLSearchParams({ ...keep, ...one })}`;
		return { href, label: name.charAt(0).toUpperCase() + name.slice(1), current: name === periodName(period) };
	});
	const typed = { from: formatDay(period.from), asOf: formatDay(period.asOf) };
	return { choices, typed, keep, name: periodText(period) };
}
