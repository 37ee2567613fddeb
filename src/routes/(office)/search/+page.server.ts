import { signedIn } from '#lib/accounts/guard.ts';
import { find } from './find.server.ts';
import type { PageServerLoad } from './$types';

const LENGTH = 200;

export const load: PageServerLoad = async ({ locals: { db, ...locals }, url }) => {
	const actor = signedIn(locals);
	const text = (url.searchParams.get('q') ?? '').trim().slice(0, LENGTH);
	return { text, groups: await find(db, actor, text) };
};
