import { redirect } from '@sveltejs/kit';
import { unitsWhere, type Actor } from '#lib/accounts/actor.ts';
import { signedIn } from '#lib/accounts/guard.ts';
import { figureNamed } from '#lib/catalogue.ts';
import { choosePeriod, latestPeriod, readPeriod } from '#lib/figures/period.server.ts';
import { currentPeriod, periodName, upTo } from '#lib/figures/period.ts';
import { list } from '#lib/models/list.server.ts';
import { listPeriods, type PeriodState } from '#lib/reports/calendar.server.ts';
import { m } from '#lib/paraglide/messages.js';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { word } from '#lib/ui/word.ts';
import { formatDay } from '#lib/vietnamese/format.ts';
import { may } from '#lib/units/authority.server.ts';
import { chosenUnit } from '#lib/units/chosen.server.ts';
import type { Unit } from '#lib/units/unit.ts';
import { desk } from './desk.server.ts';
import { listReturned, listTodos, type Todo } from './todo.server.ts';
import type { PageServerLoad } from './$types';

const OWN_SHOWN = 20;

export const load: PageServerLoad = async ({ locals: { db, ...locals }, url }) => {
	const actor = signedIn(locals);
	if (unitsWhere(actor, 'model.read').length === 0) redirect(303, '/units');
	const unit = await chosenUnit(db, actor, url);
	const day = today();
	const asked = readPeriod(url.searchParams, day);
	const running = upTo(currentPeriod(day), day);
	const now = await desk(db, actor, { unit, period: asked ?? running });
	const latest =
		!asked && now.empty
			? await latestPeriod(db, actor, { figure: figureNamed('models.registered'), unitId: unit.id, day })
			: null;
	const due = asked ? null : await duePeriod(db, actor, { unitId: unit.id, period: latest ?? running });
	const period = due ? { from: due.beginsOn, asOf: due.cutOffOn } : (latest ?? asked ?? running);
	const figures = latest || due ? await desk(db, actor, { unit, period }) : now;
	const of = { unit, year: figures.year };
	const [todos, returned, own, writes, imports] = await Promise.all([
		listTodos(db, actor, of),
		listReturned(db, actor, of),
		figures.children.length > 0
			? []
			: list(db, actor, { unitId: unit.id, year: figures.year, limit: OWN_SHOWN }).then(({ rows }) => rows),
		may(db, actor, 'model.write', unit.id),
		may(db, actor, 'model.import', unit.id)
	]);
	return {
		unit,
		figures,
		todos: due && due.state !== 'signed' ? [reportTodo(due, unit), ...todos] : todos,
		returned,
		own: own.map(({ id, name, state, novelty }) => ({
			id,
			name,
			novelty: word('novelty', novelty),
			state: word('state', state)
		})),
		writes,
		imports,
		greeting: word('desk_greeting', partOfDay()),
		fallback: latest ? { now: periodName(currentPeriod(day)), shown: periodName(period) } : null,
		allRows: url.searchParams.has('all'),
		allHref: `/desk?${new URLSearchParams({ unit: unit.code, ...period, all: '1' })}`,
		period: choosePeriod(url, period, day)
	};
};

/** The reporting period of the office's calendar that these days fall in: its cut-off day is the office's own. */
async function duePeriod(db: Db, actor: Actor, of: { unitId: string; period: { from: string; asOf: string } }) {
	if (!(await may(db, actor, 'report.read', of.unitId))) return null;
	const { from, asOf } = of.period;
	const periods = await listPeriods(db, actor, of.unitId);
	return periods.find((one) => one.beginsOn === from && one.cutOffOn <= asOf && asOf <= one.endsOn) ?? null;
}

/** The report of the period, until it is signed. */
function reportTodo(due: PeriodState, unit: Unit): Todo {
	const href = due.reportId ? `/reports/${due.reportId}` : `/reports?unit=${encodeURIComponent(unit.code)}`;
	return { key: 'report', href, text: m.desk_todo_report({ name: due.name, day: formatDay(due.dueOn) }) };
}

function partOfDay(): 'morning' | 'noon' | 'afternoon' | 'evening' {
	const hour = (new Date().getUTCHours() + 7) % 24;
	if (hour < 11) return 'morning';
	if (hour < 13) return 'noon';
	return hour < 18 ? 'afternoon' : 'evening';
}
