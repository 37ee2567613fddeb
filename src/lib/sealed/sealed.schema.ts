import { z } from 'zod';
import { normalise } from '#lib/vietnamese/text.ts';

/** Shortest reason for opening an identity: a few words, not a dash. */
export const SHORTEST_REASON = 10;

/** What is kept of a person: names of fields → texts. A refusal never tells the texts. */
export const SealedFields = z
	.record(z.string().regex(/^[a-z][a-z_]{0,39}$/), z.string().min(1).max(4000))
	.refine((fields) => Object.keys(fields).length > 0 && Object.keys(fields).length <= 20);
export type SealedFields = z.output<typeof SealedFields>;

export const OpeningForm = z.strictObject({
	caseId: z.uuid('field_id_invalid'),
	reason: z
		.string()
		.transform(normalise)
		.pipe(z.string().min(SHORTEST_REASON, 'field_reason_short').max(500, 'field_too_long'))
});
