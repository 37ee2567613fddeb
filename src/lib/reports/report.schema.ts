import { z } from 'zod';
import { typedDay } from '#lib/vietnamese/day.ts';
import { normalise } from '#lib/vietnamese/text.ts';
import { bodySchema } from './document.ts';
import type { Letterhead } from './letterhead.ts';
import { readNumber } from './report.ts';

/** What forms of reports may contain. Messages are keys, translated where they are shown. */

const Day = z.iso.date('field_day_invalid');
const Code = z.string().regex(/^[a-z][a-z0-9-]{1,39}$/, 'field_code_invalid');
const text = (most: number) => z.string().transform(normalise).pipe(z.string().max(most, 'field_too_long'));
const required = (most: number) => text(most).refine((value) => value !== '', 'field_required');

/** Days are typed as officials write them: 15/6/2024; scripts write 2024-06-15. */
const TypedDay = z
	.string()
	.max(20, 'field_day_invalid')
	.transform((typed) => typedDay(typed) ?? '')
	.pipe(Day);

const OptionalDay = z.union([z.literal('').transform(() => undefined), TypedDay]).optional();

export const NewReportForm = z.strictObject({
	template: Code,
	asOf: TypedDay,
	from: OptionalDay,
	structure: z.enum(['then', 'now'], 'field_choose').default('then'),
	structureOn: OptionalDay
});

const lines = (most: number) =>
	z
		.string()
		.max(most * 300, 'field_too_long')
		.transform((value) =>
			value
				.split(/\r?\n/)
				.map(normalise)
				.filter((line) => line !== '')
		)
		.pipe(z.array(z.string().max(300, 'field_too_long')).max(most, 'field_too_long'));

/** The parts of a letterhead that are typed; number, day and signer come with the signature. */
export const LetterheadForm = z.strictObject({
	superior: text(200),
	issuer: required(200),
	typeCode: required(10),
	issuerCode: required(20),
	place: required(100),
	typeName: required(60),
	abstract: lines(4),
	recipients: lines(12),
	onBehalfOf: text(100),
	deputyFor: text(100),
	title: required(100)
});

/** What was typed, over what a letterhead keeps: number, day and signer. */
export function typedLetterhead(typed: z.output<typeof LetterheadForm>, kept: Letterhead): Letterhead {
	const { superior, onBehalfOf, deputyFor, title, ...rest } = typed;
	return {
		...kept,
		...rest,
		superior: superior || null,
		signature: { ...kept.signature, onBehalfOf: onBehalfOf || null, deputyFor: deputyFor || null, title }
	};
}

/** The editor sends its text as JSON in one field. */
const Body = z
	.string()
	.max(5_000_000, 'field_too_long')
	.transform((value, context) => {
		try {
			const read: unknown = JSON.parse(value);
			return read;
		} catch {
			// Not JSON: a field mistake like any other.
			context.addIssue({ code: 'custom', message: 'report_body_invalid' });
			return z.NEVER;
		}
	})
	.pipe(bodySchema);

export const EditForm = z.strictObject({
	version: z.coerce.number().int().min(1),
	body: Body,
	letterhead: LetterheadForm.optional()
});

export const TemplateForm = z.strictObject({
	version: z.coerce.number().int().min(1),
	name: required(200),
	family: z.enum(['party', 'state'], 'field_choose'),
	body: Body,
	letterhead: LetterheadForm
});

export const ReturnForm = z.strictObject({
	paragraphId: z.string('field_choose').regex(/^[a-z0-9]{1,12}$/, 'field_choose'),
	reason: required(2000)
});

export const SignForm = z.strictObject({
	number: z
		.string()
		.max(60)
		.transform((value, context) => {
			const read = readNumber(value);
			if (!read) context.addIssue({ code: 'custom', message: 'field_number_invalid' });
			return read ?? z.NEVER;
		}),
	signedOn: TypedDay,
	signerName: required(120)
});

export const PeriodForm = z
	.strictObject({
		id: z.uuid('field_id_invalid').optional(),
		code: Code,
		name: required(200),
		beginsOn: TypedDay,
		cutOffOn: TypedDay,
		endsOn: TypedDay,
		dueOn: TypedDay
	})
	.refine((period) => period.beginsOn <= period.cutOffOn, { path: ['cutOffOn'], message: 'field_before_begin' })
	.refine((period) => period.cutOffOn <= period.endsOn, { path: ['endsOn'], message: 'field_before_cut_off' })
	.refine((period) => period.cutOffOn <= period.dueOn, { path: ['dueOn'], message: 'field_before_cut_off' });

export const NarrativeForm = z.strictObject({
	code: Code,
	beginsOn: Day,
	section: z.string().regex(/^[a-z][a-z0-9_-]{0,39}$/),
	text: z
		.string()
		.max(10_000, 'field_too_long')
		.refine((value) => normalise(value) !== '', 'field_required')
});

export const JudgeForm = z.strictObject({ id: z.uuid('field_id_invalid') });
export const NarrativeReturnForm = z.strictObject({ id: z.uuid('field_id_invalid'), reason: required(2000) });
