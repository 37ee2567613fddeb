import { sql, type RawBuilder } from 'kysely';
import type { Actor } from '#lib/accounts/actor.ts';
import type { Db } from '#lib/server/db.ts';
import { complete, condition, conditionOfFew, type Asked } from './condition.server.ts';
import { yearBefore, type Cohort, type Figure, type FigureRecord, type Flow, type Question } from './figure.ts';
import { listObligedThat } from './obliged.server.ts';
import { reachOf, visiblePosting } from './reach.server.ts';

/** `after` is the `next` of the page before. `side` chooses which half of a ratio or a change is listed. */
export type RecordsPage = { after?: string; limit?: number; side?: 'numerator' | 'denominator' };

/**
 * The records behind a figure, newest day first, read with the very condition that gave the value: a case counts when
 * its postings do not cancel out. `next` is null on the last page; `closed`: some of them are not for this reader.
 */
export async function records(
	db: Db,
	actor: Actor,
	of: { figure: Figure; question: Question; page?: RecordsPage }
): Promise<{ records: FigureRecord[]; next: string | null; closed: boolean }> {
	const { figure, question, page = {} } = of;
	const { after = '', limit = 50, side = 'numerator' } = page;
	const asked = complete(figure, question);
	const closed = (await reachOf(db, actor, { figure, asked })) === 'totals';
	const only = closed ? visiblePosting(actor) : null;
	const rows = await listed(db, figure, asked, { after, limit: limit + 1, side, only });
	const shown = rows.slice(0, limit);
	const last = shown.at(-1);
	return { records: shown, next: rows.length > limit && last ? cursor(figure, last) : null, closed };
}

/** `only`: a further condition on postings, for readers who may not see them all; they are not told which units have any. */
type Page = { after: string; limit: number; side: 'numerator' | 'denominator'; only: RawBuilder<boolean> | null };

async function listed(db: Db, figure: Figure, asked: Asked, page: Page): Promise<FigureRecord[]> {
	switch (figure.kind) {
		case 'flow':
		case 'cohort':
			return cases(db, figure, asked, page);
		case 'ratio':
			return cases(db, page.side === 'numerator' ? figure.numerator : figure.denominator, asked, page);
		case 'change': {
			if (page.side === 'numerator') return cases(db, figure.base, asked, page);
			return cases(db, figure.base, { ...asked, from: yearBefore(asked.from), asOf: yearBefore(asked.asOf) }, page);
		}
		case 'units_with':
			return page.only ? [] : listObligedThat(db, 'have', { ...page, figure: figure.base, asked });
		case 'units_without':
			return page.only ? [] : listObligedThat(db, 'lack', { ...page, figure: figure.base, asked });
	}
}

/** From so many units up, a page is full before many postings of other units are passed; of a narrowed question, from so many. */
const MANY_UNITS = 1000;
const MANY_NARROWED = 10_000;

async function cases(db: Db, figure: Flow | Cohort, asked: Asked, page: Page): Promise<FigureRecord[]> {
	const { month: _month, ...narrowed } = asked.where;
	const many = Object.keys(narrowed).length === 0 ? MANY_UNITS : MANY_NARROWED;
	// A cluster cannot walk: it would look for each posting's case on every node.
	const { rows } = await sql<{ isWide: boolean }>`
		select count(*) = ${many} and to_regclass('pg_dist_partition') is null as "isWide" from (
			select 1 from unit_paths where ancestor_id = ${asked.unitId}::uuid and upper_inf(known) limit ${many}) under`.execute(
		db
	);
	return rows[0]?.isWide ? newestCases(db, figure, asked, page) : groupedCases(db, figure, asked, page);
}

const UNIT = sql`(array_agg(p.unit_id order by p.recorded_at desc, p.id desc))[1]`;

/** All cases of the period, of which the page is taken: for few. */
export async function groupedCases(db: Db, figure: Flow | Cohort, asked: Asked, page: Page): Promise<FigureRecord[]> {
	const [day = '', id = ''] = page.after.split('~');
	const from = page.after === '' ? sql`` : sql`and (max(p.on_date), p.case_id) < (${day}::date, ${id}::uuid)`;
	const { rows } = await sql<FigureRecord>`
		select p.case_id as "caseId", ${UNIT} as "unitId", max(p.on_date) as "onDate", sum(p.quantity)::bigint as quantity
		${condition(figure, asked)} ${page.only ? sql`and ${page.only}` : sql``}
		group by p.case_id having sum(p.quantity) <> 0 ${from}
		order by max(p.on_date) desc, p.case_id desc limit ${page.limit}`.execute(db);
	return rows;
}

/**
 * The same page for the price of a page: postings are walked from the newest back, each case stands where its last one does,
 * and no further than the page is full.
 */
export async function newestCases(db: Db, figure: Flow | Cohort, asked: Asked, page: Page): Promise<FigureRecord[]> {
	const [day = '', id = ''] = page.after.split('~');
	const from = page.after === '' ? sql`` : sql`and (p.on_date, p.case_id) < (${day}::date, ${id}::uuid)`;
	const only = page.only ? sql`and ${page.only}` : sql``;
	const whole = sql`
		cross join lateral (select p.case_id) own
		cross join lateral (
			select (array_agg(p.id order by p.on_date desc, p.id desc))[1] as last_id, ${UNIT} as unit_id, sum(p.quantity) as quantity
			${conditionOfFew(figure, asked)} ${only} and p.case_id = own.case_id
		) whole`;
	// In coalesce(), because it holds nearly always and the planner would take it for one in two hundred, and not walk.
	const { rows } = await sql<FigureRecord>`
		select p.case_id as "caseId", whole.unit_id as "unitId", p.on_date as "onDate", whole.quantity::bigint as quantity
		${conditionOfFew(figure, asked, { joined: whole })} ${only} ${within(asked)} ${from}
			and coalesce(p.id = whole.last_id and whole.quantity <> 0, false)
		order by p.on_date desc, p.case_id desc limit ${page.limit}`.execute(db);
	return rows;
}

const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;

/** Days outside which nothing counts: no case is older than its cohort, and months have their days. */
function within({ from, where }: Asked): RawBuilder<unknown> {
	const months = (where['month'] ?? []).filter((month) => MONTH.test(month)).toSorted();
	const [first, last] = [months.at(0), months.at(-1)];
	const since = sql`and p.on_date >= ${from}::date`;
	if (first === undefined || last === undefined) return since;
	return sql`${since} and p.on_date >= ${`${first}-01`}::date and p.on_date < (${`${last}-01`}::date + interval '1 month')::date`;
}

function cursor(figure: Figure, last: FigureRecord): string {
	if (figure.kind === 'units_with' || figure.kind === 'units_without') return last.unitId;
	return `${last.onDate}~${last.caseId}`;
}
