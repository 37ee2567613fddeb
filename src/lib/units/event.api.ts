import { z } from 'zod';
import { Day, NOTHING, operation, pageOf, PAGING, UnitCode, UnitName, type Context } from '#lib/api/operation.ts';
import { FOLLOWERS } from '#lib/followers.server.ts';
import { bearersOf } from './bearer.server.ts';
import { EVENT_KINDS } from './event.ts';
import { EVENT_CURSOR, listEvents, type ListedEvent } from './event-list.server.ts';
import { RoleDecisions, UnitEvent } from './event.schema.ts';
import { preview, record, type Effect } from './event.server.ts';
import { undo } from './undo.server.ts';
import { names } from './unit.server.ts';

const Kind = z.enum(EVENT_KINDS);

const Event = z.strictObject({
	id: z.uuid(),
	actionId: z.uuid(),
	kind: Kind,
	effectiveOn: Day,
	decisionNumber: z.string().nullable(),
	decidedOn: Day.nullable(),
	reason: z.string().nullable(),
	recordedAt: z.iso.datetime(),
	by: z.string().nullable(),
	late: z.boolean(),
	undoneAt: z.iso.datetime().nullable(),
	from: z.array(UnitName),
	fromCount: z.number().int(),
	to: z.array(UnitName),
	toCount: z.number().int()
});

/** As many as the commune-level units of the whole country, and some. */
const EVENTS_AT_MOST = 20_000;
const Reorganisation = z.strictObject({
	events: z.array(UnitEvent).min(1).max(EVENTS_AT_MOST),
	roles: RoleDecisions.default({})
});

const Told = z.strictObject({
	opened: z.array(UnitName),
	changed: z.number().int(),
	attributed: z.number().int(),
	closed: z.array(
		z.strictObject({
			name: z.string(),
			on: Day,
			/** Its code, where it was there before; null where nobody or a new unit takes over. */
			heir: z.string().nullable(),
			divided: z.boolean(),
			children: z.number().int(),
			roles: z.array(z.strictObject({ id: z.uuid(), person: z.string(), role: z.string() })),
			open: z.array(z.strictObject({ what: z.string(), count: z.number().int() }))
		})
	)
});

function listed(event: ListedEvent): z.input<typeof Event> {
	const { id, actionId, kind, effectiveOn, decisionNumber, decidedOn, reason, by, from, fromCount, to, toCount } =
		event;
	const said = { id, actionId, kind, effectiveOn, decisionNumber, decidedOn, reason, by, from, fromCount, to, toCount };
	const undoneAt = event.undoneAt?.toISOString() ?? null;
	return { ...said, recordedAt: event.recordedAt.toISOString(), late: event.isLate, undoneAt };
}

async function told({ db }: Context, effect: Effect): Promise<z.input<typeof Told>> {
	const heirs = await names(
		db,
		effect.closings.flatMap((closing) => closing.heirId ?? [])
	);
	return {
		opened: effect.opened,
		changed: effect.changed,
		attributed: effect.attributed,
		closed: effect.closings.map((closing) => ({
			name: closing.name,
			on: closing.effectiveOn,
			heir: heirs.get(closing.heirId ?? '')?.code ?? null,
			divided: closing.divided,
			children: closing.children,
			roles: closing.roles.map(({ grantId, person, role }) => ({ id: grantId, person, role })),
			open: closing.open.map(({ what, count }) => ({ what, count }))
		}))
	};
}

export const UNIT_EVENT_OPERATIONS = [
	operation({
		name: 'unit_events.list',
		method: 'GET',
		path: '/unit-events',
		scope: 'unit.read',
		isPaged: true,
		params: NOTHING,
		query: z.strictObject({
			unit: UnitCode.optional(),
			year: z.coerce.number().int().min(1900).max(2200).optional(),
			kind: Kind.optional(),
			...PAGING,
			cursor: z.string().regex(EVENT_CURSOR).optional()
		}),
		body: NOTHING,
		answer: pageOf(Event),
		run: async ({ db, actor }, { query: { unit: code, year, kind, limit, cursor } }) => {
			const unitId = code ? (await bearersOf(db, actor, code))[0].id : null;
			const page = await listEvents(db, actor, { unitId, year, kind, limit, after: cursor });
			return { items: page.rows.map(listed), next: page.next };
		}
	}),
	operation({
		name: 'unit_events.preview',
		method: 'POST',
		path: '/unit-events/preview',
		scope: 'unit.reorganise',
		params: NOTHING,
		query: NOTHING,
		body: Reorganisation,
		answer: Told,
		run: async (context, { body }) =>
			told(context, await preview(context.db, context.actor, { ...body, followers: FOLLOWERS }))
	}),
	operation({
		name: 'unit_events.record',
		method: 'POST',
		path: '/unit-events',
		scope: 'unit.reorganise',
		params: NOTHING,
		query: NOTHING,
		body: Reorganisation,
		answer: Told.extend({ actionId: z.uuid() }),
		run: async (context, { body }) => {
			const { actionId, effect } = await record(context.db, context.actor, { ...body, followers: FOLLOWERS });
			return { actionId, ...(await told(context, effect)) };
		}
	}),
	operation({
		name: 'unit_events.undo',
		method: 'POST',
		path: '/unit-events/{actionId}/undoing',
		scope: 'unit.reorganise',
		params: z.strictObject({ actionId: z.uuid() }),
		query: NOTHING,
		body: z.strictObject({ reason: z.string().trim().min(5).max(1000) }),
		answer: z.strictObject({ events: z.number().int() }),
		run: async ({ db, actor }, { params: { actionId }, body: { reason } }) =>
			undo(db, actor, { actionId, reason, followers: FOLLOWERS })
	})
];
