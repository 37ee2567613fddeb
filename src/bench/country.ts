import { v7 as newId } from 'uuid';
import type { UnitEvent } from '#lib/units/event.schema.ts';
import type { NewUnit } from '#lib/units/unit.server.ts';

/** What was and what came of it on a day: the form of the real lists of 1/7/2025. `main`: of several, the one with the seat. */
export type Reorganised = {
	day: string;
	provinces: readonly { code: string; name: string; to: string }[];
	districts: readonly { code: string; name: string; province: string }[];
	communes: readonly { code: string; name: string; district: string }[];
	newProvinces: readonly { code: string; name: string }[];
	newCommunes: readonly { code: string; name: string; province: string }[];
	pairs: readonly { from: string; to: string; main: boolean }[];
};

const TOP = 'TW';
const province = (code: string): string => `T${code}`;
const district = (code: string): string => `H${code}`;
const commune = (code: string): string => `X${code}`;
const base = (code: string, n: number): string => `X${code}-${n}`;

/** The units of the day before, under one top, with so many base units under each commune; parents before children. */
export function unitsBefore(country: Reorganised, basePerCommune: number): NewUnit[] {
	const ids = new Map<string, string>();
	const unit = (code: string, rest: Pick<NewUnit, 'name' | 'kind'> & { under: string | null }): NewUnit => {
		const id = newId();
		ids.set(code, id);
		const { name, kind, under } = rest;
		return { id, code, name, kind, parentId: under === null ? null : (ids.get(under) ?? null) };
	};
	return [
		unit(TOP, { name: 'Trung ương', kind: 'board', under: null }),
		...country.provinces.map(({ code, name }) =>
			unit(province(code), { name: `Tỉnh uỷ ${name}`, kind: 'province_committee', under: TOP })
		),
		...country.districts.map((one) =>
			unit(district(one.code), {
				name: `Huyện uỷ ${one.name}`,
				kind: 'district_committee',
				under: province(one.province)
			})
		),
		...country.communes.map((one) =>
			unit(commune(one.code), { name: `Đảng uỷ ${one.name}`, kind: 'commune_committee', under: district(one.district) })
		),
		...country.communes.flatMap(({ code, name }) =>
			Array.from({ length: basePerCommune }, (_, n) =>
				unit(base(code, n + 1), { name: `Chi bộ ${n + 1} ${name}`, kind: 'base_cell', under: commune(code) })
			)
		)
	];
}

/** What the decisions of that day did: provinces merge, communes merge, split and move, districts end. */
export function eventsOf(country: Reorganised, basePerCommune: number): UnitEvent[] {
	const said = {
		effectiveOn: country.day,
		decisionNumber: '202/2025/QH15',
		decidedOn: null,
		reason: 'sắp xếp đơn vị hành chính các cấp'
	};
	const newcomer = (code: string, name: string, kind: NewUnit['kind'], parent: string) => ({
		code,
		name,
		kind,
		parent,
		shortName: null,
		place: null
	});
	const goesTo = Map.groupBy(country.pairs, (pair) => pair.from);
	const comesFrom = Map.groupBy(country.pairs, (pair) => pair.to);
	const isWhole = (from: string): boolean => goesTo.get(from)?.length === 1;
	const events: UnitEvent[] = [];
	for (const [to, from] of Map.groupBy(country.provinces, (one) => one.to)) {
		const [only] = from;
		if (from.length === 1 && only?.code === to) continue;
		const name = country.newProvinces.find((one) => one.code === to)?.name ?? to;
		const into = newcomer(province(to), `Tỉnh uỷ ${name}`, 'province_committee', TOP);
		events.push({ ...said, kind: 'merge', units: from.map((one) => province(one.code)), into });
	}
	const split: string[] = [];
	for (const { code, name, province: of } of country.newCommunes) {
		const from = comesFrom.get(code) ?? [];
		const whole = from.filter((pair) => isWhole(pair.from));
		const into = newcomer(commune(code), `Đảng uỷ ${name}`, 'commune_committee', province(of));
		if (whole.length > 0) events.push({ ...said, kind: 'merge', units: whole.map((pair) => commune(pair.from)), into });
		else events.push({ ...said, kind: 'establish', unit: into });
	}
	for (const { code } of country.communes) if (!isWhole(code)) split.push(code);
	for (const code of split) {
		const parts = (goesTo.get(code) ?? []).map((pair, index, all) => ({
			into: commune(pair.to),
			units: Array.from({ length: basePerCommune }, (_, n) => n)
				.filter((n) => n % all.length === index)
				.map((n) => base(code, n + 1)),
			places: [],
			cases: []
		}));
		events.push({ ...said, kind: 'split', unit: commune(code), parts, rest: null });
	}
	for (const one of country.districts) {
		const heir = country.provinces.find(({ code }) => code === one.province)?.to ?? one.province;
		events.push({ ...said, kind: 'close', unit: district(one.code), heir: province(heir) });
	}
	return events;
}

const OLD_PROVINCES = 63;
const OLD_DISTRICTS = 696;
const OLD_COMMUNES = 10_035;
const NEW_PROVINCES = 34;
const NEW_COMMUNES = 3321;
const SPLIT = 442;

/** A country of the real size where no list is at hand. Codes are used again with a new meaning, as the real ones are. */
export function madeUpCountry(): Reorganised {
	const two = (n: number): string => String(n).padStart(2, '0');
	const five = (n: number): string => String(n).padStart(5, '0');
	const provinceOf = (districtNumber: number): number => districtNumber % OLD_PROVINCES;
	const to = (old: number): number => old % NEW_PROVINCES;
	const communes = Array.from({ length: OLD_COMMUNES }, (_, n) => ({ n, district: n % OLD_DISTRICTS }));
	const newOf = (n: number, province: number): number =>
		province + NEW_PROVINCES * (n % Math.floor(NEW_COMMUNES / NEW_PROVINCES));
	const pairs = communes.flatMap(({ n, district: of }) => {
		const there = to(provinceOf(of));
		const main = { from: five(n), to: five(newOf(n, there)), main: true };
		return n % Math.floor(OLD_COMMUNES / SPLIT) === 0
			? [main, { ...main, to: five(newOf(n + 1, there)), main: false }]
			: [main];
	});
	const used = new Map(pairs.map((pair) => [pair.to, Number(pair.to) % NEW_PROVINCES]));
	return {
		day: '2025-07-01',
		provinces: Array.from({ length: OLD_PROVINCES }, (_, n) => ({ code: two(n), name: `cũ ${n}`, to: two(to(n)) })),
		districts: Array.from({ length: OLD_DISTRICTS }, (_, n) => ({
			code: five(n).slice(2),
			name: `${n}`,
			province: two(provinceOf(n))
		})),
		communes: communes.map(({ n, district: of }) => ({ code: five(n), name: `xã ${n}`, district: five(of).slice(2) })),
		newProvinces: Array.from({ length: NEW_PROVINCES }, (_, n) => ({ code: two(n), name: `mới ${n}` })),
		newCommunes: [...used].map(([code, of]) => ({ code, name: `xã mới ${code}`, province: two(of) })),
		pairs
	};
}
