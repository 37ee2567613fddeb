import { sql, type RawBuilder } from 'kysely';
import type { Actor } from '#lib/accounts/actor.ts';
import type { Db } from '#lib/server/db.ts';
import { complete, condition, type Asked } from './condition.server.ts';
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

async function cases(db: Db, figure: Flow | Cohort, asked: Asked, page: Page): Promise<FigureRecord[]> {
	const [day = '', id = ''] = page.after.split('~');
	const from = page.after === '' ? sql`` : sql`and (max(p.on_date), p.case_id) < (${day}::date, ${id}::uuid)`;
	const { rows } = await sql<FigureRecord>`
		select p.case_id as "caseId", (array_agg(p.unit_id order by p.recorded_at desc))[1] as "unitId",
			max(p.on_date) as "onDate", sum(p.quantity)::bigint as quantity
		${condition(figure, asked)} ${page.only ? sql`and ${page.only}` : sql``}
		group by p.case_id having sum(p.quantity) <> 0 ${from}
		order by max(p.on_date) desc, p.case_id desc limit ${page.limit}`.execute(db);
	return rows;
}

function cursor(figure: Figure, last: FigureRecord): string {
	if (figure.kind === 'units_with' || figure.kind === 'units_without') return last.unitId;
	return `${last.onDate}~${last.caseId}`;
}
