import { z } from 'zod';
import { DayOrNone } from '#lib/vietnamese/day.schema.ts';
import { normalise } from '#lib/vietnamese/text.ts';
import { BYLINE_KINDS, KINDS } from './article.ts';
import { BODY_CHARACTERS_AT_MOST, bodySchema } from './body.ts';

/** What a form or an API call may say about an article: one schema for both. Messages are keys. */

export const Id = z.uuid('field_id_invalid');
export const text = (most: number) => z.string().transform(normalise).pipe(z.string().max(most, 'field_too_long'));
export const required = (most: number) => text(most).refine((value) => value !== '', 'field_required');
export const optional = (most: number) => text(most).transform((value) => value || null);
export const Flag = z
	.union([z.boolean(), z.literal('on').transform(() => true), z.literal('').transform(() => false)])
	.default(false);

/** An address of the web; empty is none. */
export const Url = z
	.string()
	.trim()
	.max(2000, 'field_too_long')
	.refine((value) => value === '' || /^https?:\/\/[^\s<>"]+$/i.test(value), 'field_url_invalid')
	.transform((value) => value || null);

const Slug = z
	.string()
	.trim()
	.toLowerCase()
	.max(120, 'field_too_long')
	.refine((value) => value === '' || /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(value), 'field_slug_invalid')
	.transform((value) => value || null);

export const Reason = required(2000);

/** The page of a model, in the office or in the public register, or its number: what stands last in its address. */
export const ModelAddress = z
	.string()
	.trim()
	.max(500, 'field_too_long')
	.transform(
		(value) => /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?=\W*$)/i.exec(value.split(/[?#]/)[0] ?? '')?.[0] ?? ''
	)
	.refine((id) => id !== '', 'field_model_address');

/** "dân chủ cơ sở, Nghệ An": tags with commas between, each once. */
const Tags = z
	.string()
	.max(1000, 'field_too_long')
	.transform((value) => [...new Set(value.split(',').map(normalise))].filter((tag) => tag !== ''))
	.pipe(z.array(z.string().max(60, 'field_too_long')).max(20, 'field_too_long'));

/** The editor sends its text as JSON in one field. */
const BodyText = z
	.string()
	.max(BODY_CHARACTERS_AT_MOST, 'field_too_long')
	.transform((value, context) => {
		try {
			const read: unknown = JSON.parse(value);
			return read;
		} catch {
			// Not JSON: a field mistake like any other.
			context.addIssue({ code: 'custom', message: 'article_body_invalid' });
			return z.NEVER;
		}
	})
	.pipe(bodySchema);

const BYLINE = {
	bylineKind: z.enum(BYLINE_KINDS, 'field_choose').default('person'),
	bylineName: text(200).default(''),
	bylinePost: optional(200).default(null)
};
const SOURCE = {
	sourceName: optional(200).default(null),
	sourceUrl: Url.default(null),
	isSourceCanonical: Flag
};

/** Everything about an article but its body. A draft may lack any of it. */
export const ArticleFields = z.strictObject({
	headline: text(300).default(''),
	lead: text(1500).default(''),
	kind: z.enum(KINDS, 'field_choose').default('news'),
	sectionId: z
		.union([z.literal('').transform(() => null), Id])
		.nullable()
		.default(null),
	tags: z.union([Tags, z.array(required(60)).max(20)]).default([]),
	eventOn: DayOrNone.nullable().default(null),
	...BYLINE,
	...SOURCE,
	coverId: z
		.union([z.literal('').transform(() => null), Id])
		.nullable()
		.default(null),
	slug: Slug.nullable().default(null)
});

export const SaveForm = ArticleFields.extend({
	version: z.coerce.number().int().min(1),
	automatic: Flag,
	body: BodyText.optional(),
	/** What is typed where there is no script; taken where `body` is absent. */
	markup: z.string().max(BODY_CHARACTERS_AT_MOST, 'field_too_long').optional()
});

/** A day and a time as the two fields of a form have them, in Viet Nam's time; both empty: now. */
export const PublicationForm = z.strictObject({
	day: DayOrNone.default(null),
	time: z
		.string()
		.trim()
		.regex(/^$|^([01]?\d|2[0-3])[:hg.][0-5]\d$/, 'field_time_invalid')
		.default('')
});

/** The instant that a day and a time in Viet Nam mean; null: now. */
export function instantOf({ day, time }: z.output<typeof PublicationForm>): Date | null {
	if (!day) return null;
	const [hours = '0', minutes = '00'] = (time || '0:00').split(/[:hg.]/);
	return new Date(`${day}T${hours.padStart(2, '0')}:${minutes}:00+07:00`);
}

/** Another address for an article. */
export const AddressForm = z.strictObject({
	slug: Slug.refine((slug) => slug !== null, 'field_required').transform((slug) => slug ?? '')
});

export const ReasonForm = z.strictObject({ reason: Reason });
export const NoteForm = z.strictObject({ note: Reason });
