import { signedIn } from '#lib/accounts/guard.ts';
import { listSheets } from '#lib/models/recognition.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { db, ...locals } }) => {
	signedIn(locals);
	return { sheets: await listSheets(db) };
};
