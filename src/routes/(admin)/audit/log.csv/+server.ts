import { writeCsv } from '#lib/spreadsheet/csv.ts';
import { download } from '#lib/spreadsheet/download.ts';
import { wholeLog } from '../log.server.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ locals, url }) =>
	download('nhat-ky.csv', writeCsv(await wholeLog(locals, url)));
