import { z } from 'zod';
import { Day, NOTHING, operation, pageOf, PAGING, UnitCode, UnitName, type Context } from '#lib/api/operation.ts';
import { today } from '#lib/server/clock.ts';
import { inTransaction } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { getByCode } from '#lib/units/unit.server.ts';
import { hold } from './change.server.ts';
import { draftTogether } from './draft-together.server.ts';
import { findDuplicates } from './duplicate.server.ts';
import { CURSOR, get, list, type FullRegistration, type ListedRegistration } from './list.server.ts';
import { CONTENTS, FIELDS, KINDS, LEVELS, NOVELTIES, STATES, SUBJECTS, TAGS } from './model.ts';
import { Id, Reason, RegistrationForm } from './model.schema.ts';
import { correct, draft, edit, type RegistrationInput } from './registration.server.ts';

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
const Fields = RegistrationForm.omit({ unitId: true }).extend({ unit: UnitCode, distinct: z.boolean().default(false) });
const isPast = ({ registeredOn }: { registeredOn: string | null }) => registeredOn === null || registeredOn <= today();
const FUTURE = { path: ['registeredOn'], message: 'field_day_future' };
const Registration = Fields.refine(isPast, FUTURE);
const Correction = Fields.extend({ reason: Reason }).refine(isPast, FUTURE);

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

/** Changes a registration that the caller has seen; locked before it is compared, so that nobody comes in between. */
async function changed(
	context: Context,
	{ id, sent }: { id: string; sent: z.output<typeof Registration> },
	run: (inside: Context, input: RegistrationInput) => Promise<unknown>
) {
	return inTransaction(context.db, async (tx) => {
		const inside = { ...context, db: tx };
		await hold(tx, id);
		const held = await get(tx, context.actor, id);
		context.match?.(full(held));
		await run(inside, await inputOf(inside, sent, held));
		return full(await get(tx, context.actor, id));
	});
}

export const MODEL_OPERATIONS = [
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
		run: async (context, { body }) => draft(context.db, context.actor, await inputOf(context, body)),
		together: (tx, asked) =>
			draftTogether(
				tx,
				asked.map(({ actor, body: { unit: code, distinct, ...input } }) => ({ actor, code, distinct, input }))
			)
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
		run: (context, { params: { id }, body }) =>
			changed(context, { id, sent: body }, (inside, input) => edit(inside.db, inside.actor, id, input))
	}),
	operation({
		name: 'models.correction',
		method: 'POST',
		path: '/models/{id}/correction',
		scope: 'model.review',
		matches: true,
		params: ById,
		query: NOTHING,
		body: Correction,
		answer: Full,
		run: (context, { params: { id }, body: { reason, ...sent } }) =>
			changed(context, { id, sent }, (inside, input) => correct(inside.db, inside.actor, { id, input, reason }))
	})
];
