import { json } from '@sveltejs/kit';
import { signedIn } from '#lib/accounts/guard.ts';
import { branchesUnder } from '#lib/units/tree.server.ts';
import { getByCode } from '#lib/units/unit.server.ts';
import { askedDay, countsOf } from '../../counts.server.ts';
import type { RequestHandler } from './$types';

/** What stands directly under a unit on a day, for a tree that is being unfolded. */
export const GET: RequestHandler = async ({ locals: { db, ...locals }, params, url }) => {
	const actor = signedIn(locals);
	const day = askedDay(url);
	const unit = await getByCode(db, actor, params.code, day);
	const branches = await branchesUnder(db, unit.id, day);
	const counts = await countsOf(db, actor, { day, unitId: unit.id, among: branches.map((branch) => branch.id) });
	return json({ branches, counts: [...counts] });
};
