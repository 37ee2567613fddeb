import { signedIn } from '#lib/accounts/guard.ts';
import { get, listRefused } from '#lib/import/import.server.ts';
import type { RefusedRow } from '#lib/import/import.ts';
import { refusedWorkbook } from '#lib/import/refused-workbook.ts';
import { Id } from '#lib/models/model.schema.ts';
import { problem } from '#lib/server/problem.ts';
import type { RequestHandler } from './$types';

const AT_ONCE = 2000;

/** The rows to be mended, whole, each with its reasons. */
export const GET: RequestHandler = async ({ locals: { db, ...locals }, params }) => {
	const actor = signedIn(locals);
	const id = Id.safeParse(params.id);
	if (!id.success) throw problem('import.not_found');
	const list = await get(db, actor, id.data);
	const rows: RefusedRow[] = [];
	let after: number | null = 0;
	while (after !== null) {
		const page = await listRefused(db, list.id, { after, limit: AT_ONCE });
		rows.push(...page.rows.map((row) => row.content));
		after = page.next;
	}
	return new Response(refusedWorkbook(rows), {
		headers: {
			'content-type': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
			'content-disposition': `attachment; filename="phai-sua-${list.unitCode}-${list.year}.xlsx"`
		}
	});
};
