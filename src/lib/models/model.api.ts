import { z } from 'zod';
import type { Actor } from '#lib/accounts/actor.ts';
import { Day, NOTHING, operation, pageOf, PAGING, UnitCode, UnitName, type Context } from '#lib/api/operation.ts';
import { today } from '#lib/server/clock.ts';
import { inTransaction, type Db } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { getByCode } from '#lib/units/unit.server.ts';
import { ACTS, type Act } from './act.ts';
import { isPlain, perform, type PlainNoun } from './act.server.ts';
import { hold } from './change.server.ts';
import { findDuplicates } from './duplicate.server.ts';
import { CURSOR, get, list, type FullRegistration, type ListedRegistration } from './list.server.ts';
import { CONTENTS, FIELDS, KINDS, LEVELS, NOVELTIES, STATES, SUBJECTS, TAGS } from './model.ts';
import { DecisionForm, Id, Reason, RegistrationForm } from './model.schema.ts';
import { draft, edit } from './registration.server.ts';

const ById = z.strictObject({ id: Id });

const Model = z.strictObject({
	id: z.uuid(),
	modelId: z.uuid(),
	previousId: z.uuid().nullable(),
	unit: UnitName,
	year: z.number().int(),
	level: z.enum(LEVELS),
	kind: z.enum(KINDS),
	field: z.enum(FIELDS),
	subject: z.enum(SUBJECTS),
	novelty: z.enum(NOVELTIES),
	state: z.enum(STATES),
	name: z.string(),
	place: z.string().nullable(),
	note: z.string().nullable(),
	registeredOn: Day.nullable(),
	score: z.number().nullable(),
	passed: z.boolean().nullable(),
	honours: z.array(z.string()),
	continued: z.boolean()
});

const Related = z.strictObject({ id: z.uuid(), name: z.string(), unit: z.string() });
const Full = Model.extend({
	contents: z.partialRecord(z.enum(CONTENTS), z.string()),
	tags: z.array(z.enum(TAGS).or(z.string())),
	appraisals: z.array(
		z.strictObject({
			stage: z.enum(['self', 'appraisal']),
			points: z.record(z.string(), z.number()),
			vetoes: z.array(z.string()),
			total: z.number(),
			passed: z.boolean(),
			remark: z.string().nullable(),
			at: z.iso.datetime()
		})
	),
	decisions: z.array(
		z.strictObject({ what: z.string(), number: z.string().nullable(), on: Day, note: z.string().nullable() })
	),
	years: z.array(
		z.strictObject({
			id: z.uuid(),
			year: z.number().int(),
			level: z.enum(LEVELS),
			state: z.enum(STATES),
			score: z.number().nullable()
		})
	),
	replicatedFrom: Related.nullable(),
	replicas: z.array(Related),
	history: z.array(
		z.strictObject({ verb: z.string(), by: z.string(), at: z.iso.datetime(), reason: z.string().nullable() })
	)
});

function listed(row: ListedRegistration): z.input<typeof Model> {
	const { id, modelId, previousId, year, level, kind, field, subject, novelty, state, name, place, note } = row;
	const { registeredOn, score, passed, honours, continued } = row;
	const unit = { code: row.unitCode, name: row.unitName };
	const said = { id, modelId, previousId, unit, year, level, kind, field, subject, novelty, state, name, place, note };
	return { ...said, registeredOn, score, passed, honours, continued };
}

function full(found: FullRegistration): z.input<typeof Full> {
	const related = (copy: FullRegistration['replicas'][number]) => ({
		id: copy.registrationId,
		name: copy.name,
		unit: copy.unitName
	});
	return {
		...listed(found),
		contents: found.contents,
		tags: found.tags,
		appraisals: found.appraisals.map((appraisal) => ({ ...appraisal, at: appraisal.at.toISOString() })),
		decisions: found.decisions,
		years: found.years,
		replicatedFrom: found.replicatedFrom && related(found.replicatedFrom),
		replicas: found.replicas.map(related),
		history: found.history.map(({ verb, actorName, actedAt, reason }) => ({
			verb,
			by: actorName,
			at: actedAt.toISOString(),
			reason
		}))
	};
}

