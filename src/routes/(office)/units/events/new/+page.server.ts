import { randomUUID } from 'node:crypto';
import { fail, redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { unitsWhere, type Actor } from '#lib/accounts/actor.ts';
import { signedIn } from '#lib/accounts/guard.ts';
import { FOLLOWERS } from '#lib/followers.server.ts';
import { getLocale } from '#lib/paraglide/runtime.js';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { fields, textsOf, unshowableIn } from '#lib/server/form.ts';
import { fromDatabase, Problem, problem, problemText } from '#lib/server/problem.ts';
import { readSettings } from '#lib/server/settings.ts';
import { word } from '#lib/ui/word.ts';
import { keepDocument } from '#lib/units/document.server.ts';
import { EVENT_KINDS, LINK_KINDS, type EventKind } from '#lib/units/event.ts';
import type { RoleDecisions, UnitEvent } from '#lib/units/event.schema.ts';
import { record } from '#lib/units/event.server.ts';
import { listChildren } from '#lib/units/tree.server.ts';
import { getByCode } from '#lib/units/unit.server.ts';
import { UNIT_KINDS } from '#lib/units/unit.ts';
import { dayPlus, typedDay } from '#lib/vietnamese/day.ts';
import { formatDay } from '#lib/vietnamese/format.ts';
import { fingerprint, rehearse } from './effect.server.ts';
import { kindNamed, readEvent, type Issues } from './event-form.ts';
import { partCount, PARTS_AT_MOST, textAt, type Typed } from './typed.ts';
import { refusedAt } from './refused-at.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { db, ...locals }, url }) => {
	const actor = signedIn(locals);
	refuseUnlessReorganiser(actor);
	const kind = kindNamed(url.searchParams.get('kind'));
	const code = url.searchParams.get('unit')?.trim() ?? '';
	const day = typedDay(url.searchParams.get('day') ?? '');
	const unit = code && kind ? await unitOn(db, actor, { code, day: day ?? today() }) : null;
	const children = unit && kind === 'split' ? await listChildren(db, unit.id, day ?? today()) : [];
	return {
		kind,
		code,
		day: day ? formatDay(day) : '',
		unit: unit && { code: unit.code, name: unit.name },
		children: children.map(({ code: value, name }) => ({ value, label: `${name} (${value})` })),
		kinds: EVENT_KINDS.map((one) => ({ value: one, label: word('event_kind', one), hint: word('event_help', one) })),
		unitKinds: UNIT_KINDS.map((value) => ({ value, label: word('unit_kind', value) })),
		linkKinds: LINK_KINDS.map((value) => ({ value, label: word('unit_link', value) })),
		key: randomUUID()
	};
};

function refuseUnlessReorganiser(actor: Actor): void {
	if (!actor.everything && unitsWhere(actor, 'unit.reorganise').length === 0) throw problem('access.denied');
}

/** The unit that had the code on the eve, or begins with it on the day. */
async function unitOn(db: Db, actor: Actor, { code, day }: { code: string; day: string }) {
	return getByCode(db, actor, code, dayPlus(day, -1)).catch((error: unknown) => {
		if (error instanceof Problem && error.code === 'unit.not_found') return getByCode(db, actor, code, day);
		throw error;
	});
}

type Read = {
	typed: Typed;
	values: Record<string, unknown>;
	kind: EventKind;
	fileId: string | null;
	/** The form's own, so that pressing twice records once. */
	key: string | null;
	told: ReturnType<typeof readEvent>;
};

const Key = z.uuid().nullable();

