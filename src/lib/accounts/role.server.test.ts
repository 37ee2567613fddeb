import { sql, type RawBuilder } from 'kysely';
import { v7 as newId } from 'uuid';
import { describe, expect } from 'vitest';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { FOLLOWERS } from '#lib/followers.server.ts';
import { visibleTo, visibleUnder } from '#lib/units/authority.server.ts';
import { UnitEvent } from '#lib/units/event.schema.ts';
import { record } from '#lib/units/event.server.ts';
import { establish } from '#lib/units/unit.server.ts';
import { test } from '../../../tests/database.ts';
import { create } from './account.server.ts';
import { operator, type Actor, type Role } from './actor.ts';
import { actorOf, delegate, endRole, grant, listOwn, listUnder, LONGEST_DELEGATION_DAYS } from './role.server.ts';

const machine = operator('thử nghiệm');
const password = 'mot-cau-de-nho';

function inDays(count: number): string {
	return new Date(Date.parse(today()) + count * 86_400_000).toISOString().slice(0, 10);
}

async function world(db: Db) {
	const [top] = await establish(db, machine, {
		units: [{ code: 'K', name: 'Đảng uỷ Khối', kind: 'bloc_committee', parentId: null }]
	});
	const topId = top?.id ?? '';
	const [base, other] = await establish(db, machine, {
		units: [
			{ code: 'K-1', name: 'Đảng bộ Sở Y tế', kind: 'base_committee', parentId: topId },
			{ code: 'K-2', name: 'Đảng bộ Sở Nội vụ', kind: 'base_committee', parentId: topId }
		]
	});
	return { topId, baseId: base?.id ?? '', otherId: other?.id ?? '' };
}

async function person(
	db: Db,
	of: { name: string; unitId: string; role: Role }
): Promise<Actor & { id: string; email: string }> {
	const email = `${newId()}@example.vn`;
	const { id } = await create(db, machine, {
		name: of.name,
		email,
		password,
		grants: [{ unitId: of.unitId, role: of.role }]
	});
	return { ...(await actorOf(db, { id, name: of.name })), id, email };
}

async function grantOf(db: Db, actor: Actor): Promise<string> {
	return (await listOwn(db, actor)).held[0]?.grantId ?? '';
}