const Cursor = z.string().regex(CURSOR).optional();

/** The form of a registration, its unit by code. `distinct`: somebody looked, and it is another model in spite of its name. */
const Registration = RegistrationForm.omit({ unitId: true })
	.extend({ unit: UnitCode, distinct: z.boolean().default(false) })
	.refine(({ registeredOn }) => registeredOn === null || registeredOn <= today(), {
		path: ['registeredOn'],
		message: 'field_day_future'
	});

async function inputOf(
	{ db, actor }: Context,
	{ unit, distinct, ...input }: z.output<typeof Registration>,
	held?: FullRegistration
) {
	const { id: unitId } = await getByCode(db, actor, unit);
	const isLookedAt = distinct || (held?.name === input.name && held.unitId === unitId && held.year === input.year);
	const sought = { name: input.name, unitId, year: input.year, exceptModelId: held?.modelId };
	const [alike] = isLookedAt ? [] : await findDuplicates(db, actor, sought);
	if (alike) throw problem('model.name_alike', { name: alike.name, id: alike.id });
	return { ...input, unitId };
}

const RECORDS = [
	operation({
		name: 'models.list',
		method: 'GET',
		path: '/models',
		scope: 'model.read',
		isPaged: true,
		params: NOTHING,
		query: z.strictObject({
			unit: UnitCode,
			year: RegistrationForm.shape.year.optional(),
			level: z.enum(LEVELS).optional(),
			field: z.enum(FIELDS).optional(),
			state: z.enum(STATES).optional(),
			novelty: z.enum(NOVELTIES).optional(),
			subject: z.enum(SUBJECTS).optional(),
			q: z.string().max(200).optional(),
			...PAGING,
			cursor: Cursor
		}),
		body: NOTHING,
		answer: pageOf(Model),
		run: async ({ db, actor }, { query: { unit, q, limit, cursor, ...filter } }) => {
			const { id: unitId } = await getByCode(db, actor, unit);
			const page = await list(db, actor, { ...filter, unitId, search: q ?? null, after: cursor ?? null, limit });
			return { items: page.rows.map(listed), next: page.next };
		}
	}),
	operation({
		name: 'models.get',
		method: 'GET',
		path: '/models/{id}',
		scope: 'model.read',
		params: ById,
		query: NOTHING,
		body: NOTHING,
		answer: Full,
		run: async ({ db, actor }, { params }) => full(await get(db, actor, params.id))
	}),
	operation({
		name: 'models.draft',
		method: 'POST',
		path: '/models',
		scope: 'model.write',
		creates: true,
		params: NOTHING,
		query: NOTHING,
		body: Registration,
		answer: z.strictObject({ id: z.uuid() }),
		run: async (context, { body }) => draft(context.db, context.actor, await inputOf(context, body))
	}),
	operation({
		name: 'models.edit',
		method: 'PUT',
		path: '/models/{id}',
		scope: 'model.write',
		matches: true,
		params: ById,
		query: NOTHING,
		body: Registration,
		answer: Full,
		run: async (context, { params: { id }, body }) =>
			inTransaction(context.db, async (tx) => {
				// Locked before it is compared, so that nobody changes it between the comparison and the change.
				await hold(tx, id);
				const held = await get(tx, context.actor, id);
				context.match?.(full(held));
				await edit(tx, context.actor, id, await inputOf({ ...context, db: tx }, body, held));
				return full(await get(tx, context.actor, id));
			})
	})
];

const Decided = DecisionForm;
const DecidedAgainst = DecisionForm.extend({ reason: Reason });
const Explained = z.strictObject({ reason: Reason });
const NO_DECISION = { number: null, decidedOn: '' };

type PlainAct = Act & { noun: PlainNoun };

/** What the page of the act asks, as a body. */
function bodyOf(act: PlainAct) {
	if (act.asks === 'decision') return act.reasonRequired ? DecidedAgainst : Decided;
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
		run: (context, { params: { id }, body }) => carryOut(context, act, { ...body, ids: [id] })
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

export const MODEL_OPERATIONS = [...RECORDS, ...ONE, ...MANY];