/** The form with its document put aside, so that a second look does not lose it. */
async function readForm(db: Db, actor: Actor, request: Request): Promise<Read> {
	refuseUnlessReorganiser(actor);
	const data = await request.formData();
	const typed = fields(data);
	const kind = kindNamed(typed['kind']);
	const key = Key.safeParse(textAt(typed, 'key') || null);
	if (!kind || !key.success) throw problem('input.invalid');
	const unshowable = unshowableIn(data);
	const told = Object.keys(unshowable).length > 0 ? { issues: unshowable } : readEvent(kind, typed);
	const upload = typed['document'];
	let kept = { id: textAt(typed, 'fileId'), name: textAt(typed, 'fileName') };
	if (upload instanceof File && upload.size > 0) {
		const bytes = new Uint8Array(await upload.arrayBuffer());
		kept = await keepDocument(db, actor, { upload: { name: upload.name, bytes }, data: readSettings().data });
	}
	const fileId = z.uuid().safeParse(kept.id);
	const values = { ...textsOf(typed), fileId: kept.id, fileName: kept.name };
	return { typed, values, kind, fileId: fileId.success ? fileId.data : null, key: key.data, told };
}

/** What is wrong, at its field and above the form, with all that was typed. */
function refusal(read: Pick<Read, 'kind' | 'typed' | 'values'>, error: unknown) {
	const refused = fromDatabase(error);
	if (!refused) throw error;
	const text = problemText(refused, getLocale());
	const field = refusedAt(read.kind, refused, read.typed);
	const errors: Record<string, string> = field ? { [field]: text } : {};
	return fail(refused.status, { errors, problem: text, values: read.values });
}

function mistaken(read: Read, issues: Issues) {
	const errors = Object.fromEntries(
		Object.entries(issues).map(([field, key]) => [field, word('field', key.replace(/^field_/, ''))])
	);
	return fail(400, { errors, problem: word('event', 'mistakes'), values: read.values });
}

/** `role-<id>`: the code of the unit where a role goes, or that it ends; without a choice it is undecided. */
function rolesOf(typed: Typed): RoleDecisions {
	const decided = Object.keys(typed).flatMap((name): [string, string | null][] => {
		const grantId = /^role-([0-9a-f-]{36})$/.exec(name)?.[1];
		const chosen = textAt(typed, name);
		return grantId && chosen ? [[grantId, chosen === 'end' ? null : chosen]] : [];
	});
	return Object.fromEntries(decided);
}

async function show(db: Db, actor: Actor, { read, event }: { read: Read; event: UnitEvent }) {
	const shown = await rehearse(db, actor, { event, roles: rolesOf(read.typed), fileId: read.fileId });
	return { shown, values: { ...read.values, seen: fingerprint(event) } };
}

export const actions: Actions = {
	more: async ({ locals, request }) => {
		refuseUnlessReorganiser(signedIn(locals));
		const typed = fields(await request.formData());
		const count = Math.min(partCount(typed) + 1, PARTS_AT_MOST);
		return { values: { ...textsOf(typed), partCount: String(count) } };
	},
	preview: async ({ locals: { db, ...locals }, request }) => {
		const actor = signedIn(locals);
		const read = await readForm(db, actor, request);
		const { told } = read;
		if ('issues' in told) return mistaken(read, told.issues);
		return show(db, actor, { read, event: told.event }).catch((error: unknown) => refusal(read, error));
	},
	record: async ({ locals: { db, ...locals }, request }) => {
		const actor = signedIn(locals);
		const read = await readForm(db, actor, request);
		if ('issues' in read.told) return mistaken(read, read.told.issues);
		const { event } = read.told;
		try {
			// What is recorded is what was seen: a form changed since is shown once more.
			if (textAt(read.typed, 'seen') !== fingerprint(event)) return await show(db, actor, { read, event });
			const whole = { events: [event], roles: rolesOf(read.typed), followers: FOLLOWERS, fileId: read.fileId };
			await record(db, actor, { ...whole, ...(read.key && { key: read.key }) });
		} catch (error) {
			const refused = refusal(read, error);
			if (fromDatabase(error)?.code !== 'unit_event.roles_undecided') return refused;
			return { ...(await show(db, actor, { read, event })), problem: refused.data.problem };
		}
		redirect(303, '/units/events?recorded');
	}
};
