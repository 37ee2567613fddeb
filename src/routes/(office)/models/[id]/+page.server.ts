import { signedIn } from '#lib/accounts/guard.ts';
import { ACTS, hindrance, type Act, type Rights } from '#lib/models/act.ts';
import { rightsOn } from '#lib/models/act.server.ts';
import { list } from '#lib/models/attachment.server.ts';
import { life } from '#lib/models/life.ts';
import { get, type FullRegistration } from '#lib/models/list.server.ts';
import { findRecognised } from '#lib/models/public.server.ts';
import { listSites } from '#lib/newsroom/site.server.ts';
import { names } from '#lib/units/unit.server.ts';
import { recordId } from '../record.ts';
import { tell, unitsIn } from './history.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { db, ...locals }, params, url }) => {
	const actor = signedIn(locals);
	const registration = await get(db, actor, recordId(params.id));
	const { history, ...shown } = registration;
	const [rights, attachments, unitNames] = await Promise.all([
		rightsOn(db, actor, [registration.unitId]),
		list(db, registration.id),
		names(db, unitsIn(history))
	]);
	const isPublic =
		['recognised', 'ended'].includes(registration.state) && (await findRecognised(db, [registration.id])).size > 0;
	const mayIntroduce = isPublic && (await listSites(db, actor, 'newsroom.write')).length > 0;
	const acts = actsOn(registration, rights.get(registration.unitId) ?? { write: false, review: false });
	return {
		registration: shown,
		done: doneOf(url),
		attachments,
		acts,
		mayIntroduce,
		stages: life(
			registration,
			history.map(({ verb }) => verb)
		),
		told: tell(history, unitNames).reverse(),
		returnedBecause:
			registration.state === 'returned' ? (history.findLast(({ verb }) => verb === 'return')?.reason ?? null) : null
	};
};

/** Of which act this draft has just come. */
function doneOf(url: URL): 'continuation' | 'replication' | null {
	const done = url.searchParams.get('done');
	return done === 'continuation' || done === 'replication' ? done : null;
}

/** The form's own pages stand beside the acts that only ask and confirm. */
const CHANGES = [
	{ noun: 'edit', verb: 'edit', permission: 'model.write' },
	{ noun: 'correction', verb: 'correct', permission: 'model.review' }
] as const satisfies readonly Pick<Act, 'noun' | 'verb' | 'permission'>[];

function actsOn(registration: FullRegistration, rights: Rights) {
	return [...ACTS, ...CHANGES].map(({ noun, verb, permission }) => ({
		noun,
		verb,
		hindrance: hindrance({ verb, permission }, registration, rights)
	}));
}
