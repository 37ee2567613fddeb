import { fail } from '@sveltejs/kit';
import { signedIn } from '#lib/accounts/guard.ts';
import type { Actor } from '#lib/accounts/actor.ts';
import { listPeriodsOf, listSenders, type Period } from '#lib/reports/calendar.server.ts';
import { accept, giveBack, listOwn, listUnderOffice, send } from '#lib/reports/narrative.server.ts';
import { JudgeForm, NarrativeForm, NarrativeReturnForm } from '#lib/reports/report.schema.ts';
import { listFor } from '#lib/reports/template.server.ts';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { attempt, fields, parse } from '#lib/server/form.ts';
import { authorise, may } from '#lib/units/authority.server.ts';
import { chosenUnit } from '#lib/units/chosen.server.ts';
import { names } from '#lib/units/unit.server.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { db, ...locals }, url }) => {
	const actor = signedIn(locals);
	const unit = await chosenUnit(db, actor, url);
	await authorise(db, actor, 'report.read', unit.id);
	const wanted = url.searchParams.get('period');
	return {
		unit,
		mayWrite: await may(db, actor, 'report.write', unit.id),
		mayPlan: await may(db, actor, 'template.write', unit.id),
		writing: unit.parentId ? await writing(db, actor, { unitId: unit.id, officeId: unit.parentId, wanted }) : null,
		gathering: await gathering(db, actor, { unitId: unit.id, wanted })
	};
};

const periodKey = (period: Period) => `${period.code}.${period.beginsOn}`;

/** The period asked for, else the one that is due next, else the latest. */
function chosen(periods: readonly Period[], wanted: string | null): Period | null {
	const day = today();
	const next = periods.findLast((period) => period.dueOn >= day);
	return periods.find((period) => periodKey(period) === wanted) ?? next ?? periods[0] ?? null;
}

/** What the unit writes for the office above it; null where that office has no calendar. */
async function writing(db: Db, actor: Actor, of: { unitId: string; officeId: string; wanted: string | null }) {
	const periods = await listPeriodsOf(db, of.officeId);
	const period = chosen(periods, of.wanted);
	if (!period) return null;
	const own = await listOwn(db, actor, { unitId: of.unitId, code: period.code, beginsOn: period.beginsOn });
	const template = (await listFor(db, of.officeId)).find(({ code }) => code === period.code);
	const sections = (template?.body.content ?? []).flatMap((block) =>
		block.type === 'narrative' ? [block.attrs.section] : []
	);
	return {
		officeName: (await names(db, [of.officeId])).get(of.officeId)?.name ?? '',
		period,
		periods: periods.map((each) => ({ value: periodKey(each), label: each.name })),
		sections: sections.map((section) => {
			const sent = own.find((narrative) => narrative.section === section);
			return { section, text: sent?.text ?? '', state: sent?.state ?? null, reason: sent?.reason ?? null };
		})
	};
}

/** What units below sent for the office's own period; null where it has no calendar. */
async function gathering(db: Db, actor: Actor, of: { unitId: string; wanted: string | null }) {
	const periods = await listPeriodsOf(db, of.unitId);
	const period = chosen(periods, of.wanted);
	if (!period) return null;
	const about = { unitId: of.unitId, code: period.code, beginsOn: period.beginsOn };
	const [texts, senders] = await Promise.all([listUnderOffice(db, actor, about), listSenders(db, actor, about)]);
	return { period, periods: periods.map((each) => ({ value: periodKey(each), label: each.name })), texts, senders };
}

function textOf(entry: FormDataEntryValue | null): string {
	return typeof entry === 'string' ? entry : '';
}

export const actions: Actions = {
	sending: async ({ request, locals: { db, ...locals }, url }) => {
		const actor = signedIn(locals);
		const unit = await chosenUnit(db, actor, url);
		const data = await request.formData();
		const read = parse(data, NarrativeForm);
		if (!read.ok) return fail(400, { ...read.failure.data, at: textOf(data.get('section')) });
		const done = await attempt(() => send(db, actor, { unitId: unit.id, ...read.value }), fields(data));
		return 'status' in done
			? fail(done.status, { ...done.data, at: read.value.section })
			: { sent: read.value.section };
	},
	acceptance: async ({ request, locals: { db, ...locals } }) => {
		const read = parse(await request.formData(), JudgeForm);
		if (!read.ok) return read.failure;
		return attempt(() => accept(db, signedIn(locals), read.value.id));
	},
	return: async ({ request, locals: { db, ...locals } }) => {
		const data = await request.formData();
		const read = parse(data, NarrativeReturnForm);
		if (!read.ok) return fail(400, { ...read.failure.data, at: textOf(data.get('id')) });
		return attempt(() => giveBack(db, signedIn(locals), read.value));
	}
};
