import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Actor } from '#lib/accounts/actor.ts';
import { command } from '#lib/actions/action.server.ts';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { fold } from '#lib/vietnamese/text.ts';
import { authorise, may, visibleTo } from './authority.server.ts';
import { establishIn, type NewUnit } from './unit.server.ts';
import { kindFromWords, type Unit } from './unit.ts';

/** A unit as a list has it; `kindName` in the list's words, `parentCode` of the list or of the books. */
export type ListedUnit = {
	sheet: string;
	row: number;
	code: string;
	name: string;
	kindName: string | null;
	parentCode: string | null;
};

/** Why a row cannot be taken in, at the cell of this meaning; text is the message `import_refused_<code>`. */
type UnitRefusal = {
	sheet: string;
	row: number;
	meaning: 'code' | 'kind' | 'parent';
	code: string;
	params: Record<string, string | number>;
	value: string;
};

/** `skipped`: rows whose unit stands in the books under this code and name already. */
export type UnitImport = {
	rows: number;
	accepted: Unit[];
	skipped: number;
	refused: UnitRefusal[];
	committed: boolean;
};

export type UnitImporting = {
	rows: readonly ListedUnit[];
	/** For rows that name no parent; null: such units stand topmost, which only the operator may establish. */
	parentId: string | null;
	dryRun?: boolean | undefined;
};

/** Establishes the units of a list by one event, parents first, or, when one row is refused, none of them. */
export async function importUnits(
	db: Db,
	actor: Actor,
	{ rows, parentId, dryRun = false }: UnitImporting
): Promise<UnitImport> {
	if (parentId) await authorise(db, actor, 'unit.establish', parentId);
	const { units, refused, skipped } = await appraise(db, actor, { rows, parentId });
	const result = { rows: rows.length, accepted: units, skipped, refused, committed: false };
	if (refused.length > 0 || units.length === 0 || dryRun) return result;
	const accepted = await command(db, actor, (tx) => establishIn(tx, actor, { units }));
	await sql`select refresh_statistics()`.execute(db);
	return { ...result, accepted, committed: true };
}

type Appraised = { units: (NewUnit & { id: string })[]; refused: UnitRefusal[]; skipped: number };
type Refuse = (
	unit: ListedUnit,
	meaning: UnitRefusal['meaning'],
	reason: { code: string } & UnitRefusal['params']
) => void;
type Standing = Map<string, { id: string; name: string; shown: string }>;

async function appraise(
	db: Db,
	actor: Actor,
	{ rows, parentId }: Pick<UnitImporting, 'rows' | 'parentId'>
): Promise<Appraised> {
	const standing = await findStanding(db, actor, rows);
	const refusals = new Map<ListedUnit, UnitRefusal>();
	const refuse: Refuse = (unit, meaning, { code, ...params }) => {
		const value = { code: unit.code, kind: unit.kindName ?? '', parent: unit.parentCode ?? '' }[meaning];
		if (!refusals.has(unit)) refusals.set(unit, { sheet: unit.sheet, row: unit.row, meaning, code, params, value });
	};
	const listed = new Map<string, ListedUnit>();
	const kept: ListedUnit[] = [];
	for (const unit of rows) {
		const known = standing.get(unit.code);
		const twin = listed.get(unit.code);
		if (twin) refuse(unit, 'code', { code: 'code_twice', row: twin.row });
		else listed.set(unit.code, unit);
		if (known && !twin && fold(known.name) === fold(unit.name)) continue;
		if (known) refuse(unit, 'code', { code: 'code_taken', name: known.shown });
		if (!kindOf(unit)) refuse(unit, 'kind', { code: 'kind_unknown' });
		kept.push(unit);
	}
	const yours = await findYours(
		db,
		actor,
		kept.flatMap((unit) => standing.get(unit.parentCode ?? '')?.id ?? [])
	);
	const inList = new Set(kept.map((unit) => unit.code));
	for (const unit of kept) {
		const above = standing.get(unit.parentCode ?? '');
		if (unit.parentCode === null) {
			if (parentId === null && !actor.everything) refuse(unit, 'parent', { code: 'parent_missing' });
		} else if (inList.has(unit.parentCode)) continue;
		else if (!above) refuse(unit, 'parent', { code: 'parent_unknown' });
		else if (!yours.has(above.id)) refuse(unit, 'parent', { code: 'parent_not_yours' });
	}
	const ordered = parentsFirst(kept, { refusals, refuse, listed });
	const ids = new Map(ordered.map((unit) => [unit.code, newId()]));
	const units = ordered.flatMap((unit) => {
		const kind = kindOf(unit);
		const above =
			unit.parentCode === null ? parentId : (ids.get(unit.parentCode) ?? standing.get(unit.parentCode)?.id ?? null);
		return kind ? [{ id: ids.get(unit.code) ?? newId(), code: unit.code, name: unit.name, kind, parentId: above }] : [];
	});
	return { units, refused: [...refusals.values()].sort(byPlace(rows)), skipped: rows.length - kept.length };
}

