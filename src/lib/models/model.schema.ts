import { z } from 'zod';
import { Day } from '#lib/vietnamese/day.schema.ts';
import { normalise } from '#lib/vietnamese/text.ts';
import { CONTENTS, FIELDS, KINDS, LEVELS, NOVELTIES, SUBJECTS, TAGS } from './model.ts';

/** What a form, an API call or a row may contain: one schema for all. Messages are keys, translated where they are shown. */

export const Id = z.uuid('field_id_invalid');

const text = (most: number) => z.string().transform(normalise).pipe(z.string().max(most, 'field_too_long'));
const optional = (most: number) => text(most).transform((value) => value || null);

/** Text of several lines, each as it is stored. */
const prose = (most: number) =>
	z
		.string()
		.transform((value) => value.split(/\r?\n/).map(normalise).join('\n').trim())
		.pipe(z.string().max(most, 'field_too_long'));

/** Markup in a name is a sign of a paste gone wrong; it is refused rather than shown. */
const Name = text(500)
	.refine((value) => value.length > 0, 'field_required')
	.refine((value) => !/<[^>]*>/.test(value), 'field_markup');

export const RegistrationForm = z.strictObject({
	unitId: Id,
	year: z.coerce.number().int().min(1990, 'field_year_invalid').max(2200, 'field_year_invalid'),
	level: z.enum(LEVELS, 'field_choose'),
	kind: z.enum(KINDS, 'field_choose').default('model'),
	field: z.enum(FIELDS, 'field_choose'),
	subject: z.enum(SUBJECTS, 'field_choose'),
	novelty: z.enum(NOVELTIES, 'field_choose'),
	name: Name,
	place: optional(200).default(null),
	note: optional(1000).default(null),
	registeredOn: z
		.union([z.literal('').transform(() => null), Day])
		.nullable()
		.default(null),
	contents: z.partialRecord(z.enum(CONTENTS), prose(5000)).default({}),
	tags: z.array(z.enum(TAGS)).max(TAGS.length).default([])
});
export type RegistrationForm = z.infer<typeof RegistrationForm>;

export const Reason = text(2000).refine((value) => value.length > 0, 'field_required');

export const DecisionForm = z.strictObject({
	number: optional(60).default(null),
	decidedOn: Day,
	reason: optional(2000).default(null)
});

/** Points as people write them: "18" or "18,5". */
const PointsText = z
	.string()
	.max(8, 'field_points_invalid')
	.transform((typed) => typed.trim().replace(',', '.'))
	.refine((typed) => typed !== '', 'field_required')
	.refine((typed) => typed === '' || /^\d+(\.\d{1,2})?$/.test(typed), 'field_points_invalid')
	.transform(Number);

const Code = z.string().max(60);

/** A score sheet filled in: points by the code of the criterion, and the vetoes that apply. */
export const PointsForm = z.strictObject({
	key: Id,
	points: z.record(Code, PointsText).default({}),
	vetoes: z.array(Code).max(100).default([]),
	remark: optional(2000).default(null)
});

export const ReplicationForm = z.strictObject({ key: Id, unitId: Id, year: RegistrationForm.shape.year });

export const AttachmentForm = z.strictObject({
	file: z.instanceof(File, { error: 'field_required' }),
	caption: optional(300).default(null)
});
export const DetachmentForm = z.strictObject({ fileId: Id });
