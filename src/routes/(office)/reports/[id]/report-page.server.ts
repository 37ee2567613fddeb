import { signedIn } from '#lib/accounts/guard.ts';
import type { Actor } from '#lib/accounts/actor.ts';
import { hindrance, type Report, type ReportVerb } from '#lib/reports/report.ts';
import { get } from '#lib/reports/report.server.ts';
import type { Db } from '#lib/server/db.ts';
import { reportId } from '../record.ts';
import { rightsOn } from '../rights.server.ts';

/** What every page of one report begins with. */
export async function open(
	locals: App.Locals,
	params: { id: string }
): Promise<{ db: Db; actor: Actor; report: Report }> {
	const actor = signedIn(locals);
	return { db: locals.db, actor, report: await get(locals.db, actor, reportId(params.id)) };
}

/** What a page for one act shows of the report, and what stands in its way. */
export async function actOn(locals: App.Locals, params: { id: string }, verb: ReportVerb) {
	const { db, actor, report } = await open(locals, params);
	const rights = await rightsOn(db, actor, report.unitId);
	const { id, title, state } = report;
	return { report, actor, db, shown: { id, title, state, verb, hindrance: hindrance(verb, state, rights) } };
}
