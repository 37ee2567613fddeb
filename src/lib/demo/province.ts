import { operator } from '#lib/accounts/actor.ts';
import { command } from '#lib/actions/action.server.ts';
import { registerAll, type ListedInput } from '#lib/models/bulk.server.ts';
import type { Held } from '#lib/models/change.server.ts';
import { FIELDS } from '#lib/models/model.ts';
import type { Db } from '#lib/server/db.ts';
import { establish } from '#lib/units/unit.server.ts';
import { COMMUNE_DEEDS, OFFICE_DEEDS } from './deeds.ts';
import { dayAfter, dice, type Dice } from './dice.ts';
import { BLOC_UNITS, HAMLETS, KIEN_GIANG } from './places.ts';

const actor = operator('Dữ liệu minh hoạ');

type Base = { id: string; name: string; commune: boolean };
export type ProvinceWorld = { province: string; bases: readonly Base[] };

/** The province with 15 districts and their communes, and the bloc of its agencies. */
export async function establishProvince(db: Db): Promise<ProvinceWorld> {
	const [province] = await establish(db, actor, {
		units: [{ code: 'KG', name: 'Tỉnh uỷ Kiên Giang', kind: 'province_committee', parentId: null }]
	});
	if (!province) throw new Error('the province was not established');
	const districts = await establish(db, actor, {
		units: [
			...KIEN_GIANG.map(({ name }, i) => ({
				code: codeOf(i),
				name,
				kind: 'district_committee' as const,
				parentId: province.id
			})),
			{
				code: codeOf(KIEN_GIANG.length),
				name: 'Đảng uỷ Khối các cơ quan tỉnh',
				kind: 'bloc_committee',
				parentId: province.id
			}
		]
	});
	const communes = KIEN_GIANG.flatMap(({ communes: names }, d) =>
		names.map((name, i) => ({
			code: `${codeOf(d)}-${String(i + 1).padStart(2, '0')}`,
			name: `Đảng uỷ ${name}`,
			kind: 'commune_committee' as const,
			parentId: districts[d]?.id ?? null
		}))
	);
	const agencies = BLOC_UNITS.slice(0, 15).map((name, i) => ({
		code: `${codeOf(KIEN_GIANG.length)}-${String(i + 1).padStart(2, '0')}`,
		name: `Đảng bộ ${name}`,
		kind: 'base_committee' as const,
		parentId: districts.at(-1)?.id ?? null
	}));
	const bases = await establish(db, actor, { units: [...communes, ...agencies] });
	return {
		province: province.id,
		bases: bases.map(({ id, name, kind }) => ({
			id,
			name: name.replace(/^Đảng uỷ /, ''),
			commune: kind === 'commune_committee'
		}))
	};
}

function codeOf(district: number): string {
	return `KG-${String(district + 1).padStart(2, '0')}`;
}

/** All at base level: 7.337 registered in 2018, 6.011 recognised; 7.736 registered in 2019, 6.568 recognised (84,9%). */
export async function registerProvince(db: Db, world: ProvinceWorld): Promise<void> {
	const chance = dice(2019);
	const making = { chance, used: new Set<string>(), bases: world.bases };
	const homes = new Map(world.bases.map((base) => [base.id, world.province]));
	const first = await enter(db, {
		rows: year(making, { year: 2018, count: 7337, recognised: 6011, earlier: [] }),
		homes,
		decidedOn: '2018-12-28'
	});
	const earlier = first.filter((held) => held.state === 'recognised');
	const rows = year(making, {
		year: 2019,
		count: 7736,
		recognised: 6568,
		earlier: chance.shuffle(earlier).slice(0, 4600)
	});
	await enter(db, { rows, homes, decidedOn: '2019-12-27' });
}

async function enter(
	db: Db,
	list: { rows: ListedInput[]; homes: ReadonlyMap<string, string>; decidedOn: string }
): Promise<Held[]> {
	return command(db, actor, async (tx) => {
		const { held, actions } = await registerAll(tx, { ...list, importId: null });
		const [action, ...rest] = actions;
		if (!action) throw new Error('nothing was registered');
		return { result: held, actions: [action, ...rest] };
	});
}

type Making = { chance: Dice; used: Set<string>; bases: readonly Base[] };

function year(
	making: Making,
	wanted: { year: number; count: number; recognised: number; earlier: readonly Held[] }
): ListedInput[] {
	const { chance, bases } = making;
	const day = () => dayAfter(`${wanted.year}-01-05`, chance.whole(330));
	const continuing = wanted.earlier.map((held) => ({
		...held,
		year: wanted.year,
		novelty: 'continuing' as const,
		registeredOn: day(),
		previousId: held.id
	}));
	const begun = Array.from({ length: wanted.count - continuing.length }, (_, i) =>
		begin(making, bases[i % bases.length] ?? chance.pick(bases), day())
	);
	// In the first year nothing is known of earlier ones: lists then call three in five "tiếp tục".
	const first = wanted.earlier.length === 0;
	return chance.shuffle([...continuing, ...begun]).map((row, i) => {
		const recognised = i < wanted.recognised;
		const novelty = first && i % 5 < 3 ? ('continuing' as const) : row.novelty;
		return {
			...row,
			novelty,
			recognised,
			score: recognised ? 75 + chance.whole(251) / 10 : 40 + chance.whole(346) / 10
		};
	});
}

function begin({ chance, used }: Making, base: Base, registeredOn: string): ListedInput {
	const field = chance.pick([...FIELDS, 'culture_society', 'culture_society', 'economy'] as const);
	const deeds = base.commune ? COMMUNE_DEEDS[field] : OFFICE_DEEDS[field];
	for (;;) {
		const place = base.commune ? `${chance.pick(HAMLETS)}, ${base.name}` : chance.pick(HAMLETS);
		const name = chance.pick(deeds).replace('%', place);
		const key = `${base.id} ${name}`;
		if (used.has(key) && chance.whole(400) !== 0) continue;
		used.add(key);
		const subject = chance.whole(9) === 0 ? ('individual' as const) : ('collective' as const);
		return {
			unitId: base.id,
			year: Number(registeredOn.slice(0, 4)),
			level: 'base',
			field,
			subject,
			novelty: 'new',
			name,
			place,
			registeredOn
		};
	}
}
