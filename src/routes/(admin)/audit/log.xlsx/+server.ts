import { writeXlsx } from '#lib/spreadsheet/xlsx.ts';
import { download } from '#lib/spreadsheet/download.ts';
import { wholeLog } from '../log.server.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ locals, url }) =>
	download('nhat-ky.xlsx', writeXlsx([await wholeLog(locals, url)]));
