import { getLocale } from '#lib/paraglide/runtime.js';
import { listProcessing, listRules } from '#lib/privacy/register.server.ts';
import type { PageServerLoad } from './$types';

/** For everybody, signed in or not: it tells what is processed, and no data. */
export const load: PageServerLoad = async ({ locals: { db, ...locals } }) => ({
	processing: await listProcessing(db, getLocale()),
	rules: await listRules(db),
	signedIn: locals.actor !== undefined
});
