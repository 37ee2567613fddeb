import { signedIn } from '#lib/accounts/guard.ts';
import { m } from '#lib/paraglide/messages.js';
import { atOnce, type Table } from '#lib/spreadsheet/table.ts';
import { word } from '#lib/ui/word.ts';
import { bearersOf } from '#lib/units/bearer.server.ts';
import { listEvents, type ListedEvent, type NamedUnit } from '#lib/units/event-list.server.ts';
import { formatInstant } from '#lib/vietnamese/format.ts';
import { readNarrowing } from './filter.ts';

const ROWS_AT_MOST = 20_000;

/** The list of events as filtered, for a file. */
export async function wholeList({ db, ...locals }: App.Locals, url: URL): Promise<Table> {
	const actor = signedIn(locals);
	const { year, kind, unit: code } = readNarrowing(url);
	const [unit] = code ? await bearersOf(db, actor, code) : [null];
	const { rows } = await listEvents(db, actor, { year, kind, unitId: unit?.id ?? null, limit: ROWS_AT_MOST });
	const heads = [
		m.event_effective_on(),
		m.event_what(),
		m.event_from(),
		m.event_to(),
		m.event_decision_number(),
		m.event_decided_on(),
		m.event_reason(),
		m.event_recorded(),
		m.event_recorded_at(),
		m.event_undone()
	];
	const widths = [14, 20, 50, 50, 18, 14, 50, 24, 18, 18];
	return { name: m.events_title(), widths, heads, batches: atOnce(rows.map(line)) };
}

function line(event: ListedEvent) {
	return [
		{ day: event.effectiveOn },
		word('event_kind', event.kind),
		named(event.from, event.fromCount),
		named(event.to, event.toCount),
		event.decisionNumber,
		event.decidedOn && { day: event.decidedOn },
		event.reason,
		event.by,
		formatInstant(event.recordedAt),
		event.undoneAt && formatInstant(event.undoneAt)
	];
}

function named(units: readonly NamedUnit[], count: number): string {
	const names = units.map(({ code, name }) => `${name} (${code})`).join(', ');
	return count > units.length ? `${names}${m.event_and_more({ count: count - units.length })}` : names;
}
