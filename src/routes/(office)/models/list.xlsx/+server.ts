import { signedIn } from '#lib/accounts/guard.ts';
import { list, type ListedRegistration } from '#lib/models/list.server.ts';
import { registrationWorkbook } from '#lib/models/registration-workbook.ts';
import { chosenUnit } from '#lib/units/chosen.server.ts';
import { readFilter } from '../filter.ts';
import type { RequestHandler } from './$types';

const AT_ONCE = 2000;

/** The list as filtered, whole, as a workbook. */
export const GET: RequestHandler = async ({ locals: { db, ...locals }, url }) => {
	const actor = signedIn(locals);
	const unit = await chosenUnit(db, actor, url);
	const rows: ListedRegistration[] = [];
	let after: string | null = null;
	do {
		const page = await list(db, actor, { ...readFilter(url, unit.id), before: null, after, limit: AT_ONCE });
		rows.push(...page.rows);
		after = page.next;
	} while (after);
	return new Response(registrationWorkbook(rows), {
		headers: {
			'content-type': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
			'content-disposition': `attachment; filename="danh-sach-mo-hinh-${unit.code}.xlsx"`
		}
	});
};
