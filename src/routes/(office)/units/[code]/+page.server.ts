import { redirect } from '@sveltejs/kit';
import { listUnder as listRoles } from '#lib/accounts/role.server.ts';
import { signedIn } from '#lib/accounts/guard.ts';
import { figureNamed } from '#lib/catalogue.ts';
import { ask } from '#lib/figures/ask.server.ts';
import { figureText } from '#lib/figures/format-figure.ts';
import { m } from '#lib/paraglide/messages.js';
import { today } from '#lib/server/clock.ts';
import { attempt, fields, parse } from '#lib/server/form.ts';
import { word } from '#lib/ui/word.ts';
import { may } from '#lib/units/authority.server.ts';
import { assignDuty, DutyForm, listDuties } from '#lib/units/responsibility.server.ts';
import { listChildren, listVersions } from '#lib/units/tree.server.ts';
import { bearersOf } from '#lib/units/bearer.server.ts';
import { getByCode, listAbove } from '#lib/units/unit.server.ts';
import { BEFORE_ALL } from '#lib/units/unit.ts';
import { findTheme, setTheme, YearThemeForm } from '#lib/units/year-theme.server.ts';
import { dayPlus } from '#lib/vietnamese/day.ts';
import { formatDay } from '#lib/vietnamese/format.ts';
import { historyOf } from './history.server.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { db, ...locals }, params, url }) => {
	const actor = signedIn(locals);
	const bearers = await bearersOf(db, actor, params.code);
	const unit = bearers.find((one) => one.id === url.searchParams.get('bearer')) ?? bearers[0];
	const ended = unit.closedOn !== null && unit.closedOn <= today();
	// A closed unit is shown as it was on its last day.
	const day = ended && unit.closedOn ? dayPlus(unit.closedOn, -1) : today();
	const year = Number(day.slice(0, 4));
	const period = { from: `${year}-01-01`, asOf: day };
	const [above, children, versions, duties, theme, history] = await Promise.all([
		listAbove(db, unit.id, day),
		listChildren(db, unit.id, day),
		listVersions(db, unit.id),
		listDuties(db, actor, unit.id),
		findTheme(db, unit.id, year),
		historyOf(db, actor, { unit, bearers })
	]);
	const [establishes, reorganises, reviews, manages, reads, compares] = await Promise.all([
		may(db, actor, 'unit.establish', unit.id),
		may(db, actor, 'unit.reorganise', unit.id),
		may(db, actor, 'model.review', unit.id),
		may(db, actor, 'account.manage', unit.id),
		may(db, actor, 'model.read', unit.id),
		may(db, actor, 'figure.read', unit.id)
	]);
	const figure = figureNamed('models.registered');
	const registered = reads && !ended ? await ask(db, actor, figure, { unitId: unit.id, ...period }) : null;
	const people = manages ? (await listRoles(db, actor, unit.id)).filter((person) => person.unitId === unit.id) : [];
	const open = await Promise.all(above.map((one) => may(db, actor, 'unit.read', one.id)));
	return {
		unit: { id: unit.id, code: unit.code, name: unit.name },
		ended,
		ending: unit.closedOn && { day: formatDay(unit.closedOn), undivided: unit.undivided },
		...history,
		kind: word('unit_kind', unit.kind),
		// Who may not open a unit above still reads where this one hangs.
		above: above.slice(0, -1).map((one, index) => ({ code: one.code, name: one.name, opens: open[index] ?? false })),
		children: children.map(({ id, code, name, kind }) => ({ id, code, name, kind: word('unit_kind', kind) })),
		versions: versions.map((one) => ({
			...one,
			kind: word('unit_kind', one.kind),
			from: one.from === BEFORE_ALL ? m.unit_from_before() : formatDay(one.from),
			until: one.until && formatDay(one.until)
		})),
		duties: duties.map((duty) => ({ ...duty, from: formatDay(duty.from), until: duty.until && formatDay(duty.until) })),
		theme: theme && { title: theme.title, own: theme.unitId === unit.id },
		year,
		registered: registered && {
			address: { figure: figure.name, unit: unit.code, ...period },
			text: figureText(figure, registered),
			label: word('figure', figure.name)
		},
		people: people.map((person) => ({
			key: person.grantId,
			name: person.name,
			role: word('role', person.role),
			from: formatDay(person.from)
		})),
		may: {
			establishes: establishes && !ended,
			compares,
			reorganises: reorganises && !ended,
			reviews: reviews && !ended,
			manages: manages && !ended,
			reads
		}
	};
};

export const actions: Actions = {
	duty: async ({ locals: { db, ...locals }, params, request }) => {
		const actor = signedIn(locals);
		const data = await request.formData();
		const read = parse(data, DutyForm);
		if (!read.ok) return read.failure;
		const unit = await getByCode(db, actor, params.code);
		const { holder, from } = read.value;
		const done = await attempt(
			() => assignDuty(db, actor, { unitId: unit.id, holderCode: holder, from }),
			fields(data)
		);
		if ('holderId' in done) redirect(303, `/units/${encodeURIComponent(params.code)}`);
		return done;
	},
	theme: async ({ locals: { db, ...locals }, params, request }) => {
		const actor = signedIn(locals);
		const data = await request.formData();
		const read = parse(data, YearThemeForm);
		if (!read.ok) return read.failure;
		const unit = await getByCode(db, actor, params.code);
		const done = await attempt(() => setTheme(db, actor, { unitId: unit.id, ...read.value }), fields(data));
		if ('title' in done) redirect(303, `/units/${encodeURIComponent(params.code)}`);
		return done;
	}
};
