import { unitsWhere } from '#lib/accounts/actor.ts';
import { signedIn } from '#lib/accounts/guard.ts';
import { RevocationForm } from '#lib/accounts/token.schema.ts';
import * as tokens from '#lib/accounts/token.server.ts';
import { attempt, parse } from '#lib/server/form.ts';
import { problem } from '#lib/server/problem.ts';
import { lineOf } from '../../../token-line.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { db, ...locals } }) => {
	const actor = signedIn(locals);
	if (unitsWhere(actor, 'account.manage').length === 0) throw problem('access.denied');
	return { tokens: (await tokens.listManaged(db, actor)).map(lineOf) };
};

export const actions: Actions = {
	revoke: async ({ locals: { db, ...locals }, request }) => {
		const actor = signedIn(locals);
		const read = parse(await request.formData(), RevocationForm);
		if (!read.ok) return read.failure;
		const run = async () => {
			await tokens.revoke(db, actor, read.value.tokenId);
			return { isRevoked: true };
		};
		return attempt(run);
	}
};
