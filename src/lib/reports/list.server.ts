import { sql } from 'kysely';
import type { Actor } from '#lib/accounts/actor.ts';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { visibleTo } from '#lib/units/authority.server.ts';
import type { ReportState } from './report.ts';

export type ReportLine = {
	id: string;
	unitCode: string;
	unitName: string;
	code: string;
	title: string;
	beginsOn: string;
	asOf: string;
	state: ReportState;
	number: number | null;
	signedOn: string | null;
};

/** A place in the list: the cut-off day and the id of a report. */
export const REPORT_CURSOR = /^\d{4}-\d{2}-\d{2}~[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Reports of a unit and of everything under it today, latest period first, a page at a time. */
export async function listUnder(
	db: Db,
	actor: Actor,
	page: { unitId: string; limit: number; after?: string | undefined }
): Promise<{ rows: ReportLine[]; next: string | null }> {
	const [day, id] = page.after?.split('~') ?? [];
	const from = day && id ? sql`and (r.as_of, r.id) < (${day}::date, ${id}::uuid)` : sql``;
	const { rows } = await sql<ReportLine>`
		select r.id, v.code as "unitCode", v.name as "unitName", r.code, r.title, r.begins_on as "beginsOn", r.as_of as "asOf",
			r.state, s.number, s.signed_on as "signedOn"
		from reports r left join report_signatures s on s.report_id = r.id
		cross join lateral (
			select u.code, u.name from unit_versions u where u.unit_id = r.unit_id
			order by (u.valid @> r.as_of) desc, upper(u.valid) desc nulls first limit 1
		) v
		where exists (select 1 from unit_paths under where under.unit_id = r.unit_id and under.ancestor_id = ${page.unitId}::uuid
				and under.valid @> ${today()}::date and upper_inf(under.known))
			and ${visibleTo(actor, 'report.read', { unit: 'r.unit_id', day: 'r.as_of' })} ${from}
		order by r.as_of desc, r.id desc limit ${page.limit + 1}`.execute(db);
	const shown = rows.slice(0, page.limit);
	const last = shown.at(-1);
	return { rows: shown, next: rows.length > page.limit && last ? `${last.asOf}~${last.id}` : null };
}
