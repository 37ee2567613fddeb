import { operator } from '#lib/accounts/actor.ts';
import { command } from '#lib/actions/action.server.ts';
import { registerAll, type ListedInput } from '#lib/models/bulk.server.ts';
import type { Held } from '#lib/models/change.server.ts';
import { FIELDS, type Field } from '#lib/models/model.ts';
import { honour } from '#lib/models/recognition.server.ts';
import type { Db } from '#lib/server/db.ts';
import { establish } from '#lib/units/unit.server.ts';
import { OFFICE_DEEDS, YEN_BAI_PLACES } from './deeds.ts';
import { dayAfter, dice, type Dice } from './dice.ts';
import { BLOC_UNITS } from './places.ts';

const actor = operator('Dữ liệu minh hoạ');

export type BlocWorld = { province: string; bloc: string; units: readonly string[] };

/** The bloc with its 77 units; a second one of the same shape, without any models, is the empty office for practice. */
export async function establishBloc(
	db: Db,
	named: { code: string; province: string; provinceCode: string }
): Promise<BlocWorld> {
	const [province] = await establish(db, actor, {
		units: [{ code: named.provinceCode, name: named.province, kind: 'province_committee', parentId: null }]
	});
	const [bloc] = await establish(db, actor, {
		units: [
			{
				code: named.code,
				name: 'Đảng uỷ Khối cơ quan và doanh nghiệp',
				shortName: 'Đảng uỷ Khối',
				kind: 'bloc_committee',
				parentId: province?.id ?? null
			}
		]
	});
	if (!province || !bloc) throw new Error('the bloc was not established');
	const units = await establish(db, actor, {
		units: BLOC_UNITS.map((entry, i) => ({
			code: `${named.code}-${String(i + 1).padStart(2, '0')}`,
			name: entry.startsWith('~') ? `Chi bộ ${entry.slice(1)}` : `Đảng bộ ${entry}`,
			kind: entry.startsWith('~') ? ('base_cell' as const) : ('base_committee' as const),
			parentId: bloc.id
		}))
	});
	return { province: province.id, bloc: bloc.id, units: units.map((unit) => unit.id) };
}

/**
 * 2023: 133 registered (2 of the bloc, 71 continuing, 60 new), 64 recognised on 16/2/2024, 12 of them typical.
 * 2024, by the end of 15/6: 182 registered (2 of the bloc, 100 continuing, 80 new) by 71 of the 77 units.
 */
export async function registerBloc(db: Db, world: BlocWorld): Promise<void> {
	const held = await command(db, actor, async (tx) => {
		const chance = dice(1930);
		const homes = new Map([world.bloc, ...world.units].map((unit) => [unit, world.province]));
		const used = new Set<string>();
		const first = await registerAll(tx, {
			rows: year2023(world, { chance, used }),
			homes,
			importId: null,
			decidedOn: '2024-02-16',
			decisionNumber: '312-QĐ/ĐUK'
		});
		const second = await registerAll(tx, {
			rows: year2024(world, { chance, used, earlier: first.held }),
			homes,
			importId: null,
			decidedOn: '2024-12-31'
		});
		const [action, ...rest] = [...first.actions, ...second.actions];
		if (!action) throw new Error('nothing was registered');
		return { result: first.held, actions: [action, ...rest] };
	});
	const typical = held.filter((one) => one.state === 'recognised').slice(0, 12);
	await honour(db, actor, {
		ids: typical.map((one) => one.id),
		verb: 'choose_typical',
		decision: { number: '315-QĐ/ĐUK', decidedOn: '2024-02-20' }
	});
}

type Making = { chance: Dice; used: Set<string> };

function year2023(world: BlocWorld, making: Making): ListedInput[] {
	const rows = [
		made(making, world.bloc, { novelty: 'continuing', level: 'bloc', from: '2023-03-06', days: 60 }),
		made(making, world.bloc, { novelty: 'new', level: 'bloc', from: '2023-03-06', days: 60 }),
		...spread(world.units, 131, making.chance).map((unit, i) =>
			made(making, unit, { novelty: i < 71 ? 'continuing' : 'new', level: 'base', from: '2023-01-09', days: 155 })
		)
	];
	return rows.map((row, i) => {
		const recognised = i < 64;
		return {
			...row,
			recognised,
			score: recognised ? 75 + making.chance.whole(251) / 10 : 45 + making.chance.whole(295) / 10
		};
	});
}

/** Six units have registered nothing yet; 101 models go on from 2023, the rest are new. */
function year2024(world: BlocWorld, making: Making & { earlier: readonly Held[] }): ListedInput[] {
	const silent = new Set([5, 22, 34, 39, 52, 75].map((i) => world.units[i]));
	const active = world.units.filter((unit) => !silent.has(unit));
	const [blocFirst, ...goingOn] = making.earlier.filter(
		(held) => !silent.has(held.unitId) && !(held.level === 'bloc' && held.novelty === 'new')
	);
	if (!blocFirst) throw new Error('the bloc had no model in 2023');
	const day = () => dayAfter('2024-01-08', making.chance.whole(159));
	const continuing = [blocFirst, ...goingOn.slice(0, 100)].map((held) => ({
		...held,
		year: 2024,
		novelty: 'continuing' as const,
		registeredOn: day(),
		previousId: held.id,
		recognised: null,
		score: null
	}));
	const begun = [
		made(making, world.bloc, { novelty: 'new', level: 'bloc', from: '2024-03-04', days: 60 }),
		...spread(active, 80, making.chance).map((unit) =>
			made(making, unit, { novelty: 'new', level: 'base', from: '2024-01-08', days: 159 })
		)
	];
	return [...continuing, ...begun];
}

/** Each unit in turn, then again from the start in another order, until there are enough. */
function spread(units: readonly string[], count: number, chance: Dice): string[] {
	const rounds = Math.ceil(count / units.length);
	return Array.from({ length: rounds }, () => chance.shuffle(units))
		.flat()
		.slice(0, count);
}

type Wanted = { novelty: 'new' | 'continuing'; level: 'base' | 'bloc'; from: string; days: number };

function made({ chance, used }: Making, unitId: string, wanted: Wanted): ListedInput {
	const registeredOn = dayAfter(wanted.from, chance.whole(wanted.days));
	const field = fieldOf(chance);
	for (;;) {
		const place = chance.pick(YEN_BAI_PLACES);
		const name = chance.pick(OFFICE_DEEDS[field]).replace('%', place);
		if (used.has(name)) continue;
		used.add(name);
		const subject = chance.whole(8) === 0 ? ('individual' as const) : ('collective' as const);
		const year = Number(registeredOn.slice(0, 4));
		return { unitId, year, level: wanted.level, field, subject, novelty: wanted.novelty, name, place, registeredOn };
	}
}

/** Culture and society comes most often, as in the lists of the field. */
function fieldOf(chance: Dice): Field {
	return chance.pick([...FIELDS, 'culture_society', 'culture_society', 'political_system'] as const);
}
