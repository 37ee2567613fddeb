import { afterEach, beforeEach, describe, expect } from 'vitest';
import { v7 as newId } from 'uuid';
import { operator } from '#lib/accounts/actor.ts';
import { today } from '#lib/server/clock.ts';
import type { Opened } from '#lib/server/db.ts';
import { test } from '../../../tests/database.ts';
import { keyFolder, machine, SENDER, sealedWorld, takeIn } from '../../../tests/sealed-people.ts';
import { assign, listHandled, unassign } from './handler.server.ts';
import type { KeySource } from './master-key.server.ts';
import { amend, erase, open } from './sealed.server.ts';

const REASON = 'Liên hệ để xác minh nội dung đơn';
let source: KeySource;
let remove: () => Promise<void>;
beforeEach(async () => ({ source, remove } = await keyFolder()));
afterEach(() => remove());

async function actionsOf(clone: Opened, verb: string) {
	const { rows } = await clone.pool.query<{ actor_name: string; reason: string | null; record_id: string }>(
		'select actor_name, reason, record_id from actions where verb = $1 order by id',
		[verb]
	);
	return rows;
}

describe('refusals', () => {
	test('nobody opens but a handler of today, and each refusal is in the log', async ({ clone: { db, ...clone } }) => {
		const people = await sealedWorld(db);
		const { topId, handler, colleague, leader, administrator, auditor, both, below, stranger } = people;
		const caseId = await takeIn(db, handler, source, { unitId: topId });
		const refusals = [
			[colleague, 'sealed.not_handler'],
			[both, 'sealed.not_handler'],
			[leader, 'input.not_found'],
			[administrator, 'input.not_found'],
			[auditor, 'input.not_found'],
			[below, 'input.not_found'],
			[stranger, 'input.not_found'],
			[operator('Dòng lệnh'), 'sealed.not_handler']
		] as const;
		for (const [actor, code] of refusals)
			await expect(open(db, actor, source, { caseId, reason: REASON }), actor.name).rejects.toMatchObject({ code });
		const refused = await actionsOf({ db, ...clone }, 'open_refused');
		expect(refused.map((one) => one.actor_name)).toEqual(refusals.map(([actor]) => actor.name));
		expect(await actionsOf({ db, ...clone }, 'open_sealed')).toEqual([]);
	});

	test('a reason is asked for, and may not tell what is sealed', async ({ clone: { db, ...clone } }) => {
		const { topId, handler } = await sealedWorld(db);
		const caseId = await takeIn(db, handler, source, { unitId: topId });
		for (const [reason, code] of [
			['', 'sealed.reason_short'],
			['xem    đơn', 'sealed.reason_short'],
			['Gọi cho bà thao thi xuan quynh dao hỏi thêm', 'sealed.reason_tells'],
			['Gọi số 0987.654.321 hỏi thêm', 'sealed.reason_tells']
		] as const)
			await expect(open(db, handler, source, { caseId, reason }), reason).rejects.toMatchObject({ code });
		expect(await actionsOf({ db, ...clone }, 'open_sealed')).toEqual([]);
	});

	test('who tries again and again is stopped, and does not fill the log', async ({ clone: { db, ...clone } }) => {
		const { topId, handler, colleague } = await sealedWorld(db);
		const caseId = await takeIn(db, handler, source, { unitId: topId });
		const codes = await Promise.all(
			Array.from({ length: 12 }, () =>
				open(db, colleague, source, { caseId, reason: REASON }).then(
					() => 'opened',
					(error: unknown) => (error instanceof Error ? error.message : '')
				)
			)
		);
		expect(codes.toSorted()).toEqual([
			...Array<string>(5).fill('sealed.not_handler'),
			...Array<string>(7).fill('sealed.too_many_tries')
		]);
		expect(await actionsOf({ db, ...clone }, 'open_refused')).toHaveLength(5);
	});

	test('a handler is a petition officer of the unit, no administrator, and not of the unit that the case is about', async ({
		clone: { db }
	}) => {
		const { topId, baseId, handler, leader, both, below, accused, stranger } = await sealedWorld(db);
		await expect(takeIn(db, leader, source, { unitId: topId })).rejects.toMatchObject({ code: 'access.denied' });
		await expect(takeIn(db, both, source, { unitId: topId })).rejects.toMatchObject({ code: 'sealed.administrator' });
		await expect(takeIn(db, machine, source, { unitId: topId })).rejects.toMatchObject({
			code: 'sealed.not_petition_officer'
		});
		await expect(takeIn(db, handler, source, { unitId: topId, fields: {} })).rejects.toMatchObject({
			code: 'sealed.fields_invalid'
		});
		const caseId = await takeIn(db, handler, source, { unitId: topId, excludedUnitIds: [baseId] });
		const give = (userId: string) => assign(db, leader, { caseId, userId, reason: 'Phân công' });
		for (const [person, code] of [
			[leader, 'sealed.not_petition_officer'],
			[below, 'sealed.not_petition_officer'],
			[stranger, 'sealed.not_petition_officer'],
			[both, 'sealed.administrator'],
			[accused, 'sealed.conflicted'],
			[handler, 'sealed.handled_already']
		] as const)
			await expect(give(person.id), person.name).rejects.toMatchObject({ code });
		await expect(assign(db, handler, { caseId, userId: handler.id, reason: 'tự giao' })).rejects.toMatchObject({
			code: 'access.denied'
		});
	});

	test('an identity is not opened inside a transaction that may still be rolled back', async ({ clone: { db } }) => {
		const { topId, handler } = await sealedWorld(db);
		const caseId = await takeIn(db, handler, source, { unitId: topId });
		await expect(
			db.transaction().execute((tx) => open(tx, handler, source, { caseId, reason: REASON }))
		).rejects.toThrow('durable');
	});
});

