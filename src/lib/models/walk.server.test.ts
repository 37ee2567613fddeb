import { sql } from 'kysely';
import { expect } from 'vitest';
import type { Actor } from '#lib/accounts/actor.ts';
import type { Db } from '#lib/server/db.ts';
import { establish } from '#lib/units/unit.server.ts';
import { fold } from '#lib/vietnamese/text.ts';
import { test } from '../../../tests/database.ts';
import { countByState, list, type ListPage } from './list.server.ts';
import type { ListFilter } from './narrow.server.ts';
import { office } from './office.sample.ts';
import { countSought } from './walk.server.ts';

const WORDS = 'tổ tự quản thôn thôn. Thượng, (thu gom) rác-thải xã Bình An anh Yên nhà 12 tuyến đường'.split(' ');
const FACETS = {
	level: ['base', 'province'],
	field: ['economy', 'culture_society'],
	state: ['registered', 'recognised', 'draft'],
	novelty: ['new', 'continuing'],
	subject: ['collective', 'individual']
} as const;

/** One for each bar; what is between two of them is none at all. */
const SEARCHES = '|||thon|thượng thôn|an b|binh a|Xã Bình|thai rac|ye|khong ai|gom, thu|1|tu quan 12|“…”|-'.split('|');

/** Numbers from 0, below 1, the same in every run. */
function dice(seed: number): <T>(of: readonly T[]) => T {
	let state = seed;
	return (of) => {
		state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
		const chosen = of[Math.floor((state / 2_147_483_648) * of.length)];
		if (chosen === undefined) throw new Error('nothing to choose from');
		return chosen;
	};
}

type Row = { id: string; unit_id: string; name: string; registered_on: string | null } & Record<string, unknown>;

/** A province of more units than are gathered whole; answers it and three of its units. */
async function establishWide(db: Db, actor: Actor): Promise<{ province: string; some: string[] }> {
	const [province] = await establish(db, actor, {
		units: [{ code: 'T', name: 'Tỉnh uỷ', kind: 'province_committee', parentId: null }]
	});
	if (!province) throw new Error('no unit');
	const units = await establish(db, actor, {
		units: Array.from({ length: 101 }, (_, n) => ({
			code: `T-${n}`,
			name: `Đảng uỷ xã ${n}`,
			kind: 'commune_committee',
			parentId: province.id
		}))
	});
	return { province: province.id, some: units.slice(0, 3).map((unit) => unit.id) };
}

/** Registrations by chance of units with their homes: some without a day, some named alike, some at home in themselves. */
async function scatter(db: Db, roll: ReturnType<typeof dice>, homes: ReadonlyMap<string, string>): Promise<Row[]> {
	const rows: Row[] = Array.from({ length: 150 }, (_, n) => {
		const unitId = roll([...homes.keys()]);
		const state = roll(FACETS.state);
		const year = roll([2022, 2023, 2024]);
		const day = `${year + roll([0, 0, 0, 1])}-0${roll([1, 2, 3])}-1${roll([1, 2])}`;
		const name = Array.from({ length: 4 }, () => roll(WORDS)).join(' ');
		return {
			id: `00000000-0000-7000-8000-${String(roll([1, 2, 3, 4])).padStart(4, '0')}${String(n).padStart(8, '0')}`,
			model_id: `00000000-0000-7000-9000-${String(n).padStart(12, '0')}`,
			unit_id: unitId,
			home_id: roll([homes.get(unitId), homes.get(unitId), unitId]),
			year,
			level: roll(FACETS.level),
			field: roll(FACETS.field),
			novelty: roll(FACETS.novelty),
			subject: roll(FACETS.subject),
			state,
			name,
			name_key: fold(name),
			registered_on: state === 'draft' && n % 2 ? null : day
		};
	});
	await sql`insert into models (id, home_id, name) select model_id, home_id, name
		from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (model_id uuid, home_id uuid, name text)`.execute(db);
	await sql`
		insert into registrations (id, home_id, model_id, unit_id, year, level, field, subject, novelty, state, name, name_key, registered_on)
		select id, home_id, model_id, unit_id, year, level, field, subject, novelty, state, name, name_key, registered_on
		from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (id uuid, home_id uuid, model_id uuid, unit_id uuid, year int,
			level text, field text, subject text, novelty text, state text, name text, name_key text, registered_on date)`.execute(
		db
	);
	await sql`select refresh_statistics()`.execute(db);
	return rows;
}

