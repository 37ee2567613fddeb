import type { Actor } from '#lib/accounts/actor.ts';
import type { FigureRecord } from '#lib/figures/figure.ts';
import type { Db } from '#lib/server/db.ts';
import { names } from '#lib/units/unit.server.ts';
import { describe } from './list.server.ts';

/** A record behind a figure as it is told outside; `id` is null where the record is a unit. */
export type RecordLine = {
	id: string | null;
	unit: string;
	name: string | null;
	onDate: string | null;
	quantity: number;
};

/** Gives records their names and their units' codes; a registration that the actor may not read stays without a name. */
export async function recordLines(db: Db, actor: Actor, records: readonly FigureRecord[]): Promise<RecordLine[]> {
	const units = await names(
		db,
		records.map((record) => record.unitId)
	);
	const cases = await describe(
		db,
		actor,
		records.flatMap((record) => (record.caseId ? [record.caseId] : []))
	);
	return records.map(({ caseId, unitId, onDate, quantity }) => {
		const unit = units.get(unitId);
		const name = caseId ? (cases.get(caseId)?.name ?? null) : (unit?.name ?? null);
		return { id: caseId, unit: unit?.code ?? unitId, name, onDate, quantity };
	});
}