function byPlace(rows: readonly ListedUnit[]): (a: UnitRefusal, b: UnitRefusal) => number {
	const order = new Map(rows.map((unit, index) => [`${unit.row} ${unit.sheet}`, index]));
	const place = ({ row, sheet }: UnitRefusal) => order.get(`${row} ${sheet}`) ?? 0;
	return (a, b) => place(a) - place(b);
}

function kindOf(unit: ListedUnit) {
	return kindFromWords(fold(unit.kindName ?? unit.name));
}

type Ordering = {
	refusals: ReadonlyMap<ListedUnit, UnitRefusal>;
	refuse: Refuse;
	listed: ReadonlyMap<string, ListedUnit>;
};

/** Refuses what stands under a refused row, and rows that are each other's parents. */
function parentsFirst(kept: readonly ListedUnit[], { refusals, refuse, listed }: Ordering): ListedUnit[] {
	const inList = new Set(kept);
	const parentOf = (unit: ListedUnit) => {
		const above = unit.parentCode === null ? undefined : listed.get(unit.parentCode);
		return above && inList.has(above) ? above : null;
	};
	const ordered = new Set<ListedUnit>();
	for (
		let waiting = kept.filter((unit) => !refusals.has(unit));
		;
		waiting = waiting.filter((unit) => !ordered.has(unit))
	) {
		const ready = waiting.filter((unit) => {
			const above = parentOf(unit);
			return above === null || ordered.has(above);
		});
		if (ready.length > 0) {
			for (const unit of ready) ordered.add(unit);
			continue;
		}
		const orphans = waiting.filter((unit) => refusals.has(parentOf(unit) ?? unit));
		for (const unit of orphans) refuse(unit, 'parent', { code: 'parent_refused' });
		if (orphans.length === 0) {
			for (const unit of waiting) refuse(unit, 'parent', { code: 'parent_cycle' });
			return [...ordered];
		}
		waiting = waiting.filter((unit) => !refusals.has(unit));
	}
}

/** Units of today whose codes the list has; `shown` is the name, or "…" where the actor may not see the unit. */
async function findStanding(db: Db, actor: Actor, rows: readonly ListedUnit[]): Promise<Standing> {
	const codes = [...new Set(rows.flatMap((row) => [row.code, row.parentCode ?? row.code]))];
	const { rows: found } = await sql<{ id: string; code: string; name: string; visible: boolean }>`
		select v.unit_id as id, v.code, v.name, ${visibleTo(actor, 'unit.read', { unit: 'v.unit_id' })} as visible from unit_versions v
		where v.code = any(${codes}::text[]) and v.valid @> ${today()}::date`.execute(db);
	return new Map(found.map(({ id, code, name, visible }) => [code, { id, name, shown: visible ? name : '…' }]));
}

async function findYours(db: Db, actor: Actor, ids: readonly string[]): Promise<Set<string>> {
	const yours = new Set<string>();
	for (const id of new Set(ids)) if (await may(db, actor, 'unit.establish', id)) yours.add(id);
	return yours;
}
