import type { Refusal } from '#lib/spreadsheet/refusal.ts';
import type { RegistrationList } from './registration-list.ts';
import type { Notice, ReadRow } from './registration-row.ts';
import { indexUnits, resolveUnit, unitKey, type ListedUnit, type UnitIndex, type UnitMatch } from './unit-names.ts';
import { columnLetter } from './workbook.ts';

/** A unit to be made; under `parentId`, or under the new unit `parentName`, or, both null, under the office. */
export type NewUnit = { name: string; parentId: string | null; parentName: string | null };

/** A row with its unit; `unitKey` tells units apart, made or not. */
export type PlacedRow = {
	read: ReadRow;
	unitId: string | null;
	newUnit: NewUnit | null;
	unitKey: string;
	notices: Notice[];
};

export type Placing = { rows: PlacedRow[]; refused: Refusal[]; newUnits: NewUnit[] };

type Place = Omit<PlacedRow, 'read'> | { code: string; params: Record<string, string | number> };

/** Finds the unit of each row; names of units count only within their sheet's unit. */
export function placeRows(
	list: RegistrationList,
	{ units, createUnits }: { units: readonly ListedUnit[]; createUnits: boolean }
): Placing {
	const index = indexUnits(units);
	const made = new Map<string, NewUnit>();
	const known = new Map<string, Place>();
	const result: Placing = { rows: [], refused: [], newUnits: [] };
	for (const read of list.rows) {
		const lookUp = `${read.sheetUnitName ?? ''}\n${read.unitName}`;
		const place = known.get(lookUp) ?? placeOf(read, { index, made, createUnits });
		known.set(lookUp, place);
		if ('code' in place) result.refused.push(refusal(read, place, list));
		else result.rows.push({ ...place, read });
	}
	result.newUnits = [...made.values()];
	return result;
}

type Making = { index: UnitIndex; made: Map<string, NewUnit>; createUnits: boolean };

function placeOf({ unitName, sheetUnitName }: ReadRow, making: Making): Place {
	const { index, made, createUnits } = making;
	const scope = { keepsPlaceKind: createUnits };
	const over = sheetUnitName === null ? null : resolveUnit(sheetUnitName, index, scope);
	const sheetUnit = over && 'unit' in over ? over.unit : null;
	if (sheetUnitName !== null && !sheetUnit && createUnits) {
		const sheet = make(made, { name: sheetUnitName, parentId: null, parentName: null });
		if (unitKey(unitName) === unitKey(sheetUnitName)) return newPlace(sheet);
		return newPlace(make(made, { name: unitName, parentId: null, parentName: sheet.name }));
	}
	const match = resolveUnit(unitName, index, { ...scope, within: sheetUnit?.id });
	if (match) return matchedPlace(match, unitName);
	if (!createUnits) return { code: 'unit_unknown', params: { unit: unitName } };
	return newPlace(make(made, { name: unitName, parentId: sheetUnit?.id ?? null, parentName: null }));
}

function make(made: Map<string, NewUnit>, unit: NewUnit): NewUnit {
	const key = newUnitKey(unit);
	const found = made.get(key) ?? unit;
	made.set(key, found);
	return found;
}

/** Tells units to be made apart, however their names are spelled. */
export function newUnitKey({ name, parentId, parentName }: NewUnit): string {
	return `new|${parentId ?? ''}|${unitKey(parentName ?? '')}|${unitKey(name)}`;
}

function newPlace(newUnit: NewUnit): Place {
	return { unitId: null, newUnit, unitKey: newUnitKey(newUnit), notices: [] };
}

function matchedPlace(match: UnitMatch, written: string): Place {
	if ('several' in match) {
		const units = match.several.slice(0, 5).map((unit) => `${unit.name} (${unit.code})`);
		return { code: 'unit_ambiguous', params: { unit: written, units: units.join('; ') } };
	}
	const { unit, isKindIgnored } = match;
	const notices = isKindIgnored ? [{ code: 'unit_kind_ignored', params: { unit: unit.name } }] : [];
	return { unitId: unit.id, newUnit: null, unitKey: unit.id, notices };
}

function refusal(
	read: ReadRow,
	place: { code: string; params: Record<string, string | number> },
	list: RegistrationList
) {
	const headings = list.sheets.find((sheet) => sheet.name === read.sheet)?.headings ?? [];
	const column = columnLetter(headings.find((heading) => heading.meaning === 'unit')?.column ?? 0);
	return { sheet: read.sheet, row: read.row, column, ...place, value: read.unitName.slice(0, 120) };
}
