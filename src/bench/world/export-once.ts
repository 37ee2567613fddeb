import { operator } from '#lib/accounts/actor.ts';
import { listWhole } from '#lib/models/list.server.ts';
import { registrationTable } from '#lib/models/registration-table.ts';
import { openDatabase } from '#lib/server/db.ts';
import { readSettings } from '#lib/server/settings.ts';
import { onSnapshot } from '#lib/server/snapshot.ts';
import { writeCsv } from '#lib/spreadsheet/csv.ts';
import { writeXlsx } from '#lib/spreadsheet/xlsx.ts';

/** `export-once.ts csv|xlsx UNIT [FIELD]`: writes a list as a file to standard output, in a process whose memory is watched. */
const [format, unitId = '', field] = process.argv.slice(2);
const opened = await openDatabase(readSettings());
try {
	const filter = { unitId, field: field ?? null };
	const table = registrationTable(onSnapshot(opened.db, (tx) => listWhole(tx, operator('Đo'), filter)));
	for await (const bytes of format === 'csv' ? writeCsv(table) : writeXlsx([table])) {
		if (!process.stdout.write(bytes)) await new Promise((resolve) => process.stdout.once('drain', resolve));
	}
} finally {
	await opened.close();
}
