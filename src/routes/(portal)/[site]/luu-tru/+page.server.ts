import { countDays, firstDay, lastDay, listYears, readSpan, weeksOf } from '#lib/newsroom/archive.server.ts';
import { archiveHref, PAGE_PATHS } from '#lib/newsroom/portal-address.ts';
import { today } from '#lib/server/clock.ts';
import { readList } from '../list.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { db }, url, parent }) => {
	const { frame } = await parent();
	const { siteId, base } = frame;
	const span = readSpan(url.searchParams);
	const years = await listYears(db, siteId);
	const [thisYear = 0, thisMonth = 1] = today().split('-').map(Number);
	const shown = {
		year: span?.year ?? years[0] ?? thisYear,
		month: span?.month ?? (span || years[0] !== thisYear ? 12 : thisMonth),
		day: null
	};
	const counts = await countDays(db, siteId, shown);
	const filter = { siteId, ...(span && { from: firstDay(span), to: lastDay(span) }) };
	const list = await readList(db, { url, base, path: `/${PAGE_PATHS.archive}`, filter });
	const month = (by: number) => {
		const at = shown.year * 12 + shown.month - 1 + by;
		return {
			label: `${(at % 12) + 1}/${Math.floor(at / 12)}`,
			href: archiveHref(base, firstDay({ year: Math.floor(at / 12), month: (at % 12) + 1, day: null }).slice(0, 7))
		};
	};
	return {
		span,
		years,
		list,
		calendar: {
			...shown,
			before: month(-1),
			after: month(1),
			weeks: weeksOf(shown.year, shown.month).map((week) =>
				week.map((day) => day && { day, count: counts.get(day) ?? 0, href: archiveHref(base, day) })
			)
		}
	};
};
