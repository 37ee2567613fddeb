import { sql } from 'kysely';
import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import { input, office } from '#lib/models/office.sample.ts';
import { draft, submit } from '#lib/models/registration.server.ts';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { test } from '../../../tests/database.ts';
import { call, tokenFor } from './caller.sample.ts';

/** An office with registrations that are handed up, a program that may accept them and one that may only write for a unit. */
async function waiting(db: Db, count: number) {
	const world = await office(db);
	const ids: string[] = [];
	for (let n = 0; n < count; n += 1) {
		const { id } = await draft(db, world.officer, input(world.one, { name: `Đoạn đường hoa số ${n}` }));
		ids.push(id);
	}
	await submit(db, world.officer, ids);
	const reviewing = await tokenFor(db, { unitId: world.top, role: 'reviewer' });
	const writing = await tokenFor(db, { unitId: world.one, role: 'officer' });
	return { ...world, ids, reviewing, writing };
}

const accepting = (id: string | undefined) => `/models/${id}/acceptance`;
const DRAFT = { unit: 'K-1', year: 2024, level: 'base', field: 'economy', subject: 'collective', novelty: 'new' };

describe('at the same time', () => {
	test('each is answered for itself: done, refused for its state, its right, its id, its key', async ({
		clone: { db }
	}) => {
		const { ids, reviewing, writing } = await waiting(db, 8);
		const [, draftId] = ids;
		await sql`update registrations set state = 'draft' where id = ${draftId}::uuid`.execute(db);
		const post = (id: string | undefined, key: string = randomUUID(), { secret } = reviewing) =>
			call(db, secret, accepting(id), { method: 'POST', body: {}, headers: { 'idempotency-key': key } });
		const answers = await Promise.all([
			post(ids[0]),
			post(draftId),
			post(ids[2]),
			post(ids[3], 'hai-lan'),
			post(ids[3], 'hai-lan'),
			post(ids[4], 'hai-lan'),
			post(ids[5], randomUUID(), writing),
			post(randomUUID()),
			post(ids[6]),
			post(ids[6]),
			call(db, reviewing.secret, accepting(ids[7]), { method: 'POST', body: { unfit: 1 } })
		]);
		const told = answers.map(({ status, json }) => [status, json['code'] ?? json['count']]);
		expect([told[0], told[2], told[3], told[4]]).toEqual(Array.from({ length: 4 }, () => [200, 1]));
		expect(told[1]).toEqual([409, 'model.state_conflict']);
		expect(told[5]).toEqual([422, 'api.key_reused']);
		expect(told[6]).toEqual([403, 'api.scope_missing']);
		expect(told[7]).toEqual([404, 'model.not_found']);
		expect([told[8], told[9]].toSorted()).toEqual([
			[200, 1],
			[409, 'model.state_conflict']
		]);
		expect(told[10]).toEqual([422, 'api.body_unfit']);
		const { rows } = await sql<{ id: string; actor: string | null }>`
			select p.case_id as id, a.actor_id as actor from postings p
			join actions a on a.home_id = p.home_id and a.id = p.action_id order by 1`.execute(db);
		const accepted = [ids[0], ids[2], ids[3], ids[6]].toSorted();
		expect(rows).toEqual(accepted.map((id) => ({ id, actor: reviewing.user.id })));
	});

	test('one that somebody else holds is waited for by itself, while the others are done', async ({ clone: { db } }) => {
		const { ids, reviewing } = await waiting(db, 5);
		const holder = await db.startTransaction().execute();
		await sql`select 1 from registrations where id = ${ids[0]}::uuid for update`.execute(holder);
		const answers = ids.map((id) => call(db, reviewing.secret, accepting(id), { method: 'POST', body: {} }));
		const [held, ...others] = answers;
		expect((await Promise.all(others)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
		await holder.rollback().execute();
		expect((await held)?.status).toBe(200);
		const { rows } = await sql<{ count: number }>`select count(*)::bigint as count from postings`.execute(db);
		expect(rows).toEqual([{ count: 5 }]);
	});

	test('a round that the database refuses is done one by one: only who caused it is refused', async ({
		clone: { db }
	}) => {
		const { ids, reviewing } = await waiting(db, 4);
		const post = (id: string | undefined) => call(db, reviewing.secret, accepting(id), { method: 'POST', body: {} });
		// A level that no facet of the ledger takes.
		await sql`update registrations set level = 'nowhere' where id = ${ids[2]}::uuid`.execute(db);
		const answers = await Promise.all(ids.map(post));
		expect(answers.map(({ status }) => status === 200)).toEqual([true, true, false, true]);
		const { rows } = await sql<{ count: number }>`select count(*)::bigint as count from postings`.execute(db);
		expect(rows).toEqual([{ count: 3 }]);
	});

	test('drafts: each its own; doubles, unknown units and units of others are refused as by themselves', async ({
		clone: { db }
	}) => {
		const { writing } = await waiting(db, 1);
		const post = (body: Record<string, unknown>) =>
			call(db, writing.secret, '/models', { method: 'POST', body: { ...DRAFT, ...body } });
		const answers = await Promise.all([
			post({ name: 'Thu gom vỏ chai nhựa' }),
			post({
				name: 'Hũ gạo tình thương',
				tags: ['rural', 'rural', 'poverty'],
				contents: { objectives: 'Mỗi hộ một nắm' }
			}),
			post({ name: 'Thu gom vỏ chai nhựa' }),
			post({ name: 'Thu gom vỏ chai nhựa', distinct: true }),
			post({ name: 'Của đơn vị khác', unit: 'K-2' }),
			post({ name: 'Của không ai', unit: 'K-9' }),
			post({ name: 'Cấp chưa có', level: 'bloc', year: 1991 }),
			post({ name: 'Ngày mai', registeredOn: '2999-01-01' }),
			post({ name: 'Hôm nay', registeredOn: today(), year: Number(today().slice(0, 4)) })
		]);
		const told = answers.map(({ status, json }) => json['code'] ?? status);
		expect(told).toEqual([
			201,
			201,
			'model.name_alike',
			201,
			'unit.not_found',
			'unit.not_found',
			'model.level_not_in_year',
			'api.body_unfit',
			201
		]);
		const { rows } = await sql<{ name: string; tags: number; verbs: string[] }>`
			select r.name, (select count(*)::int from registration_tags t where t.registration_id = r.id) as tags,
				done.verbs
			from registrations r
			join (select record_id, array_agg(verb) as verbs from actions group by record_id) done on done.record_id = r.id
			where r.state = 'draft' order by r.name collate "C"`.execute(db);
		expect(rows).toEqual([
			{ name: 'Hôm nay', tags: 0, verbs: ['draft'] },
			{ name: 'Hũ gạo tình thương', tags: 2, verbs: ['draft'] },
			{ name: 'Thu gom vỏ chai nhựa', tags: 0, verbs: ['draft'] },
			{ name: 'Thu gom vỏ chai nhựa', tags: 0, verbs: ['draft'] }
		]);
	});
});
