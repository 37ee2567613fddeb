import { sql } from 'kysely';
import { expect } from 'vitest';
import { establish } from '#lib/units/unit.server.ts';
import { test } from '../../../tests/database.ts';
import { gatherCounts } from './count.server.ts';
import { countByState, list, listRegistrationYears, type ListPage } from './list.server.ts';
import type { ListFilter } from './narrow.server.ts';
import { appraised, DECISION, input, office, registered } from './office.sample.ts';
import { draft } from './registration.server.ts';
import { recognise } from './recognition.server.ts';

test('page by page, forth and back, shows every line once: drafts without a day first, days shared or not', async ({
	db
}) => {
	const world = await office(db);
	for (const registeredOn of ['2024-03-01', '2024-03-01', '2024-03-01', '2023-05-02', '2024-04-01'])
		await registered(db, world.machine, input(world.one, { registeredOn, year: Number(registeredOn.slice(0, 4)) }));
	await draft(db, world.machine, input(world.two, { registeredOn: null }));
	const filter = { unitId: world.top };
	const { rows: all } = await list(db, world.machine, filter);
	expect(all.map((row) => row.registeredOn)).toEqual([
		null,
		'2024-04-01',
		'2024-03-01',
		'2024-03-01',
		'2024-03-01',
		'2023-05-02'
	]);
	const forth: string[] = [];
	let page = await list(db, world.machine, { ...filter, limit: 2 });
	for (;;) {
		forth.push(...page.rows.map((row) => row.id));
		if (!page.next) break;
		page = await list(db, world.machine, { ...filter, limit: 2, after: page.next });
	}
	expect(forth).toEqual(all.map((row) => row.id));
	const before = await list(db, world.machine, { ...filter, limit: 2, before: page.previous });
	expect(before.rows.map((row) => row.id)).toEqual(forth.slice(2, 4));
});

test('a search shows every line once, page by page, whether its words are common or rare', async ({ db }) => {
	const world = await office(db);
	const days = ['2024-03-01', '2024-03-01', '2024-05-02', '2023-05-02', '2024-04-01'];
	for (const [n, registeredOn] of days.entries())
		await registered(
			db,
			world.machine,
			input(world.one, {
				name: `Tổ ${n % 2 ? 'hoà giải' : 'tự quản'} ${n}`,
				registeredOn,
				year: Number(registeredOn.slice(0, 4))
			})
		);
	for (const [search, year, count] of [
		['to', null, 5],
		['tự quản', null, 3],
		['hoa giai', 2024, 1],
		['không có', null, 0]
	] as const) {
		const filter = { unitId: world.top, search, year };
		const { rows: all } = await list(db, world.machine, filter);
		expect(all).toHaveLength(count);
		const forth: string[] = [];
		for (let after: string | null = ''; after !== null;) {
			const page: ListPage = await list(db, world.machine, { ...filter, limit: 1, after });
			forth.push(...page.rows.map((row) => row.id));
			const back = page.previous && (await list(db, world.machine, { ...filter, limit: 1, before: page.previous }));
			if (back) expect(back.rows[0]?.id).toBe(forth.at(-2));
			after = page.next;
		}
		expect(forth).toEqual(all.map((row) => row.id));
	}
});

test('years are told latest first, each once, and only of what one may see', async ({ db }) => {
	const world = await office(db);
	for (const [unit, year] of [
		[world.one, 2021],
		[world.one, 2024],
		[world.two, 2022],
		[world.one, 2021]
	] as const)
		await registered(db, world.machine, input(unit, { year, registeredOn: `${year}-03-01` }));
	expect(await listRegistrationYears(db, world.machine, world.top)).toEqual([2024, 2022, 2021]);
	expect(await listRegistrationYears(db, world.officer, world.top)).toEqual([2024, 2021]);
	expect(await listRegistrationYears(db, world.nobody, world.top)).toEqual([]);
});

test('what has a digit is found by the beginning of a decision, too, whatever the case and as it is written', async ({
	db
}) => {
	const world = await office(db);
	const id = await appraised(db, world.machine, input(world.one));
	await registered(db, world.machine, input(world.one, { name: 'Tổ 12 giúp nhau' }));
	await recognise(db, world.reviewer, [id], { ...DECISION, number: '12_5-QĐ/ĐUK' });
	const found = async (search: string) =>
		(await list(db, world.machine, { unitId: world.top, search })).rows.map((row) => row.name).sort();
	expect(await found('12')).toEqual(['Thu gom vỏ chai nhựa gây quỹ', 'Tổ 12 giúp nhau']);
	expect(await found('12_5-qđ')).toEqual(['Thu gom vỏ chai nhựa gây quỹ']);
	expect(await found('12-5')).toEqual([]);
	expect(await found('5-QĐ')).toEqual([]);
});

test('the counts of all are those of the lines, whatever has happened to them, gathered or not', async ({ db }) => {
	const world = await office(db);
	const id = await appraised(db, world.machine, input(world.one, { field: 'economy' }));
	await registered(db, world.machine, input(world.two, { year: 2023, registeredOn: '2023-05-02' }));
	await draft(db, world.machine, input(world.two, { name: 'Nháp', registeredOn: null }));
	const filters: Partial<ListFilter>[] = [{}, { year: 2023 }, { field: 'economy' }, { subject: 'individual' }];
	const compare = async () => {
		for (const filter of filters) {
			const asked = { unitId: world.top, ...filter };
			const lines = Map.groupBy((await list(db, world.machine, asked)).rows, (row) => row.state);
			const expected = new Map([...lines].map(([state, rows]) => [state, rows.length]));
			expect(await countByState(db, world.machine, asked)).toEqual(expected);
		}
	};
	await compare();
	await recognise(db, world.reviewer, [id], DECISION);
	await compare();
	expect(await gatherCounts(db)).toBe(0);
	expect(await gatherCounts(db, 1)).toBe(3);
	await compare();
	await sql`update registrations set score = 90`.execute(db);
	expect(await gatherCounts(db, 1)).toBe(0);
	await registered(db, world.machine, input(world.one, { name: 'Thêm' }));
	await compare();
});

test('who does not see all that there is, or not under this unit, is told the counts of what they see', async ({
	db
}) => {
	const world = await office(db);
	await registered(db, world.machine, input(world.one));
	await registered(db, world.machine, input(world.two, { name: 'Của người khác' }));
	const count = async (actor: typeof world.machine, unitId: string) =>
		[...((await countByState(db, actor, { unitId })) ?? []).values()].reduce((sum, one) => sum + one, 0);
	expect(await count(world.machine, world.top)).toBe(2);
	expect(await count(world.machine, world.one)).toBe(1);
	expect(await count(world.officer, world.top)).toBe(1);
	expect(await count(world.nobody, world.top)).toBe(0);
	const [other] = await establish(db, world.machine, {
		units: [{ code: 'Q', name: 'Đảng uỷ Quân sự', kind: 'bloc_committee', parentId: null }]
	});
	await registered(db, world.machine, input(other?.id ?? '', { name: 'Của khối khác' }));
	expect(await count(world.machine, world.top)).toBe(2);
});
