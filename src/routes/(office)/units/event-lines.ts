import { m } from '#lib/paraglide/messages.js';
import { word } from '#lib/ui/word.ts';
import type { ListedEvent } from '#lib/units/event-list.server.ts';
import { BEFORE_ALL } from '#lib/units/unit.ts';
import { formatDay, formatInstant } from '#lib/vietnamese/format.ts';

/** An event as its table tells it, in the reader's words. */
export type EventLine = ReturnType<typeof eventLine>;

export function eventLine(event: ListedEvent) {
	const { id, actionId, from, to, fileName, isLate, reason, together } = event;
	return {
		id,
		actionId,
		together,
		kind: word('event_kind', event.kind),
		from,
		fromMore: event.fromCount - from.length,
		to,
		toMore: event.toCount - to.length,
		effectiveOn: event.effectiveOn === BEFORE_ALL ? m.unit_from_before() : formatDay(event.effectiveOn),
		decision: event.decisionNumber
			? m.event_decision_of({
					number: event.decisionNumber,
					day: event.decidedOn ? formatDay(event.decidedOn) : '…'
				})
			: null,
		reason,
		fileName,
		recorded: m.event_recorded_by({ by: event.by ?? '…', at: formatInstant(event.recordedAt) }),
		isLate,
		undone: event.undoneAt && m.event_undone_at({ at: formatInstant(event.undoneAt) })
	};
}
