import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Actor } from '#lib/accounts/actor.ts';
import type { NewAction } from '#lib/actions/action.server.ts';
import type { Tx } from '#lib/server/db.ts';
import { establishIn, type NewUnit as Establishing } from '#lib/units/unit.server.ts';
import { kindFromWords, type Unit, type UnitKind } from '#lib/units/unit.ts';
import type { Books } from './books.server.ts';
import type { Import } from './import.ts';
import { newUnitKey, type NewUnit } from './placing.ts';
import { unitKey } from './unit-names.ts';

type Listed = {
	office: Pick<Import, 'id' | 'fileName' | 'unitId' | 'unitCode'>;
	listed: readonly NewUnit[];
	books: Books;
};

/** Establishes the units that a list brings, by one event; each gets a code under that of its parent. `ids` by `newUnitKey`. */
export async function establishListed(
	tx: Tx,
	actor: Actor,
	{ office, listed, books }: Listed
): Promise<{ ids: Map<string, string>; actions: readonly NewAction[] }> {
	const ids = new Map(listed.map((unit) => [newUnitKey(unit), newId()]));
	if (listed.length === 0) return { ids, actions: [] };
	const parents = new Set(listed.flatMap((unit) => unit.parentName ?? []));
	const byName = new Map<string, Establishing & { id: string }>();
	const codes = await codesUnder(tx, [office.unitCode, ...books.units.map((unit) => unit.code)]);
	const known = new Map(books.units.map((unit): [string, Pick<Unit, 'id' | 'code'>] => [unit.id, unit]));
	const units = listed.map((unit) => {
		const above = unit.parentName === null ? undefined : byName.get(unit.parentName);
		const parent = above ?? known.get(unit.parentId ?? '') ?? { id: office.unitId, code: office.unitCode };
		const isParent = unit.parentName === null && parents.has(unit.name);
		const id = ids.get(newUnitKey(unit)) ?? newId();
		const made = {
			id,
			code: codes.next(parent.code),
			name: unit.name,
			kind: kindOf(unit.name, isParent),
			parentId: parent.id
		};
		if (isParent) byName.set(unit.name, made);
		return made;
	});
	const { actions } = await establishIn(tx, actor, {
		units,
		listed: { importId: office.id, fileName: office.fileName }
	});
	return { ids, actions };
}

/** Whoever registers models is at base level; whoever others stand under is a district or a bloc. */
function kindOf(name: string, isParent: boolean): UnitKind {
	const key = unitKey(name);
	if (isParent) return /\bkhoi\b/.test(key) ? 'bloc_committee' : 'district_committee';
	const named = kindFromWords(key);
	return named === 'commune_committee' || named === 'base_cell' ? named : 'base_committee';
}

/** Free codes: the parent's with the next number, `KG-03-07`. */
async function codesUnder(tx: Tx, prefixes: readonly string[]): Promise<{ next: (parent: string) => string }> {
	const { rows } = await sql<{ code: string }>`
		select distinct v.code from unit_versions v
		where exists (select 1 from unnest(${[...prefixes]}::text[]) prefix where starts_with(v.code, prefix || '-'))`.execute(
		tx
	);
	const taken = new Set(rows.map((row) => row.code));
	const numbers = new Map<string, number>();
	return {
		next: (parent) => {
			let code: string;
			do {
				const number = (numbers.get(parent) ?? 0) + 1;
				numbers.set(parent, number);
				code = `${parent}-${String(number).padStart(2, '0')}`;
			} while (taken.has(code));
			taken.add(code);
			return code;
		}
	};
}
