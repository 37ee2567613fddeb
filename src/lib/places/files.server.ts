import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { problem } from '#lib/server/problem.ts';
import { splitRows } from '#lib/spreadsheet/csv-rows.ts';
import { typedDay } from '#lib/vietnamese/day.ts';
import { normalise } from '#lib/vietnamese/text.ts';
import {
	fault,
	LAW_OF_PROVINCES,
	REORGANISED_ON,
	type Alias,
	type At,
	type Change,
	type Fault,
	type Gazetteer,
	type Listed,
	type Move
} from './gazetteer.ts';
import type { Extent, PlaceTier } from './place.ts';
import { BEFORE_ALL } from '#lib/units/unit.ts';

/** Files of a folder and the columns that are read of each. */
const FORMS = {
	'provinces_2025-03.csv': ['code', 'full_name'],
	'districts_2025-03.csv': ['code', 'full_name', 'province_code'],
	'communes_2025-03.csv': ['code', 'full_name', 'district_code'],
	'provinces_2025-07.csv': ['code', 'full_name'],
	'communes_2025-07.csv': ['code', 'full_name', 'province_code'],
	'map_province_63_to_34.csv': ['old_code', 'new_code'],
	'map_commune_to_2025-07.csv': [
		'old_code',
		'old_district_code',
		'new_code',
		'relation',
		'remainder',
		'primary',
		'confidence'
	],
	'name_variants.csv': ['code', 'resolution_name'],
	'aliases_pre2025.csv': ['old_full_name', 'old_district', 'old_province', 'code_2024', 'new_code']
} as const;
type Known = keyof typeof FORMS;

const CHANGES = /^changes_\d{4}-\d{2}-\d{2}\.csv$/;
const CHANGE_COLUMNS = ['code', 'old_full_name', 'new_full_name', 'effective', 'instrument'] as const;

/** Bytes of a file: the longest list of the country is under one million. */
const LARGEST = 20_000_000;

type Row = { at: At; get: (column: string) => string };

/** The lists of a folder; `faults`: what could not be read at all. Refuses a folder that cannot be opened. */
export async function readFolder(folder: string): Promise<{ gazetteer: Gazetteer; faults: Fault[] }> {
	const names = await readdir(folder).catch((error: unknown) => {
		throw problem('cli.option_invalid', { detail: `${folder}: ${error instanceof Error ? error.message : ''}` }, error);
	});
	const faults: Fault[] = [];
	const read = async (name: string, columns: readonly string[]): Promise<Row[]> => {
		const table = await readTable(folder, name, columns);
		faults.push(...table.faults);
		return table.rows;
	};
	const rows = async (name: Known) => {
		if (names.includes(name)) return read(name, FORMS[name]);
		faults.push(fault({ file: name, line: 0 }, 'file_missing'));
		return [];
	};
	const list = async (name: Known, tier: PlaceTier, parent: string | null) =>
		(await rows(name)).map((row) => listed(row, tier, parent));
	const before = [
		...(await list('provinces_2025-03.csv', 'province', null)),
		...(await list('districts_2025-03.csv', 'district', 'province_code')),
		...(await list('communes_2025-03.csv', 'commune', 'district_code'))
	];
	const since = [
		...(await list('provinces_2025-07.csv', 'province', null)),
		...(await list('communes_2025-07.csv', 'commune', 'province_code'))
	];
	const moves = [
		...(await rows('map_province_63_to_34.csv')).map(provinceMove),
		...(await rows('map_commune_to_2025-07.csv')).map((row) => communeMove(row, faults))
	];
	const changes: Change[] = [];
	for (const name of names.filter((one) => CHANGES.test(one)).toSorted())
		changes.push(...(await read(name, CHANGE_COLUMNS)).flatMap((row) => changeOf(row, faults)));
	const aliases = [
		...(await rows('name_variants.csv')).map(spelling),
		...(await rows('aliases_pre2025.csv')).map(abolished)
	];
	const gazetteer: Gazetteer = {
		source: { kind: 'files', name: basename(folder) },
		before: { from: BEFORE_ALL, law: null, places: before },
		since: { from: REORGANISED_ON, law: LAW_OF_PROVINCES, places: since },
		moves,
		changes,
		aliases
	};
	return { gazetteer, faults };
}

async function readTable(
	folder: string,
	file: string,
	columns: readonly string[]
): Promise<{ rows: Row[]; faults: Fault[] }> {
	const bytes = await readFile(join(folder, file));
	const unread = (line: number, code: string, params = {}) => ({
		rows: [],
		faults: [fault({ file, line }, code, params)]
	});
	if (bytes.length > LARGEST) return unread(0, 'file_too_large');
	const text = utf8(bytes);
	if (text === null) return unread(0, 'not_utf8');
	const [heads = [], ...lines] = splitRows(text.replace(/^\ufeff/, ''), ',');
	const places = new Map(heads.map((head, index) => [head.trim(), index]));
	const missing = columns.find((column) => !places.has(column));
	if (missing) return unread(1, 'column_missing', { column: missing });
	const faults: Fault[] = [];
	const rows = lines.flatMap((cells, index): Row[] => {
		const at = { file, line: index + 2 };
		if (cells.every((cell) => cell.trim() === '')) return [];
		if (cells.length !== heads.length) {
			faults.push(fault(at, 'cells_differ', { found: cells.length, wanted: heads.length }));
			return [];
		}
		return [{ at, get: (column) => normalise(cells[places.get(column) ?? -1] ?? '') }];
	});
	return { rows, faults };
}

function utf8(bytes: Uint8Array): string | null {
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
	} catch {
		return null;
	}
}

function listed({ at, get }: Row, tier: PlaceTier, parent: string | null): Listed {
	const code = get('code');
	return { at, tier, key: code, code, fullName: get('full_name'), parent: parent && get(parent) };
}

/** No province is divided. */
function provinceMove({ at, get }: Row): Move {
	const fixed = { extent: 'whole', isPrimary: true, isRemainder: false, confidence: 'high' } as const;
	return { at, old: get('old_code'), becomes: get('new_code'), ...fixed };
}

/** An island district had no communes and went as itself: its line has no commune's code. */
function communeMove({ at, get }: Row, faults: Fault[]): Move {
	const relation = get('relation');
	const extent: Extent = relation === 'whole' || relation === 'part' ? relation : null;
	if (extent === null) faults.push(fault(at, 'relation_unknown', { value: relation }));
	const confidence = get('confidence');
	if (!['high', 'medium', 'low'].includes(confidence))
		faults.push(fault(at, 'confidence_unknown', { value: confidence }));
	return {
		at,
		old: get('old_code') || get('old_district_code'),
		becomes: get('new_code'),
		extent,
		isPrimary: get('primary') === '1',
		isRemainder: get('remainder') === '1',
		confidence
	};
}

function changeOf({ at, get }: Row, faults: Fault[]): Change[] {
	const day = typedDay(get('effective'));
	if (!day || day <= REORGANISED_ON) {
		faults.push(fault(at, 'day_invalid', { value: get('effective') }));
		return [];
	}
	const law = get('instrument');
	return [{ at, code: get('code'), was: get('old_full_name'), becomes: get('new_full_name'), day, law }];
}

function spelling({ at, get }: Row): Alias {
	return { at, kind: 'spelling', place: get('code'), name: get('resolution_name'), within: null, code: null };
}

function abolished({ at, get }: Row): Alias {
	const within = [get('old_district'), get('old_province')].filter((part) => part !== '').join(', ');
	const code = get('code_2024') || null;
	return { at, kind: 'abolished', place: get('new_code'), name: get('old_full_name'), within, code };
}
