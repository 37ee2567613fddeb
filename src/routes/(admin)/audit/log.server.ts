import { unitsWhere, type Actor } from '#lib/accounts/actor.ts';
import { signedIn } from '#lib/accounts/guard.ts';
import { listWhole, type LoggedAction } from '#lib/actions/audit.server.ts';
import { describe } from '#lib/models/list.server.ts';
import { m } from '#lib/paraglide/messages.js';
import { describe as describeReports } from '#lib/reports/report.server.ts';
import type { Db } from '#lib/server/db.ts';
import { onSnapshot } from '#lib/server/snapshot.ts';
import type { Cell, Table } from '#lib/spreadsheet/table.ts';
import { word } from '#lib/ui/word.ts';
import { getByCode, names } from '#lib/units/unit.server.ts';
import { formatInstant } from '#lib/vietnamese/format.ts';
import { readFilter } from './filter.ts';

/** The record of a line: its name and address, as far as the reader may open it. */
export type NamedRecord = { name: string; href: string };

/** Records that the reader may open, by id; one that they may not is not there, nor is its name. */
export async function nameRecords(
	db: Db,
	actor: Actor,
	rows: readonly LoggedAction[]
): Promise<Map<string, NamedRecord>> {
	const idsOf = (noun: string) => [...new Set(rows.filter((row) => row.noun === noun).map((row) => row.recordId))];
	const [models, reports, units] = await Promise.all([
		describe(db, actor, idsOf('registration')),
		describeReports(db, actor, idsOf('report')),
		names(
			db,
			rows.flatMap((row) => (row.noun === 'unit' && row.unitId !== null ? row.recordId : []))
		)
	]);
	return new Map<string, NamedRecord>([
		...[...models].map(([id, { name }]) => [id, { name, href: `/models/${id}` }] as const),
		...[...reports].map(([id, { title }]) => [id, { name: title, href: `/reports/${id}` }] as const),
		...[...units].map(([id, { name, code }]) => [id, { name, href: `/units/${code}` }] as const)
	]);
}

/** The unit of `?unit=`; without it everything that the reader may read. */
export async function askedUnit(db: Db, actor: Actor, url: URL): Promise<string | null> {
	const code = url.searchParams.get('unit');
	return code ? (await getByCode(db, actor, code)).id : null;
}

const WIDTHS = [20, 24, 40, 40, 12, 40, 50, 14];

/** The log as filtered, whole, for a file. Names of records are not in it: a file knows no rights. */
export async function wholeLog({ db, ...locals }: App.Locals, url: URL): Promise<Table> {
	const actor = signedIn(locals);
	const filter = readFilter(url, await askedUnit(db, actor, url));
	const heads = [
		m.audit_when(),
		m.audit_who(),
		m.audit_what(),
		m.audit_record(),
		m.audit_unit_code(),
		m.audit_unit(),
		m.audit_reason(),
		m.audit_seal()
	];
	const batches = onSnapshot(db, (tx) => listWhole(tx, actor, filter));
	return { name: m.audit_title(), widths: WIDTHS, heads, batches: lines(batches) };
}

async function* lines(batches: AsyncIterable<readonly LoggedAction[]>): AsyncGenerator<Cell[][]> {
	for await (const rows of batches)
		yield rows.map((row) => [
			formatInstant(row.actedAt),
			row.actorName,
			did(row),
			row.recordId,
			row.unitCode,
			row.unitName,
			row.reason,
			row.sealed ? m.audit_sealed() : m.audit_waiting()
		]);
}

/** What was done, in words: "công nhận mô hình". */
export function did({ noun, verb }: Pick<LoggedAction, 'noun' | 'verb'>): string {
	return word('did', `${noun}_${verb}`);
}

export function mayAudit(actor: Actor): boolean {
	return unitsWhere(actor, 'audit.read').length > 0;
}
