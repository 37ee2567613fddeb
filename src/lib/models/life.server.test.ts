import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import type { Actor } from '#lib/accounts/actor.ts';
import { figureNamed } from '#lib/catalogue.ts';
import { ask } from '#lib/figures/ask.server.ts';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { test } from '../../../tests/database.ts';
import { perform } from './act.server.ts';
import { carryOver, replicate } from './continuation.server.ts';
import { countByState, describe as listed, get, list } from './list.server.ts';
import { appraised, DECISION, GOOD, input, office, POOR, registered, scoreSheet } from './office.sample.ts';
import { appraise, honour, recognise, revoke } from './recognition.server.ts';
import { correct, draft, edit, register, submit } from './registration.server.ts';

const asked = { reason: 'chưa rõ mục tiêu', decision: DECISION };

async function stateOf(db: Db, actor: Actor, id: string) {
	return (await listed(db, actor, [id])).get(id)?.state;
}

async function value(db: Db, actor: Actor, name: string, unitId: string) {
	return (await ask(db, actor, figureNamed(name), { unitId, from: '2024-01-01', asOf: '2024-12-31' })).value;
}

describe('refusals', () => {
	test('an officer registers, moves and corrects only for units of their own', async ({ db }) => {
		const world = await office(db);
		await expect(draft(db, world.officer, input(world.two))).rejects.toMatchObject({ code: 'input.not_found' });
		const { id } = await draft(db, world.officer, input(world.one));
		await expect(edit(db, world.officer, id, input(world.two))).rejects.toMatchObject({ code: 'input.not_found' });
		await expect(get(db, world.neighbour, id)).rejects.toMatchObject({ code: 'model.not_found' });
		expect((await list(db, world.neighbour, { unitId: world.top })).rows).toEqual([]);
		expect((await list(db, world.nobody, { unitId: world.one })).rows).toEqual([]);
	});

	test('a level that is not in force in the year', async ({ db }) => {
		const world = await office(db);
		const late = input(world.top, { level: 'bloc', year: 2026, registeredOn: null });
		await expect(draft(db, world.machine, late)).rejects.toMatchObject({ code: 'model.level_not_in_year' });
		await expect(draft(db, world.machine, { ...late, year: 2025 })).resolves.toHaveProperty('id');
	});

	test('recognition below the pass mark, under a veto, before the registration, in the future', async ({ db }) => {
		const world = await office(db);
		const id = await registered(db, world.machine, input(world.one));
		await appraise(db, world.reviewer, id, POOR);
		await expect(recognise(db, world.reviewer, [id], DECISION)).rejects.toMatchObject({ code: 'model.not_passed' });
		await appraise(db, world.reviewer, id, { ...GOOD, vetoes: ['complaint'] });
		await expect(recognise(db, world.reviewer, [id], DECISION)).rejects.toMatchObject({ code: 'model.not_passed' });
		await appraise(db, world.reviewer, id, GOOD);
		await expect(recognise(db, world.reviewer, [id], { number: null, decidedOn: '2024-02-01' })).rejects.toMatchObject({
			code: 'model.decided_before_registered'
		});
		await expect(recognise(db, world.reviewer, [id], { number: null, decidedOn: '2999-01-01' })).rejects.toMatchObject({
			code: 'model.decided_in_future'
		});
		await recognise(db, world.reviewer, [id], DECISION);
	});

	test('points that are missing or beyond their criterion, by its name; no sheet at all', async ({ db }) => {
		const world = await office(db);
		const id = await registered(db, world.machine, input(world.one));
		const missing = appraise(db, world.reviewer, id, { points: { effect: 60 }, vetoes: [] });
		await expect(missing).rejects.toMatchObject({ code: 'model.points_missing', params: { criteria: 'Sức lan toả' } });
		const beyond = appraise(db, world.reviewer, id, { points: { effect: 61, spread: 1 }, vetoes: [] });
		await expect(beyond).rejects.toMatchObject({ code: 'model.points_out_of_range', params: { criteria: 'Hiệu quả' } });
		const other = await registered(db, world.machine, input(world.one, { level: 'province' }));
		await expect(appraise(db, world.reviewer, other, GOOD)).rejects.toMatchObject({ code: 'model.no_score_sheet' });
		await scoreSheet(db, 'province');
		await appraise(db, world.reviewer, other, GOOD);
	});
});

