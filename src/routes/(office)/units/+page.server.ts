import { may } from '#lib/units/authority.server.ts';
import { signedIn } from '#lib/accounts/guard.ts';
import { problem } from '#lib/server/problem.ts';
import { searchTree, shownOf, tree } from '#lib/units/tree.server.ts';
import { listOwn } from '#lib/units/unit.server.ts';
import { formatDay } from '#lib/vietnamese/format.ts';
import { askedDay, counts, countsOf, periodOf } from './counts.server.ts';
import type { PageServerLoad } from './$types';

const SEARCH_LENGTH = 200;
const OPENED_AT_MOST = 50;

export const load: PageServerLoad = async ({ locals: { db, ...locals }, url }) => {
	const actor = signedIn(locals);
	const day = askedDay(url);
	const search = (url.searchParams.get('q') ?? '').trim().slice(0, SEARCH_LENGTH);
	const open = url.searchParams.getAll('open').slice(0, OPENED_AT_MOST);
	const tops = await listOwn(db, actor);
	if (tops.length === 0) throw problem('access.no_unit');
	const branches = await Promise.all(
		tops.map(async (top) => {
			const branch = await (search ? searchTree(db, top.id, { day, search }) : tree(db, top.id, { day, open }));
			return branch
				? [{ branch, counts: await countsOf(db, actor, { day, unitId: top.id, among: shownOf(branch) }) }]
				: [];
		})
	);
	return {
		search,
		counted: counts(actor),
		day: formatDay(day),
		year: day.slice(0, 4),
		period: periodOf(day),
		trees: branches.flat(),
		establishes: tops[0] ? await may(db, actor, 'unit.establish', tops[0].id) : false
	};
};
