import { redirect } from '@sveltejs/kit';
import { signedIn } from '#lib/accounts/guard.ts';
import { daysBetween, standingOf } from '#lib/reports/calendar.ts';
import { listPeriods, savePeriod } from '#lib/reports/calendar.server.ts';
import { PeriodForm } from '#lib/reports/report.schema.ts';
import { listFor } from '#lib/reports/template.server.ts';
import { today } from '#lib/server/clock.ts';
import { attempt, fields, parse } from '#lib/server/form.ts';
import { may } from '#lib/units/authority.server.ts';
import { chosenUnit } from '#lib/units/chosen.server.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { db, ...locals }, url }) => {
	const actor = signedIn(locals);
	const unit = await chosenUnit(db, actor, url);
	const periods = await listPeriods(db, actor, unit.id);
	const templates = await listFor(db, unit.id);
	const day = today();
	return {
		unit,
		periods: periods.map((period) => ({
			...period,
			standing: standingOf(period, period.state, day),
			daysLate: Math.max(0, daysBetween(period.dueOn, day))
		})),
		edited: periods.find(({ id }) => id === url.searchParams.get('edit')) ?? null,
		templates: templates.map(({ code, name }) => ({ value: code, label: name })),
		mayEdit: await may(db, actor, 'template.write', unit.id)
	};
};

export const actions: Actions = {
	default: async ({ request, locals: { db, ...locals }, url }) => {
		const actor = signedIn(locals);
		const unit = await chosenUnit(db, actor, url);
		const data = await request.formData();
		const read = parse(data, PeriodForm);
		if (!read.ok) return read.failure;
		const done = await attempt(() => savePeriod(db, actor, { unitId: unit.id, ...read.value }), fields(data));
		if ('status' in done) return done;
		redirect(303, `/reports/calendar?unit=${encodeURIComponent(unit.code)}`);
	}
};