/** The list again, from what was entered and without an index. */
function expected(rows: readonly Row[], filter: ListFilter, seen: (row: Row) => boolean): string[] {
	const words = fold(filter.search ?? '')
		.split(/[^a-z0-9]+/)
		.filter(Boolean);
	const last = words.pop();
	if (filter.search && !last) return [];
	return rows
		.filter(seen)
		.filter((row) =>
			(['year', 'level', 'field', 'state', 'novelty', 'subject'] as const).every(
				(name) => !filter[name] || row[name] === filter[name]
			)
		)
		.filter((row) => {
			const has = fold(row.name).split(/[^a-z0-9]+/);
			return words.every((word) => has.includes(word)) && (!last || has.some((word) => word.startsWith(last)));
		})
		.map((row) => `${row.registered_on ?? 'infinity'}~${row.id}`)
		.sort()
		.reverse()
		.map((key) => key.slice(key.indexOf('~') + 1));
}

async function pages(db: Db, actor: Actor, filter: ListFilter): Promise<{ forth: string[]; back: string[] }> {
	const forth: string[] = [];
	const back: string[] = [];
	let page: ListPage = await list(db, actor, filter);
	for (;;) {
		forth.push(...page.rows.map((row) => row.id));
		if (!page.next) break;
		page = await list(db, actor, { ...filter, after: page.next });
	}
	for (;;) {
		back.unshift(...page.rows.map((row) => row.id));
		if (!page.previous) break;
		page = await list(db, actor, { ...filter, before: page.previous });
	}
	return { forth, back };
}

function asked(roll: ReturnType<typeof dice>, unitId: string): ListFilter {
	const filter: ListFilter = { unitId, search: roll(SEARCHES), limit: roll([11, 50]), year: roll([null, null, 2023]) };
	for (const name of ['level', 'field', 'state', 'novelty', 'subject'] as const)
		filter[name] = roll([null, null, null, ...FACETS[name]]);
	return filter;
}

async function compare(db: Db, [actor, filter]: [Actor, ListFilter], wanted: string[]): Promise<void> {
	expect(await pages(db, actor, filter), JSON.stringify(filter)).toEqual({ forth: wanted, back: wanted });
	const ofAll = await countByState(db, actor, filter);
	const counts = [...(ofAll ?? [])].flatMap(([state, count]) =>
		!filter.state || state === filter.state ? [count] : []
	);
	expect(counts.reduce((sum, count) => sum + count, 0)).toBe(wanted.length);
	const few = { filter: { ...filter, state: null }, most: wanted.length - 1 };
	if (filter.search?.trim() && wanted.length > 0) expect(await countSought(db, actor, few)).toBeNull();
}

test('of all that there is, whatever a list is narrowed by, its pages are those of a list made by hand', async ({
	db
}) => {
	const roll = dice(1930);
	const { machine, top, one, two } = await office(db);
	const rows = await scatter(
		db,
		roll,
		new Map([
			[one, top],
			[two, top]
		])
	);
	for (let n = 0; n < 30; n += 1) {
		const filter = asked(roll, top);
		await compare(
			db,
			[machine, filter],
			expected(rows, filter, () => true)
		);
	}
});

test('so they are of a province of many units, for who sees all of it, or one unit, or none', async ({ db }) => {
	const roll = dice(2024);
	const world = await office(db);
	const { province, some } = await establishWide(db, world.machine);
	const homes = some.map((unit): [string, string] => [unit, province]);
	const rows = await scatter(db, roll, new Map([[world.one, world.top], ...homes]));
	const officer = (unitId = province): Actor => ({ ...world.officer, grants: [{ unitId, role: 'officer' }] });
	const readers: [Actor, (row: Row) => boolean][] = [
		[officer(), (row) => some.includes(row.unit_id)],
		[world.machine, (row) => some.includes(row.unit_id)],
		[officer(some[0]), (row) => row.unit_id === some[0]],
		[world.nobody, () => false]
	];
	for (let n = 0; n < 12; n += 1) {
		const [actor, sees] = roll(readers);
		const filter = asked(roll, province);
		await compare(db, [actor, filter], expected(rows, filter, sees));
	}
});
