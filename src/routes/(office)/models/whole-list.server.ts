import { signedIn } from '#lib/accounts/guard.ts';
import { structureText } from '#lib/figures/structure-text.ts';
import { listWhole } from '#lib/models/list.server.ts';
import { registrationTable } from '#lib/models/registration-table.ts';
import { m } from '#lib/paraglide/messages.js';
import { onSnapshot } from '#lib/server/snapshot.ts';
import { atOnce, type Table } from '#lib/spreadsheet/table.ts';
import { chosenOrClosed } from '#lib/units/chosen.server.ts';
import { formatInstant } from '#lib/vietnamese/format.ts';
import { fold } from '#lib/vietnamese/text.ts';
import { readFilter } from './filter.ts';

/**
 * The list as filtered, whole, for a file; `name` is that of the file without its ending. On which organisation it was
 * made is told by the name and, where the file has room for it, by the table `about`.
 */
export async function wholeList(
	{ db, ...locals }: App.Locals,
	url: URL
): Promise<{ name: string; table: Table; about: Table }> {
	const actor = signedIn(locals);
	const unit = await chosenOrClosed(db, actor, url);
	const filter = readFilter(url, unit.id);
	const batches = onSnapshot(db, (tx) => listWhole(tx, actor, filter));
	const structure = structureText(filter.structure ?? 'now');
	const facts = [
		[m.figure_sheet_unit(), `${unit.name} (${unit.code})`],
		[m.figure_sheet_structure(), structure],
		[m.figure_sheet_known_at(), formatInstant(new Date())]
	];
	return {
		name: `danh-sach-mo-hinh-${unit.code}-${fold(structure).replaceAll(/[^a-z0-9]+/g, '-')}`,
		table: registrationTable(batches),
		about: { name: m.model_workbook_about(), widths: [24, 60], batches: atOnce(facts) }
	};
}
