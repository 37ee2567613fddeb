import { signedIn } from '#lib/accounts/guard.ts';
import type { Actor } from '#lib/accounts/actor.ts';
import { ACTS, findAct, hindrance } from '#lib/models/act.ts';
import { rightsOn } from '#lib/models/act.server.ts';
import { countByState, list, listRegistrationYears, type ListedRegistration } from '#lib/models/list.server.ts';
import { STATES } from '#lib/models/model.ts';
import type { Db } from '#lib/server/db.ts';
import { chosenOrClosed } from '#lib/units/chosen.server.ts';
import { listOwn, listUnder } from '#lib/units/unit.server.ts';
import { compareText } from '#lib/vietnamese/text.ts';
import { listHref, NARROWING, readFilter } from './filter.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { db, ...locals }, url }) => {
	const actor = signedIn(locals);
	const unit = await chosenOrClosed(db, actor, url);
	const filter = readFilter(url, unit.id);
	const [page, counts, years, units] = await Promise.all([
		list(db, actor, filter),
		countByState(db, actor, filter),
		listRegistrationYears(db, actor, unit.id),
		unitsOf(db, actor)
	]);
	const number = Math.max(1, Math.trunc(Number(url.searchParams.get('page'))) || 1);
	const rights = await rightsOn(db, actor, [...page.rows.map((row) => row.unitId), unit.id]);
	return {
		unit,
		units,
		years,
		filter,
		narrowed: NARROWING.some((name) => name !== 'unit' && url.searchParams.get(name)),
		rows: page.rows,
		acts: possibleActs(page.rows, rights),
		mayWrite: rights.get(unit.id)?.write ?? false,
		tabs: tabsOf(url, counts, filter.state ?? ''),
		pager: {
			page: number,
			previous: page.previous && listHref(url, { before: page.previous, page: String(Math.max(1, number - 1)) }),
			next: page.next && listHref(url, { after: page.next, page: String(number + 1) })
		},
		href: {
			workbook: listHref(url, {}, '/models/list.xlsx'),
			text: listHref(url, {}, '/models/list.csv'),
			clear: listHref(new URL('/models', url), { unit: unit.code })
		},
		done: doneOf(url)
	};
};

async function unitsOf(db: Db, actor: Actor): Promise<{ code: string; name: string }[]> {
	const own = await listOwn(db, actor);
	const under = await Promise.all(own.map((unit) => listUnder(db, unit.id)));
	const byCode = new Map(
		under.flat().map((unit) => [unit.code, { code: unit.code, name: unit.name, depth: unit.depth }])
	);
	return [...byCode.values()].sort((a, b) => a.depth - b.depth || compareText(a.name, b.name));
}

/** Acts on a selection that at least one line of the page allows: the others would only be refused. */
function possibleActs(rows: readonly ListedRegistration[], rights: Awaited<ReturnType<typeof rightsOn>>) {
	const none = { write: false, review: false };
	return ACTS.filter((act) => act.bulk && rows.some((row) => !hindrance(act, row, rights.get(row.unitId) ?? none))).map(
		(act) => act.noun
	);
}

function tabsOf(url: URL, counts: Map<string, number>, current: string) {
	const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
	const states = STATES.filter((state) => counts.has(state) || state === current);
	return [
		{ state: '', count: total, href: listHref(url, { state: '' }), current: current === '' },
		...states.map((state) => ({
			state,
			count: counts.get(state) ?? 0,
			href: listHref(url, { state }),
			current: current === state
		}))
	];
}

/** What was just done to a selection, for one line above the list. */
function doneOf(url: URL): { count: number; noun: string } | null {
	const act = findAct(url.searchParams.get('act') ?? '');
	const count = Number(url.searchParams.get('done'));
	return act && Number.isSafeInteger(count) && count > 0 ? { count, noun: act.noun } : null;
}
