import { z } from 'zod';
import type { Actor } from '#lib/accounts/actor.ts';
import { NOTHING, operation, UnitCode } from '#lib/api/operation.ts';
import { today } from '#lib/server/clock.ts';
import type { Db, Tx } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { getByCode } from '#lib/units/unit.server.ts';
import { ACTS, type Act } from './act.ts';
import { isPlain, perform, type PlainNoun } from './act.server.ts';
import type { Step } from './change.server.ts';
import { replicate } from './continuation.server.ts';
import { get } from './list.server.ts';
import { DecisionForm, Id, PointsForm, Reason, RegistrationForm } from './model.schema.ts';
import { appraise, findSheet, selfAssess } from './recognition.server.ts';
import { ACCEPTANCE, SUBMISSION } from './registration.server.ts';
import { changeTogether } from './together.server.ts';

const ById = z.strictObject({ id: Id });
const Made = z.strictObject({ id: z.uuid() });

const DecidedAgainst = DecisionForm.extend({ reason: Reason });
const Explained = z.strictObject({ reason: Reason });
const NO_DECISION = { number: null, decidedOn: '' };

type PlainAct = Act & { noun: PlainNoun };

/** What the page of the act asks, as a body. */
function bodyOf(act: PlainAct) {
	if (act.asks === 'decision') return act.reasonRequired ? DecidedAgainst : DecisionForm;
	return act.asks === 'reason' ? Explained : NOTHING;
}

const Selection = z.array(Id).min(1).max(500);
const Done = z.strictObject({ count: z.number().int() });

async function carryOut(
	{ db, actor }: { db: Db; actor: Actor },
	act: PlainAct,
	{ ids, ...said }: { ids: readonly string[]; reason?: string | null; decidedOn?: string; number?: string | null }
) {
	const { reason = null, number = null, decidedOn } = said;
	const decision = decidedOn === undefined ? NO_DECISION : { number, decidedOn, reason };
	await perform(db, actor, { noun: act.noun, ids, reason: reason ?? '', decision });
	return { count: new Set(ids).size };
}

const isPlainAct = (act: (typeof ACTS)[number]): act is (typeof ACTS)[number] & { noun: PlainNoun } =>
	isPlain(act.noun);
const PLAIN: readonly PlainAct[] = ACTS.filter(isPlainAct);

/** Steps that many programs' requests are done in together when they come at the same time. */
const STEPS: Partial<Record<PlainNoun, Step>> = { submission: SUBMISSION, acceptance: ACCEPTANCE };

function together(noun: PlainNoun) {
	const step = STEPS[noun];
	if (!step) return {};
	return {
		together: async (tx: Tx, asked: readonly { actor: Actor; params: z.output<typeof ById> }[]) => {
			const wishes = asked.map(({ actor, params: { id } }) => ({ actor, ids: [id] }));
			const done = await changeTogether(tx, wishes, step);
			return wishes.map((wish) => (done.has(wish) ? { count: 1 } : null));
		}
	};
}

/** Every act that asks no more than a reason or a decision, on one registration … */
const ONE = PLAIN.map((act) =>
	operation({
		name: `models.${act.noun}`,
		method: 'POST',
		path: `/models/{id}/${act.noun}`,
		scope: act.permission === 'model.review' ? 'model.review' : 'model.write',
		params: ById,
		query: NOTHING,
		body: bodyOf(act),
		answer: Done,
		run: (context, { params: { id }, body }) => carryOut(context, act, { ...body, ids: [id] }),
		...together(act.noun)
	})
);

/** … or on many alike, all or none. */
const MANY = PLAIN.filter((act) => act.bulk).map((act) =>
	operation({
		name: `models.bulk_${act.noun}`,
		method: 'POST',
		path: `/models/bulk/${act.noun}`,
		scope: act.permission === 'model.review' ? 'model.review' : 'model.write',
		params: NOTHING,
		query: NOTHING,
		body: bodyOf(act).extend({ ids: Selection }),
		answer: Done,
		run: (context, { body }) => carryOut(context, act, body)
	})
);

/** A score sheet filled in. Numbers, where the form has them as they are typed. */
const Marks = PointsForm.omit({ key: true }).extend({
	points: z.record(z.string().max(60), z.number().min(0).max(1000).multipleOf(0.01))
});

const MARKING = (
	[
		['self-assessment', selfAssess, 'model.write'],
		['appraisal', appraise, 'model.review']
	] as const
).map(([noun, mark, scope]) =>
	operation({
		name: `models.${noun.replace('-', '_')}`,
		method: 'POST',
		path: `/models/{id}/${noun}`,
		scope,
		params: ById,
		query: NOTHING,
		body: Marks,
		answer: Done,
		run: ({ db, actor }, { params: { id }, body }) => mark(db, actor, id, body)
	})
);

const Sheet = z.strictObject({
	name: z.string(),
	law: z.string(),
	passMark: z.number(),
	/** Without points: what vetoes, named in `vetoes` where it applies. */
	criteria: z.array(z.strictObject({ code: z.string(), name: z.string(), points: z.number().nullable() }))
});

export const ACT_OPERATIONS = [
	...ONE,
	...MANY,
	operation({
		name: 'models.score_sheet',
		method: 'GET',
		path: '/models/{id}/score-sheet',
		scope: 'model.read',
		params: ById,
		query: NOTHING,
		body: NOTHING,
		answer: Sheet,
		run: async ({ db, actor }, { params }) => {
			const { level, registeredOn } = await get(db, actor, params.id);
			const sheet = await findSheet(db, level, registeredOn ?? today());
			if (!sheet) throw problem('model.no_score_sheet', { level });
			const { name, law, passMark, criteria } = sheet;
			return { name, law, passMark, criteria };
		}
	}),
	...MARKING,
	operation({
		name: 'models.replication',
		method: 'POST',
		path: '/models/{id}/replication',
		scope: 'model.write',
		creates: true,
		makes: '/models',
		params: ById,
		query: NOTHING,
		body: z.strictObject({ unit: UnitCode, year: RegistrationForm.shape.year }),
		answer: Made,
		run: async ({ db, actor }, { params: { id }, body: { unit, year } }) => {
			const { id: unitId } = await getByCode(db, actor, unit);
			return replicate(db, actor, { id, unitId, year });
		}
	})
];
