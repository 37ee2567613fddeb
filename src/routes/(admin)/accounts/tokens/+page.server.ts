import { unitsWhere } from '#lib/accounts/actor.ts';
import { signedIn } from '#lib/accounts/guard.ts';
import * as tokens from '#lib/accounts/token.server.ts';
import { problem } from '#lib/server/problem.ts';
import { lineOf } from '../../../token-line.ts';
import { revokeToken } from '../../../token-revocation.server.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { db, ...locals } }) => {
	const actor = signedIn(locals);
	if (unitsWhere(actor, 'account.manage').length === 0) throw problem('access.denied');
	return { tokens: (await tokens.listManaged(db, actor)).map(lineOf) };
};

export const actions: Actions = {
	revoke: revokeToken
};
