import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { unitsWhere } from '#lib/accounts/actor.ts';
import { signedIn } from '#lib/accounts/guard.ts';
import { FOLLOWERS } from '#lib/followers.server.ts';
import { attempt, parse } from '#lib/server/form.ts';
import { word } from '#lib/ui/word.ts';
import { bearersOf } from '#lib/units/bearer.server.ts';
import { EVENT_KINDS } from '#lib/units/event.ts';
import { listEvents, listEventYears } from '#lib/units/event-list.server.ts';
import { undo } from '#lib/units/undo.server.ts';
import { eventLine } from '../event-lines.ts';
import { eventsHref, NARROWING, readNarrowing } from './filter.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { db, ...locals }, url }) => {
	const actor = signedIn(locals);
	const { unit: code, ...narrowing } = readNarrowing(url);
	const [unit] = code ? await bearersOf(db, actor, code) : [null];
	const [page, years] = await Promise.all([
		listEvents(db, actor, { ...narrowing, unitId: unit?.id ?? null }),
		listEventYears(db)
	]);
	return {
		events: page.rows.map(eventLine),
		narrowing: { ...narrowing, unit: code },
		unitName: unit?.name ?? null,
		narrowed: NARROWING.some((name) => url.searchParams.get(name)),
		years: years.map((year) => ({ value: String(year), label: String(year) })),
		kinds: EVENT_KINDS.map((kind) => ({ value: kind, label: word('event_kind', kind) })),
		reorganises: actor.everything || unitsWhere(actor, 'unit.reorganise').length > 0,
		recorded: url.searchParams.has('recorded'),
		undone: url.searchParams.has('undone'),
		pager: {
			previous: page.previous && eventsHref(url, { before: page.previous }),
			next: page.next && eventsHref(url, { after: page.next })
		},
		href: { csv: eventsHref(url, {}, '/units/events/list.csv'), xlsx: eventsHref(url, {}, '/units/events/list.xlsx') }
	};
};

const UndoForm = z.strictObject({
	actionId: z.uuid(),
	reason: z.string().trim().min(5, 'field_reason_brief').max(1000, 'field_too_long')
});

export const actions: Actions = {
	undo: async ({ locals: { db, ...locals }, request }) => {
		const actor = signedIn(locals);
		const read = parse(await request.formData(), UndoForm);
		if (!read.ok) return read.failure;
		const done = await attempt(() => undo(db, actor, { ...read.value, followers: FOLLOWERS }), read.value);
		if ('status' in done) return done;
		redirect(303, '/units/events?undone');
	}
};
