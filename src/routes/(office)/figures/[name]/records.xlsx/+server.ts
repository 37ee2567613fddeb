import { signedIn } from '#lib/accounts/guard.ts';
import { download } from '#lib/spreadsheet/download.ts';
import { writeXlsx } from '#lib/spreadsheet/xlsx.ts';
import { readQuestion } from '../question.server.ts';
import { recordsTables } from './tables.server.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ locals, params, url }) => {
	const actor = signedIn(locals);
	const asked = await readQuestion(locals.db, actor, { name: params.name, url });
	const tables = await recordsTables(locals.db, actor, asked);
	return download(`${params.name}-${asked.unit.code}-${asked.question.asOf}.xlsx`, writeXlsx(tables));
};
