import { m } from '#lib/paraglide/messages.js';
import { getLocale } from '#lib/paraglide/runtime.js';
import { listProcessing } from '#lib/privacy/register.server.ts';
import { download } from '#lib/spreadsheet/download.ts';
import { atOnce } from '#lib/spreadsheet/table.ts';
import { writeXlsx } from '#lib/spreadsheet/xlsx.ts';
import type { RequestHandler } from './$types';

/** The register as an office hands it in. */
export const GET: RequestHandler = async ({ locals: { db } }) => {
	const entries = await listProcessing(db, getLocale());
	const lines = entries.map((entry) => [
		entry.what,
		entry.whose,
		entry.purpose,
		entry.legalBase,
		entry.retention,
		entry.readers,
		entry.place
	]);
	const heads = [
		m.privacy_what(),
		m.privacy_whose(),
		m.privacy_purpose(),
		m.privacy_legal_base(),
		m.privacy_retention(),
		m.privacy_readers(),
		m.privacy_place()
	];
	const table = { name: m.privacy_title(), widths: heads.map(() => 40), heads, batches: atOnce(lines) };
	return download('xu-ly-du-lieu-ca-nhan.xlsx', writeXlsx([table]));
};