describe('a selection', () => {
	test('is moved whole or not at all', async ({ db }) => {
		const world = await office(db);
		const good = await draft(db, world.machine, input(world.one, { name: 'Bếp ăn nghĩa tình' }));
		const other = await draft(db, world.machine, input(world.two, { name: 'Tủ sách pháp luật' }));
		await submit(db, world.machine, [good.id]);
		const ids = [good.id, other.id];
		const refused = perform(db, world.reviewer, { noun: 'return', ids, ...asked });
		await expect(refused).rejects.toMatchObject({
			code: 'model.state_conflict',
			params: { name: 'Tủ sách pháp luật' }
		});
		expect(await stateOf(db, world.machine, good.id)).toBe('submitted');
		await submit(db, world.machine, [other.id]);
		await expect(perform(db, world.officer, { noun: 'withdrawal', ids, ...asked })).rejects.toMatchObject({
			code: 'input.not_found'
		});
		expect(await stateOf(db, world.machine, good.id)).toBe('submitted');
		await perform(db, world.reviewer, { noun: 'return', ids, ...asked });
		expect(await stateOf(db, world.machine, good.id)).toBe('returned');
		expect((await get(db, world.officer, good.id)).history.at(-1)).toMatchObject({
			verb: 'return',
			reason: asked.reason,
			actorName: 'cán bộ Khối'
		});
		await expect(perform(db, world.reviewer, { noun: 'return', ids: [], ...asked })).rejects.toMatchObject({
			code: 'model.none_selected'
		});
	});
});

describe('twice', () => {
	test('the same form sent twice is written once', async ({ db }) => {
		const world = await office(db);
		const key = randomUUID();
		const first = await register(db, world.officer, { input: input(world.one), key });
		const second = await register(db, world.officer, { input: input(world.one), key });
		expect(second).toEqual(first);
		expect([...((await countByState(db, world.officer, { unitId: world.one })) ?? [])]).toEqual([['submitted', 1]]);
		expect((await get(db, world.officer, first.id)).history.map(({ verb }) => verb)).toEqual(['draft', 'submit']);
	});
});

describe('a model for life', () => {
	test('goes on into the next year as the same model, once', async ({ db }) => {
		const world = await office(db);
		const id = await appraised(db, world.machine, input(world.one));
		await recognise(db, world.reviewer, [id], DECISION);
		const key = randomUUID();
		const { ids } = await carryOver(db, world.officer, [id], key);
		expect(await carryOver(db, world.officer, [id], key)).toEqual({ ids });
		const next = await get(db, world.officer, ids[0] ?? '');
		const before = await get(db, world.officer, id);
		expect(next).toMatchObject({
			modelId: before.modelId,
			previousId: id,
			year: 2025,
			state: 'draft',
			novelty: 'continuing',
			registeredOn: null
		});
		expect(before.continued).toBe(true);
		expect(next.years.map(({ year }) => year)).toEqual([2024, 2025]);
		await expect(carryOver(db, world.officer, [id])).rejects.toMatchObject({ code: 'model.already_registered' });
	});

	test('is taken up by another unit as a model of its own that names its source', async ({ db }) => {
		const world = await office(db);
		const id = await registered(db, world.machine, input(world.one));
		await expect(replicate(db, world.reviewer, { id, unitId: world.one, year: 2024 })).rejects.toMatchObject({
			code: 'model.replicated_at_home'
		});
		const copy = await replicate(db, world.reviewer, { id, unitId: world.two, year: 2024 });
		const [source, taken] = [await get(db, world.reviewer, id), await get(db, world.reviewer, copy.id)];
		expect(taken.modelId).not.toBe(source.modelId);
		expect(taken.replicatedFrom).toMatchObject({ registrationId: id });
		expect(source.replicas).toMatchObject([{ registrationId: copy.id, unitName: 'Chi bộ Báo tỉnh' }]);
	});

	test('counts as replicated as often as it was, after a correction too', async ({ db }) => {
		const world = await office(db);
		const id = await registered(db, world.machine, input(world.one));
		for (const year of [2024, 2025]) await replicate(db, world.reviewer, { id, unitId: world.two, year });
		const count = async () =>
			(await ask(db, world.machine, figureNamed('models.replicated'), { unitId: world.one, asOf: today() })).value;
		expect(await count()).toBe(2);
		await correct(db, world.reviewer, { id, input: input(world.one, { name: 'Tên sửa lại' }), reason: 'sai tên' });
		expect(await count()).toBe(2);
	});
});

