import type { Actor } from '#lib/accounts/actor.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Db } from '#lib/server/db.ts';
import { word } from '#lib/ui/word.ts';
import type { Bearer } from '#lib/units/bearer.server.ts';
import { kinOf, type Kin } from '#lib/units/division.server.ts';
import { listEvents } from '#lib/units/event-list.server.ts';
import { listLinks } from '#lib/units/link.server.ts';
import { BEFORE_ALL } from '#lib/units/unit.ts';
import { dayPlus } from '#lib/vietnamese/day.ts';
import { formatDay } from '#lib/vietnamese/format.ts';
import { eventLine } from '../event-lines.ts';

const EVENTS_SHOWN = 20;

/** Who a unit came from and went over to, its links, its events, and who had its code besides. */
export async function historyOf(db: Db, actor: Actor, { unit, bearers }: { unit: Bearer; bearers: readonly Bearer[] }) {
	const [kin, links, events] = await Promise.all([
		kinOf(db, unit.id),
		listLinks(db, unit.id),
		listEvents(db, actor, { unitId: unit.id, limit: EVENTS_SHOWN })
	]);
	const others = bearers.filter((one) => one.id !== unit.id);
	return {
		// A code given again leads to whoever has it now; the others are a step away.
		bearers: others.map(({ id, name, from, closedOn }) => ({
			id,
			name,
			from: from === BEFORE_ALL ? m.unit_from_before() : formatDay(from),
			until: closedOn && formatDay(dayPlus(closedOn, -1))
		})),
		kin: { predecessors: kin.predecessors.map(kinLine), successors: kin.successors.map(kinLine) },
		links: links.map((link) => ({
			...link,
			kind: word(link.toward ? 'unit_link' : 'unit_link_of', link.kind),
			from: formatDay(link.from),
			until: link.until && formatDay(link.until)
		})),
		events: events.rows.map(eventLine),
		moreEvents: events.next !== null
	};
}

function kinLine({ id, code, name, on, whole }: Kin) {
	return { id, code, name, on: formatDay(on), whole };
}
