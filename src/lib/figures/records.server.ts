import { sql } from 'kysely';
import type { Actor } from '#lib/accounts/actor.ts';
import type { Db } from '#lib/server/db.ts';
import { authorise } from '#lib/units/authority.server.ts';
import { complete, condition, type Asked } from './condition.server.ts';
import { yearBefore, type Cohort, type Figure, type FigureRecord, type Flow, type Question } from './figure.ts';
import { listObligedThat } from './obliged.server.ts';

/** `after` is the `next` of the page before. `side` chooses which half of a ratio or a change is listed. */
export type RecordsPage = { after?: string; limit?: number; side?: 'numerator' | 'denominator' };

/**
 * The records behind a figure, newest day first, read with the very condition that gave the value: a case counts when
 * its postings do not cancel out. `next` is null on the last page.
 */
export async function records(
	db: Db,
	actor: Actor,
	of: { figure: Figure; question: Question; page?: RecordsPage }
): Promise<{ records: FigureRecord[]; next: string | null }> {
	const { figure, question, page = {} } = of;
	await authorise(db, actor, 'model.read', question.unitId);
	const { after = '', limit = 50, side = 'numerator' } = page;
	const asked = complete(figure, question);
	const rows = await listed(db, figure, asked, { after, limit: limit + 1, side });
	const shown = rows.slice(0, limit);
	const last = shown.at(-1);
	return { records: shown, next: rows.length > limit && last ? cursor(figure, last) : null };
}

type Page = { after: string; limit: number; side: 'numerator' | 'denominator' };

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
			return listObligedThat(db, 'have', { ...page, figure: figure.base, asked });
		case 'units_without':
			return listObligedThat(db, 'lack', { ...page, figure: figure.base, asked });
	}
}

async function cases(db: Db, figure: Flow | Cohort, asked: Asked, page: Page): Promise<FigureRecord[]> {
	const [day = '', id = ''] = page.after.split('~');
	const from = page.after === '' ? sql`` : sql`and (max(p.on_date), p.case_id) < (${day}::date, ${id}::uuid)`;
	const { rows } = await sql<FigureRecord>`
		select p.case_id as "caseId", (array_agg(p.unit_id order by p.recorded_at desc))[1] as "unitId",
			max(p.on_date) as "onDate", sum(p.quantity)::bigint as quantity
		${condition(figure, asked)}
		group by p.case_id having sum(p.quantity) <> 0 ${from}
		order by max(p.on_date) desc, p.case_id desc limit ${page.limit}`.execute(db);
	return rows;
}

function cursor(figure: Figure, last: FigureRecord): string {
	if (figure.kind === 'units_with' || figure.kind === 'units_without') return last.unitId;
	return `${last.onDate}~${last.caseId}`;
}
