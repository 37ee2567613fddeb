import { signedIn } from '#lib/accounts/guard.ts';
import { breakdown } from './breakdown.server.ts';
import { ledgerPanel } from './ledger.server.ts';
import { readQuestion } from './question.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const actor = signedIn(locals);
	const asked = await readQuestion(locals.db, actor, { name: params.name, url });
	const [panel, parts] = await Promise.all([ledgerPanel(locals.db, actor, asked), breakdown(locals.db, actor, asked)]);
	return { panel, parts, question: asked.address };
};
