import { z } from 'zod';
import { Day } from '#lib/vietnamese/day.schema.ts';
import { normalise } from '#lib/vietnamese/text.ts';
import { SCOPES } from './token.ts';

/** What the forms of tokens may contain. Messages are keys, translated where they are shown. */

export const TokenForm = z.strictObject({
	name: z.string().transform(normalise).pipe(z.string().min(1, 'field_required').max(80, 'field_too_long')),
	unitId: z.uuid('field_choose'),
	scopes: z
		.array(z.enum(SCOPES, 'field_choose'), 'field_choose')
		.min(1, 'field_choose')
		.max(SCOPES.length)
		.transform((scopes) => [...new Set(scopes)]),
	lastDay: Day
});

export const RevocationForm = z.strictObject({ tokenId: z.uuid('field_id_invalid') });
