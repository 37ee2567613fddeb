import { z } from 'zod';
import { normalise } from '#lib/vietnamese/text.ts';
import { NAME_AT_MOST, REASONS, REPORT_REASONS, TEXT_AT_MOST } from './comment.ts';

/** What the forms about comments may say. Messages are keys. */

/** Marks heaped on one letter run over the lines around it; no language of ours needs more than two. */
const HEAPED = /\p{M}{4,}/u;

/** Lines stay, empty ones beyond one do not. */
const tidied = (text: string) =>
	text
		.normalize('NFC')
		.split(/\r\n?|\n/)
		.map(normalise)
		.join('\n')
		.replace(/\n{3,}/g, '\n\n')
		.trim();

const clear = (value: string) => !HEAPED.test(value.normalize('NFC'));

const Name = z
	.string()
	.max(1000, 'field_too_long')
	.transform(normalise)
	.pipe(
		z
			.string()
			.max(NAME_AT_MOST, 'field_too_long')
			.refine((value) => /\p{L}.*\p{L}/u.test(value), 'field_required')
			.refine(clear, 'field_signs_refused')
	);

const lines = (most: number) =>
	z
		.string()
		.max(4 * most, 'field_too_long')
		.transform(tidied)
		.pipe(z.string().max(most, 'field_too_long').refine(clear, 'field_signs_refused'));

/** A box that people do not see and leave empty; programs fill in what they find. */
const Trap = z.string().max(0, 'field_trap').default('');

/** `pass`: from the page or its script; empty the first time where there is no script. */
const PASS = {
	website: Trap,
	pass: z.string().max(300, 'field_too_long').default(''),
	solution: z
		.string()
		.regex(/^\d{0,12}$/, 'field_too_long')
		.default('')
};

export const CommentForm = z.strictObject({
	name: Name,
	text: lines(TEXT_AT_MOST).refine((value) => value !== '', 'field_required'),
	consent: z.literal('on', 'field_consent_needed'),
	...PASS
});
export type CommentForm = z.output<typeof CommentForm>;

export const ReportForm = z.strictObject({ reason: z.enum(REPORT_REASONS, 'field_choose'), ...PASS });
export type ReportForm = z.output<typeof ReportForm>;

const Ids = z.array(z.uuid('field_id_invalid')).min(1, 'field_choose').max(100, 'field_too_long');
/** `only`: the button beside one comment, whatever else is ticked. */
const Chosen = { id: Ids.optional(), only: z.uuid('field_id_invalid').optional() };
const Because = {
	reason: z.enum(REASONS, 'field_choose'),
	note: lines(500)
		.transform((value) => value || null)
		.default(null)
};

const chosen = <T extends { id?: string[] | undefined; only?: string | undefined }>({ id, only, ...rest }: T) => ({
	...rest,
	ids: only ? [only] : [...new Set(id ?? [])]
});

/** The list is one form: what stands in its other folds is sent along. */
const Along = {
	reason: z.string().max(40).optional(),
	note: z.string().max(2000).optional(),
	reply: z.string().max(8000).optional()
};
export const AcceptForm = z.strictObject({ ...Chosen, ...Along }).transform(chosen);
export const RefuseForm = z
	.strictObject({ ...Chosen, ...Along, ...Because })
	.transform(chosen)
	.refine(({ reason, note }) => reason !== 'other' || note !== null, { path: ['note'], message: 'field_required' });
export const BecauseForm = z
	.strictObject(Because)
	.refine(({ reason, note }) => reason !== 'other' || note !== null, { path: ['note'], message: 'field_required' });
const Reply = { reply: lines(TEXT_AT_MOST).refine((value) => value !== '', 'field_required') };
export const ReplyForm = z.strictObject(Reply);
export const RepliesForm = z.strictObject({ ...Chosen, ...Along, ...Reply }).transform(chosen);