describe('refusals', () => {
	test('a role is given by who manages accounts there, from today on, once, for days in their order', async ({
		db
	}) => {
		const { topId, baseId } = await world(db);
		const officer = await person(db, { name: 'Lò Thị Mai', unitId: baseId, role: 'officer' });
		const wanted = { userId: officer.id, unitId: baseId, role: 'reviewer' as const, from: today() };
		await expect(grant(db, officer, wanted)).rejects.toMatchObject({ code: 'access.denied' });
		await expect(grant(db, officer, { ...wanted, unitId: topId })).rejects.toMatchObject({ code: 'input.not_found' });
		await expect(grant(db, machine, { ...wanted, from: inDays(-1) })).rejects.toMatchObject({
			code: 'account.role_in_past'
		});
		await expect(grant(db, machine, { ...wanted, until: today() })).rejects.toMatchObject({
			code: 'account.role_days_reversed'
		});
		await expect(grant(db, machine, { ...wanted, userId: newId() })).rejects.toMatchObject({
			code: 'account.not_found'
		});
		await expect(grant(db, machine, { ...wanted, role: 'officer' })).rejects.toMatchObject({
			code: 'account.role_held'
		});
	});

	test('a role does not outlast its unit; what a unit that ended with nobody to follow still has is seen above it, and ended', async ({
		db
	}) => {
		const { topId, baseId } = await world(db);
		const leader = await person(db, { name: 'Lò Thị Mai', unitId: topId, role: 'leader' });
		const told = { kind: 'close', unit: 'K-1', effectiveOn: inDays(10), reason: 'kết thúc nhiệm vụ' };
		await record(db, machine, { events: [UnitEvent.parse(told)], followers: FOLLOWERS });
		const wanted = { userId: leader.id, unitId: baseId, role: 'officer' as const, from: today() };
		await expect(grant(db, machine, wanted)).rejects.toMatchObject({ code: 'unit.ended' });
		await expect(grant(db, machine, { ...wanted, until: inDays(11) })).rejects.toMatchObject({ code: 'unit.ended' });
		await grant(db, machine, { ...wanted, until: inDays(10) });

		const early = { ...told, unit: 'K-2', effectiveOn: inDays(-1) };
		await record(db, machine, { events: [UnitEvent.parse(early)], followers: FOLLOWERS });
		const left = newId();
		await sql`insert into role_grants (id, user_id, unit_id, role, valid, action_id)
			select ${left}::uuid, ${leader.id}::uuid, unit_id, 'officer', daterange(current_date - 30, null), ${newId()}::uuid
			from unit_states where code = 'K-2' and upper_inf(known) limit 1`.execute(db);
		const seen = async () => (await listUnder(db, machine, topId)).map((one) => one.unitCode);
		expect(await seen()).toContain('K-2');
		await endRole(db, machine, left);
		expect(await seen()).not.toContain('K-2');
	});

	test('what is lent is one’s own, to a colleague, for a limited time, and not lent on', async ({ db }) => {
		const { topId, baseId, otherId } = await world(db);
		const leader = await person(db, { name: 'Hà Văn Bình', unitId: baseId, role: 'leader' });
		const colleague = await person(db, { name: 'Lò Thị Mai', unitId: topId, role: 'officer' });
		const outsider = await person(db, { name: 'Đỗ An', unitId: otherId, role: 'officer' });
		const wanted = {
			grantId: await grantOf(db, leader),
			toEmail: colleague.email,
			from: today(),
			until: inDays(5),
			reason: 'Đi công tác'
		};
		await expect(delegate(db, colleague, wanted)).rejects.toMatchObject({ code: 'account.role_not_found' });
		for (const toEmail of [outsider.email, leader.email, 'khong.co@example.vn'])
			await expect(delegate(db, leader, { ...wanted, toEmail })).rejects.toMatchObject({
				code: 'account.not_a_colleague'
			});
		await expect(delegate(db, leader, { ...wanted, until: inDays(LONGEST_DELEGATION_DAYS + 1) })).rejects.toMatchObject(
			{
				code: 'account.delegated_too_long'
			}
		);
		await delegate(db, leader, wanted);
		const lent = (await listOwn(db, leader)).lent[0]?.grantId ?? '';
		await expect(delegate(db, colleague, { ...wanted, grantId: lent, toEmail: leader.email })).rejects.toMatchObject({
			code: 'account.delegated_on'
		});
		await expect(endRole(db, outsider, lent)).rejects.toMatchObject({ code: 'input.not_found' });
	});
});

test('a lent role opens what it may, is taken back by who lent it, and ends with the role itself', async ({ db }) => {
	const { topId, baseId } = await world(db);
	const leader = await person(db, { name: 'Hà Văn Bình', unitId: topId, role: 'leader' });
	const colleague = await person(db, { name: 'Lò Thị Mai', unitId: baseId, role: 'officer' });
	const lend = async () =>
		delegate(db, leader, {
			grantId: await grantOf(db, leader),
			toEmail: colleague.email,
			from: today(),
			until: inDays(5),
			reason: 'Nghỉ phép'
		});
	const roles = async () => (await actorOf(db, colleague)).grants.map((one) => one.role);
	await lend();
	expect(await roles()).toEqual(['officer', 'leader']);
	await endRole(db, leader, (await listOwn(db, leader)).lent[0]?.grantId ?? '');
	expect(await roles()).toEqual(['officer']);
	await lend();
	expect((await listUnder(db, machine, topId)).find((one) => one.lentBy)).toMatchObject({
		name: 'Lò Thị Mai',
		lentBy: 'Hà Văn Bình'
	});
	// Not ended today but yesterday, so that the row stays: what was lent does not outlive it.
	await sql`update role_grants set valid = daterange(${inDays(-9)}::date, ${today()}::date) where user_id = ${leader.id}::uuid`.execute(
		db
	);
	expect(await roles()).toEqual(['officer']);
});

