import { sql } from 'kysely';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { fold } from '#lib/vietnamese/text.ts';
import { word } from '#lib/ui/word.ts';
import type { Branch } from './tree.ts';
import { listUnder } from './unit.server.ts';
import type { Unit } from './unit.ts';

/** Units that stand directly under one on a day, by code. */
export async function listChildren(db: Db, unitId: string, day = today()): Promise<Unit[]> {
	const { rows } = await sql<Unit>`
		select v.unit_id as id, v.code, v.name, v.kind, v.parent_id as "parentId" from unit_versions v
		where v.parent_id = ${unitId}::uuid and v.valid @> ${day}::date order by v.code`.execute(db);
	return rows;
}

/**
 * The tree at and under a unit on a day, siblings by code. With `search` (no tone marks needed) only units whose name or
 * code holds it and the ways to them; `found` and `open` tell which. Null where nothing is left.
 */
export async function tree(db: Db, unitId: string, of: { day: string; search: string }): Promise<Branch | null> {
	const units = await listUnder(db, unitId, of.day);
	const key = fold(of.search);
	const branches = new Map(
		units.map((unit): [string, Branch] => {
			const found = key !== '' && (fold(unit.name).includes(key) || fold(unit.code).includes(key));
			return [
				unit.id,
				{ ...unit, kindName: word('unit_kind', unit.kind), found, open: unit.depth === 0, children: [] }
			];
		})
	);
	for (const unit of units.toReversed()) {
		const branch = branches.get(unit.id);
		const parent = unit.parentId ? branches.get(unit.parentId) : undefined;
		if (!branch || !parent) continue;
		if (key !== '' && !branch.found && !branch.open) continue;
		parent.children.unshift(branch);
		parent.open ||= key !== '';
	}
	const top = branches.get(unitId);
	if (!top) return null;
	return key !== '' && !top.found && top.children.length === 0 ? null : top;
}

/** What a unit was called, of what kind it was and under whom it stood, latest first. `until`: the last day. */
export type UnitVersion = {
	id: string;
	code: string;
	name: string;
	kind: string;
	parentName: string | null;
	from: string;
	until: string | null;
};

/** The versions of a unit in time. `from` the beginning of all counting says that the day is not known. */
export async function listVersions(db: Db, unitId: string): Promise<UnitVersion[]> {
	const { rows } = await sql<UnitVersion>`
		select v.id, v.code, v.name, v.kind, lower(v.valid) as "from", (upper(v.valid) - 1)::date as until, (
			select p.name from unit_versions p where p.unit_id = v.parent_id
			order by (p.valid @> lower(v.valid)) desc, upper(p.valid) desc nulls first limit 1) as "parentName"
		from unit_versions v where v.unit_id = ${unitId}::uuid order by lower(v.valid) desc`.execute(db);
	return rows;
}
