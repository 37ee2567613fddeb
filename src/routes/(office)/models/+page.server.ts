import { redirect } from '@sveltejs/kit';
import { signedIn } from '#lib/accounts/guard.ts';
import type { Actor } from '#lib/accounts/actor.ts';
import { ACTS, findAct, hindrance } from '#lib/models/act.ts';
import { rightsOn } from '#lib/models/act.server.ts';
import {
	countByState,
	list,
	listRegistrationYears,
	MOST_COUNTED,
	type ListedRegistration
} from '#lib/models/list.server.ts';
import { STATES } from '#lib/models/model.ts';
import type { Db } from '#lib/server/db.ts';
import { chosenOrClosed } from '#lib/units/chosen.server.ts';
import { offerUnits, searchUnits } from '#lib/units/offer.server.ts';
import { formatNumber } from '#lib/vietnamese/format.ts';
import { listHref, NARROWING, readFilter } from './filter.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { db, ...locals }, url }) => {
	const actor = signedIn(locals);
	const unit = await chosenOrClosed(db, actor, url);
	const typed = await findTyped(db, actor, url);
	const filter = readFilter(url, unit.id);
	const [page, counts, years, offer] = await Promise.all([
		list(db, actor, filter),
		countByState(db, actor, filter),
		listRegistrationYears(db, actor, unit.id),
		offerUnits(db, actor, unit)
	]);
	const number = Math.max(1, Math.trunc(Number(url.searchParams.get('page'))) || 1);
	const rights = await rightsOn(db, actor, [...page.rows.map((row) => row.unitId), unit.id]);
	return {
		unit,
		offer,
		typed,
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

const NAME_LENGTH = 200;
const FOUND_AT_MOST = 8;

/**
 * The unit that was typed instead of chosen: leads to its list when there is one of that name or code, else answers what
 * was found; null when nothing was typed.
 */
async function findTyped(db: Db, actor: Actor, url: URL) {
	const text = (url.searchParams.get('named') ?? '').trim().slice(0, NAME_LENGTH);
	if (text === '') return null;
	const { found, total } = await searchUnits(db, actor, { text, limit: FOUND_AT_MOST });
	const [first] = found;
	if (first && (total === 1 || first.code.toLowerCase() === text.toLowerCase()))
		redirect(303, listHref(url, { unit: first.code }));
	return { text, total, units: found.map((unit) => ({ ...unit, href: listHref(url, { unit: unit.code }) })) };
}

/** Acts on a selection that at least one line of the page allows: the others would only be refused. */
function possibleActs(rows: readonly ListedRegistration[], rights: Awaited<ReturnType<typeof rightsOn>>) {
	const none = { write: false, review: false };
	return ACTS.filter((act) => act.bulk && rows.some((row) => !hindrance(act, row, rights.get(row.unitId) ?? none))).map(
		(act) => act.noun
	);
}

/** A search that finds more than are counted has all states to choose from, without their numbers. */
function tabsOf(url: URL, counts: Map<string, number> | null, current: string) {
	const states = STATES.filter((state) => !counts || counts.has(state) || state === current);
	const total = counts && [...counts.values()].reduce((sum, count) => sum + count, 0);
	return [
		{
			state: '',
			count: total === null ? `${formatNumber(MOST_COUNTED)}+` : formatNumber(total),
			href: listHref(url, { state: '' }),
			current: current === ''
		},
		...states.map((state) => ({
			state,
			...(counts && { count: formatNumber(counts.get(state) ?? 0) }),
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
