import { signedIn } from '#lib/accounts/guard.ts';
import { daysBetween, standingOf } from '#lib/reports/calendar.ts';
import { listPeriods } from '#lib/reports/calendar.server.ts';
import { listOf } from '#lib/reports/report.server.ts';
import { today } from '#lib/server/clock.ts';
import { chosenUnit } from '#lib/units/chosen.server.ts';
import { rightsOn } from './rights.server.ts';
import type { PageServerLoad } from './$types';

const SEARCH_AT_MOST = 200;

export const load: PageServerLoad = async ({ locals: { db, ...locals }, url }) => {
	const actor = signedIn(locals);
	const unit = await chosenUnit(db, actor, url);
	const search = (url.searchParams.get('q') ?? '').trim().slice(0, SEARCH_AT_MOST);
	const [reports, periods, rights] = await Promise.all([
		listOf(db, actor, unit.id, search),
		listPeriods(db, actor, unit.id),
		rightsOn(db, actor, unit.id)
	]);
	const day = today();
	return {
		unit,
		reports,
		search,
		mayWrite: rights['report.write'],
		periods: periods.map((period) => ({
			...period,
			standing: standingOf(period, period.state, day),
			daysLate: Math.max(0, daysBetween(period.dueOn, day))
		}))
	};
};