test('a role that begins later opens nothing before, and one that ended opens nothing after', async ({ db }) => {
	const { baseId } = await world(db);
	const officer = await person(db, { name: 'Lò Thị Mai', unitId: baseId, role: 'officer' });
	await grant(db, machine, { userId: officer.id, unitId: baseId, role: 'reviewer', from: inDays(1), until: inDays(9) });
	expect((await actorOf(db, officer)).grants).toEqual([{ unitId: baseId, role: 'officer' }]);
	await endRole(db, machine, await grantOf(db, officer));
	expect((await actorOf(db, officer)).grants).toEqual([]);
});

test('ending a role signs its holder out at once', async ({ db }) => {
	const { baseId } = await world(db);
	const officer = await person(db, { name: 'Lò Thị Mai', unitId: baseId, role: 'officer' });
	await sql`insert into sessions (id, user_id, token_hash, expires_at) values (${newId()}, ${officer.id}, 'x', now() + interval '1 day')`.execute(
		db
	);
	await endRole(db, machine, await grantOf(db, officer));
	const { rows } = await sql`select 1 from sessions where user_id = ${officer.id}::uuid`.execute(db);
	expect(rows).toEqual([]);
});

test('a record belongs to the tree of its own day: who lost the unit reads nothing written since, who got it nothing before', async ({
	db
}) => {
	const { topId, baseId } = await world(db);
	const [newTop] = await establish(db, machine, {
		units: [{ code: 'M', name: 'Đảng uỷ Uỷ ban nhân dân tỉnh', kind: 'bloc_committee', parentId: null }]
	});
	const newTopId = newTop?.id ?? '';
	// The unit stands under K until 30/6/2024 and under M from the day after.
	await sql`update unit_paths set valid = daterange(lower(valid), '2024-07-01') where unit_id = ${baseId}::uuid and depth = 1`.execute(
		db
	);
	await sql`insert into unit_paths (ancestor_id, unit_id, depth, valid) values (${newTopId}, ${baseId}, 1, '[2024-07-01,)')`.execute(
		db
	);
	const before = await person(db, { name: 'Hà Văn Bình', unitId: topId, role: 'officer' });
	const after = await person(db, { name: 'Lò Thị Mai', unitId: newTopId, role: 'officer' });
	const own = await person(db, { name: 'Đỗ An', unitId: baseId, role: 'officer' });
	const of = { unit: 'r.unit', day: 'r.day' } as const;
	const found = async (condition: RawBuilder<boolean>) => {
		const { rows } = await sql<{ day: string | null }>`
			select r.day from (values (${baseId}::uuid, '2024-06-30'::date), (${baseId}::uuid, '2024-07-01'), (${baseId}::uuid, null)) r (unit, day)
			where ${condition} order by r.day`.execute(db);
		return rows.map((row) => row.day);
	};
	const seen = async (actor: Actor) => {
		const days = await found(visibleTo(actor, 'model.read', of));
		expect(await found(await visibleUnder(db, actor, 'model.read', { of, unitId: baseId }))).toEqual(days);
		return days;
	};
	expect(await seen(before)).toEqual(['2024-06-30']);
	expect(await seen(after)).toEqual(['2024-07-01', null]);
	expect(await seen(own)).toEqual(['2024-06-30', '2024-07-01', null]);
	expect(await seen({ ...own, grants: [{ unitId: baseId, role: 'administrator' }] })).toEqual([]);
	expect(await seen({ ...own, grants: [] })).toEqual([]);
});
