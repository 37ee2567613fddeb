import { signedIn } from '#lib/accounts/guard.ts';
import { structureText } from '#lib/figures/structure-text.ts';
import { listWhole } from '#lib/models/list.server.ts';
import { registrationTable } from '#lib/models/registration-table.ts';
import { onSnapshot } from '#lib/server/snapshot.ts';
import type { Table } from '#lib/spreadsheet/table.ts';
import { chosenOrClosed } from '#lib/units/chosen.server.ts';
import { fold } from '#lib/vietnamese/text.ts';
import { readFilter } from './filter.ts';

/** The list as filtered, whole, for a file; `name` is that of the file without its ending. */
export async function wholeList({ db, ...locals }: App.Locals, url: URL): Promise<{ name: string; table: Table }> {
	const actor = signedIn(locals);
	const unit = await chosenOrClosed(db, actor, url);
	const filter = readFilter(url, unit.id);
	const batches = onSnapshot(db, (tx) => listWhole(tx, actor, filter));
	const tree = filter.structure ? `-${fold(structureText(filter.structure)).replaceAll(/[^a-z0-9]+/g, '-')}` : '';
	return { name: `danh-sach-mo-hinh-${unit.code}${tree}`, table: registrationTable(batches) };
}
