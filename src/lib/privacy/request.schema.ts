import { z } from 'zod';
import { normalise } from '#lib/vietnamese/text.ts';

export const REQUEST_KINDS = ['correction', 'erasure', 'objection'] as const;

const text = (most: number) =>
	z.string().transform(normalise).pipe(z.string().min(1, 'field_required').max(most, 'field_too_long'));

export const RequestForm = z.strictObject({ kind: z.enum(REQUEST_KINDS, 'field_choose'), wish: text(2000) });

/** `name` and `email`: as they are to be from now on, for a correction. */
export const StepForm = z.strictObject({
	requestId: z.uuid('field_id_invalid'),
	note: text(2000),
	name: text(120).optional(),
	email: z
		.string()
		.transform((value) => normalise(value).toLowerCase())
		.pipe(z.email('field_email_invalid').max(254, 'field_too_long'))
		.optional()
});
export type Step = z.output<typeof StepForm>;
