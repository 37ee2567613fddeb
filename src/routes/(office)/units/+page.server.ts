import { may } from '#lib/units/authority.server.ts';
import { unitsWhere } from '#lib/accounts/actor.ts';
import { signedIn } from '#lib/accounts/guard.ts';
import { figureNamed } from '#lib/catalogue.ts';
import { askEach } from '#lib/figures/each.server.ts';
import { today } from '#lib/server/clock.ts';
import { problem } from '#lib/server/problem.ts';
import { tree } from '#lib/units/tree.server.ts';
import { listOwn } from '#lib/units/unit.server.ts';
import { typedDay } from '#lib/vietnamese/day.ts';
import { formatDay } from '#lib/vietnamese/format.ts';
import type { PageServerLoad } from './$types';

const SEARCH_LENGTH = 200;

export const load: PageServerLoad = async ({ locals: { db, ...locals }, url }) => {
	const actor = signedIn(locals);
	const typed = url.searchParams.get('on')?.trim() || today();
	const day = typedDay(typed);
	if (!day) throw problem('figure.day_invalid', { day: typed.slice(0, 40) });
	const search = (url.searchParams.get('q') ?? '').slice(0, SEARCH_LENGTH);
	const figure = figureNamed('models.registered');
	const period = { from: `${day.slice(0, 4)}-01-01`, asOf: day, structure: day };
	const tops = await listOwn(db, actor);
	if (tops.length === 0) throw problem('access.no_unit');
	// Who administers only sees the tree without the models.
	const counted = unitsWhere(actor, 'model.read').length > 0;
	const branches = await Promise.all(
		tops.map(async (top) => ({
			branch: await tree(db, top.id, { day, search }),
			counts:
				counted && figure.kind === 'flow'
					? await askEach(db, actor, { figure, question: { unitId: top.id, ...period } })
					: new Map<string, number>()
		}))
	);
	return {
		search,
		counted,
		day: formatDay(day),
		year: day.slice(0, 4),
		period,
		trees: branches.flatMap(({ branch, counts }) => (branch ? [{ branch, counts }] : [])),
		establishes: tops[0] ? await may(db, actor, 'unit.establish', tops[0].id) : false
	};
};