describe('in the ledger', () => {
	test('a correction moves what is counted and keeps what was known; a revocation takes the honours with it', async ({
		db
	}) => {
		const world = await office(db);
		const id = await appraised(db, world.machine, input(world.one));
		await recognise(db, world.reviewer, [id], DECISION);
		await honour(db, world.reviewer, { ids: [id], verb: 'choose_typical', decision: DECISION });
		const figures = async (unitId: string) =>
			Promise.all(
				['models.registered', 'models.recognised', 'models.typical'].map((name) =>
					value(db, world.machine, name, unitId)
				)
			);
		expect(await figures(world.one)).toEqual([1, 1, 1]);
		const known = new Date(Date.now() + 1);
		await new Promise((done) => setTimeout(done, 5));
		await correct(db, world.reviewer, {
			id,
			input: input(world.two, { registeredOn: '2024-04-01' }),
			reason: 'ghi nhầm đơn vị'
		});
		expect([await figures(world.one), await figures(world.two), await figures(world.top)]).toEqual([
			[0, 0, 0],
			[1, 1, 1],
			[1, 1, 1]
		]);
		const then = { unitId: world.one, from: '2024-01-01', asOf: '2024-12-31', knownAt: known };
		expect((await ask(db, world.machine, figureNamed('models.recognised'), then)).value).toBe(1);
		await revoke(db, world.leader, id, 'sai thẩm quyền');
		expect(await figures(world.two)).toEqual([1, 0, 0]);
		expect(await get(db, world.leader, id)).toMatchObject({ state: 'appraised', decisions: [], honours: [] });
		await recognise(db, world.leader, [id], DECISION);
		expect(await figures(world.two)).toEqual([1, 1, 0]);
	});
});

describe('the list', () => {
	test('pages forth and back over the same lines; finds without tone marks', async ({ db }) => {
		const world = await office(db);
		for (const [at, day] of ['2024-03-01', '2024-03-02', '2024-03-02', '2024-03-03', '2024-03-04'].entries()) {
			await registered(
				db,
				world.machine,
				input(world.one, { registeredOn: day, name: `Hòa giải ở cơ sở ngày ${day}, lần ${at + 1}` })
			);
		}
		await draft(db, world.machine, input(world.two, { registeredOn: null, name: 'Đường hoa 100%' }));
		const filter = { unitId: world.top, limit: 2 };
		const one = await list(db, world.machine, filter);
		const two = await list(db, world.machine, { ...filter, after: one.next });
		const three = await list(db, world.machine, { ...filter, after: two.next });
		expect([one, two, three].map(({ rows }) => rows.length)).toEqual([2, 2, 2]);
		expect([one.previous, three.next]).toEqual([null, null]);
		const back = await list(db, world.machine, { ...filter, before: three.previous });
		expect(back).toEqual(two);
		expect((await list(db, world.machine, { ...filter, before: two.previous })).rows).toEqual(one.rows);
		expect((await list(db, world.machine, { unitId: world.top, search: 'HOA GIAI' })).rows).toHaveLength(5);
		expect((await list(db, world.machine, { unitId: world.top, search: '100%' })).rows).toHaveLength(1);
		expect((await list(db, world.machine, { ...filter, after: "x'; drop table models" })).rows).toEqual(one.rows);
	});
});
