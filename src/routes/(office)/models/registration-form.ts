import { fail, type ActionFailure } from '@sveltejs/kit';
import { z } from 'zod';
import type { Actor } from '#lib/accounts/actor.ts';
import type { choices } from '#lib/models/choice.server.ts';
import { findDuplicates, type Candidate } from '#lib/models/duplicate.server.ts';
import type { ListedRegistration } from '#lib/models/list.server.ts';
import { Id, Reason, RegistrationForm } from '#lib/models/model.schema.ts';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { fields, parse, type Refusal } from '#lib/server/form.ts';
import { formatDay } from '#lib/vietnamese/format.ts';

const Sent = RegistrationForm.extend({
	key: Id,
	distinct: z.literal('on').optional(),
	intent: z.enum(['draft', 'submit']).default('draft'),
	reason: Reason.optional()
});
const Correction = Sent.extend({ reason: Reason });

export type RegistrationRefused = ActionFailure<Refusal & { duplicates?: Candidate[] }>;
type RegistrationSent = {
	input: RegistrationForm;
	key: string;
	submits: boolean;
	reason: string;
	values: Record<string, unknown>;
};
type Read = { ok: true; value: RegistrationSent } | { ok: false; failure: RegistrationRefused };

/** `held`: what the registration was before; its name has been looked at already. */
type Wanted = { held?: ListedRegistration; corrects?: boolean };

/** Reads the registration form; a day in the future and a like name that nobody has looked at stop it, with what was typed. */
export async function readRegistration(request: Request, given: Wanted & { db: Db; actor: Actor }): Promise<Read> {
	const data = await request.formData();
	const read = parse(data, given.corrects ? Correction : Sent);
	if (!read.ok) return { ok: false, failure: read.failure };
	const { key, distinct, intent, reason, ...input } = read.value;
	const values = fields(data);
	if (input.registeredOn && input.registeredOn > today()) {
		return { ok: false, failure: fail(400, { issues: { registeredOn: 'field_day_future' }, values }) };
	}
	if (!distinct && !isSameAs(input, given.held)) {
		const sought = { ...input, exceptModelId: given.held?.modelId };
		const duplicates = await findDuplicates(given.db, given.actor, sought);
		if (duplicates.length > 0) return { ok: false, failure: fail(409, { duplicates, values }) };
	}
	return { ok: true, value: { input, key, submits: intent === 'submit', reason: reason ?? '', values } };
}

function isSameAs(input: RegistrationForm, held: ListedRegistration | undefined): boolean {
	return held !== undefined && input.name === held.name && input.unitId === held.unitId && input.year === held.year;
}

/** A registration as the form shows it. */
export function valuesOf(registration: ListedRegistration & { tags: string[] }): Record<string, unknown> {
	const { unitId, year, level, kind, field, subject, novelty, name, place, note, contents, tags, registeredOn } =
		registration;
	const day = registeredOn ? formatDay(registeredOn) : '';
	return { unitId, year, level, kind, field, subject, novelty, name, place, note, contents, tags, registeredOn: day };
}

type Choices = Awaited<ReturnType<typeof choices>>;

/** The registration's own unit stays choosable for those who may change the registration but not begin one there. */
export function offerOwnUnit(offered: Choices, held: { unitId: string; unitCode: string; unitName: string }): Choices {
	if (offered.units.some(({ id }) => id === held.unitId)) return offered;
	return { ...offered, units: [{ id: held.unitId, code: held.unitCode, name: held.unitName }, ...offered.units] };
}
