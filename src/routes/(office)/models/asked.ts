import { z } from 'zod';
import type { Act } from '#lib/models/act.ts';
import type { Asked } from '#lib/models/act.server.ts';
import { DecisionForm, Id, Reason } from '#lib/models/model.schema.ts';
import { parse } from '#lib/server/form.ts';

const Confirmed = z.strictObject({ key: Id });
const WithReason = z.strictObject({ key: Id, reason: Reason });
const Decided = DecisionForm.extend({ key: Id });
const DecidedAgainst = Decided.extend({ reason: Reason });

const NO_DECISION = { number: null, decidedOn: '' };

/** Reads what the page of an act asks: nothing, a reason, or a decision. What is wrong is told per field. */
export function readAsked(act: Act, data: FormData) {
	if (act.asks === 'reason') {
		const read = parse(data, WithReason);
		return read.ok ? asked({ ...read.value, decision: NO_DECISION }) : read;
	}
	if (act.asks === 'decision') {
		const read = parse(data, act.reasonRequired ? DecidedAgainst : Decided);
		return read.ok ? asked({ key: read.value.key, reason: read.value.reason ?? '', decision: read.value }) : read;
	}
	const read = parse(data, Confirmed);
	return read.ok ? asked({ key: read.value.key, reason: '', decision: NO_DECISION }) : read;
}

function asked(value: Omit<Asked, 'ids' | 'noun'>) {
	return { ok: true as const, value };
}
