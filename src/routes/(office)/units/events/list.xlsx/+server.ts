import { writeXlsx } from '#lib/spreadsheet/xlsx.ts';
import { download } from '#lib/spreadsheet/download.ts';
import { wholeList } from '../whole-list.server.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ locals, url }) => {
	const table = await wholeList(locals, url);
	return download('sap-xep-to-chuc.xlsx', writeXlsx([table]));
};