test('a handler opens, and the opening stands in the log with its reason', async ({ clone: { db, ...clone } }) => {
	const { topId, handler } = await sealedWorld(db);
	const caseId = await takeIn(db, handler, source, { unitId: topId });
	expect(await open(db, handler, source, { caseId, reason: `  ${REASON} ` })).toEqual(SENDER);
	expect(await actionsOf({ db, ...clone }, 'open_sealed')).toEqual([
		{ actor_name: handler.name, reason: REASON, record_id: caseId }
	]);
	await amend(db, handler, source, { caseId, reason: 'Sửa số điện thoại', fields: { phone: '0912 000 111' } });
	expect(await open(db, handler, source, { caseId, reason: REASON })).toEqual({ ...SENDER, phone: '0912 000 111' });
});

test('who is assigned opens, who is taken off or loses the role does not', async ({ clone: { db, ...clone } }) => {
	const { topId, handler, colleague, leader } = await sealedWorld(db);
	const caseId = await takeIn(db, handler, source, { unitId: topId });
	await assign(db, leader, { caseId, userId: colleague.id, reason: 'Người trước nghỉ phép' });
	expect(await listHandled(db, colleague)).toMatchObject([{ id: caseId, sealedOn: today(), until: null }]);
	expect(await open(db, colleague, source, { caseId, reason: REASON })).toEqual(SENDER);
	await unassign(db, leader, { caseId, userId: handler.id, reason: 'Chuyển công tác' });
	expect(await listHandled(db, handler)).toEqual([]);
	await expect(open(db, handler, source, { caseId, reason: REASON })).rejects.toMatchObject({
		code: 'sealed.not_handler'
	});
	const roleless = { ...colleague, grants: [] };
	expect(await listHandled(db, roleless)).toEqual([]);
	await expect(open(db, roleless, source, { caseId, reason: REASON })).rejects.toMatchObject({
		code: 'input.not_found'
	});
	await clone.pool.query("update sealed_handlers set valid = daterange('2020-01-01', current_date)");
	await expect(open(db, colleague, source, { caseId, reason: REASON })).rejects.toMatchObject({
		code: 'sealed.not_handler'
	});
});

test('what is erased stays erased, whoever holds the master key', async ({ clone: { db, ...clone } }) => {
	const { topId, handler, leader } = await sealedWorld(db);
	const [caseId, kept] = [
		await takeIn(db, handler, source, { unitId: topId }),
		await takeIn(db, handler, source, { unitId: topId })
	];
	await expect(erase(db, handler, { caseId, reason: 'Hết thời hạn lưu' })).rejects.toMatchObject({
		code: 'access.denied'
	});
	await erase(db, leader, { caseId, reason: 'Hết thời hạn lưu' });
	await expect(open(db, handler, source, { caseId, reason: REASON })).rejects.toMatchObject({ code: 'sealed.erased' });
	const { rows } = await clone.pool.query(
		'select case_id from sealed_keys union all select case_id from sealed_fields'
	);
	expect(new Set(rows.map((row: { case_id: string }) => row.case_id))).toEqual(new Set([kept]));
	expect(await open(db, handler, source, { caseId: kept, reason: REASON })).toEqual(SENDER);
	await expect(open(db, handler, source, { caseId: newId(), reason: REASON })).rejects.toMatchObject({
		code: 'input.not_found'
	});
});
