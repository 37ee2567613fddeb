import { signedIn } from '#lib/accounts/guard.ts';
import { get, listRefused } from '#lib/import/import.server.ts';
import type { RefusedRow } from '#lib/import/import.ts';
import { refusedTable } from '#lib/import/refused-table.ts';
import { Id } from '#lib/models/model.schema.ts';
import type { Db } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { onSnapshot } from '#lib/server/snapshot.ts';
import { download } from '#lib/spreadsheet/download.ts';
import { writeXlsx } from '#lib/spreadsheet/xlsx.ts';
import type { RequestHandler } from './$types';

const AT_ONCE = 1000;

/** The rows to be mended, whole, each with its reasons. */
export const GET: RequestHandler = async ({ locals: { db, ...locals }, params }) => {
	const actor = signedIn(locals);
	const id = Id.safeParse(params.id);
	if (!id.success) throw problem('import.not_found');
	const list = await get(db, actor, id.data);
	const table = refusedTable(onSnapshot(db, (tx) => allRefused(tx, list.id)));
	return download(`phai-sua-${list.unitCode}-${list.year}.xlsx`, writeXlsx([table]));
};

async function* allRefused(db: Db, id: string): AsyncGenerator<RefusedRow[]> {
	let after: number | null = 0;
	while (after !== null) {
		const page: Awaited<ReturnType<typeof listRefused>> = await listRefused(db, id, { after, limit: AT_ONCE });
		yield page.rows.map((row) => row.content);
		after = page.next;
	}
}
