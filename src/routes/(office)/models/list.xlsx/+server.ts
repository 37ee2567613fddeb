import { download } from '#lib/spreadsheet/download.ts';
import { writeXlsx } from '#lib/spreadsheet/xlsx.ts';
import { wholeList } from '../whole-list.server.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ locals, url }) => {
	const { name, table, about } = await wholeList(locals, url);
	return download(`${name}.xlsx`, writeXlsx([table, about]));
};
