import { sql } from 'kysely';
import { describe, expect } from 'vitest';
import { operator, type Actor, type Role } from '#lib/accounts/actor.ts';
import { figureNamed } from '#lib/catalogue.ts';
import { input, registered, scoreSheet } from '#lib/models/office.sample.ts';
import type { Db } from '#lib/server/db.ts';
import { establish } from '#lib/units/unit.server.ts';
import { test } from '../../../tests/database.ts';
import { ask } from './ask.server.ts';
import { figureText } from './format-figure.ts';
import { prove } from './proofs.server.ts';
import { records } from './records.server.ts';

const machine = operator('thử nghiệm');
const figure = figureNamed('models.registered');
const year = { from: '2024-01-01', asOf: '2024-12-31' };

/** Three base units under one bloc with 4, 5 and 1 registrations, and a bloc of another tree. */
async function world(db: Db) {
	const [top, other] = await establish(db, machine, {
		units: [
			{ code: 'K', name: 'Đảng uỷ Khối', kind: 'bloc_committee', parentId: null },
			{ code: 'Q', name: 'Đảng uỷ Quân sự', kind: 'bloc_committee', parentId: null }
		]
	});
	const topId = top?.id ?? '';
	const bases = await establish(db, machine, {
		units: ['K-1', 'K-2', 'K-3'].map((code) => ({
			code,
			name: `Đảng bộ ${code}`,
			kind: 'base_committee',
			parentId: topId
		}))
	});
	const [few, enough, own] = bases.map(({ id }) => id);
	await scoreSheet(db, 'base');
	for (const [unitId = '', count] of [
		[few, 4],
		[enough, 5],
		[own, 1]
	] as const) {
		for (let i = 0; i < count; i += 1) await registered(db, machine, input(unitId, { name: `Tổ tự quản số ${i}` }));
	}
	return { top: topId, other: other?.id ?? '', few: few ?? '', enough: enough ?? '', own: own ?? '' };
}

function person(unitId: string, role: Role): Actor {
	return { id: null, name: role, grants: [{ unitId, role }], everything: false };
}

describe('totals over records that are not the reader’s', () => {
	test('of another tree are not told, nor to who may read none', async ({ db }) => {
		const { top, other, own } = await world(db);
		await expect(ask(db, person(own, 'officer'), figure, { unitId: other, ...year })).rejects.toMatchObject({
			code: 'input.not_found'
		});
		for (const stranger of [person(top, 'administrator'), { ...person(top, 'officer'), grants: [] }])
			await expect(ask(db, stranger, figure, { unitId: top, ...year })).rejects.toMatchObject({
				code: 'input.not_found'
			});
	});

	test('are told from five up, without parts, and not narrowed', async ({ db }) => {
		const { top, few, enough, own } = await world(db);
		const officer = person(own, 'officer');
		expect(await ask(db, officer, figure, { unitId: enough, ...year, by: ['novelty'] })).toMatchObject({
			value: 5,
			parts: [],
			closed: 'records'
		});
		expect(await ask(db, officer, figure, { unitId: top, ...year })).toMatchObject({ value: 10, closed: 'records' });
		const hidden = await ask(db, officer, figure, { unitId: few, ...year });
		expect(hidden).toMatchObject({ value: null, parts: [], closed: 'value' });
		expect(figureText(figure, hidden)).toBe('không hiển thị (dưới 5)');
		const narrowed = { unitId: enough, ...year, where: { level: ['base'] } };
		expect(await ask(db, officer, figure, narrowed)).toMatchObject({ value: null, closed: 'value' });
		const rate = figureNamed('models.recognition_rate');
		const share = await ask(db, officer, rate, { unitId: few, ...year });
		expect(share).toMatchObject({ value: null, closed: 'value' });
		expect(share.denominator).toBeUndefined();
	});

	test('open no list: it says that it is closed, and shows what is the reader’s own', async ({ db }) => {
		const { top, enough, own } = await world(db);
		const officer = person(own, 'officer');
		const listOf = async (unitId: string, actor = officer) => {
			const { records: rows, closed } = await records(db, actor, { figure, question: { unitId, ...year } });
			return { count: rows.length, closed };
		};
		expect(await listOf(enough)).toEqual({ count: 0, closed: true });
		expect(await listOf(top)).toEqual({ count: 1, closed: true });
		expect(await listOf(own)).toEqual({ count: 1, closed: false });
		expect(await listOf(top, person(top, 'officer'))).toEqual({ count: 10, closed: false });
		expect(await listOf(own, person(own, 'petition_officer'))).toEqual({ count: 0, closed: true });
		expect(await prove(db, officer, figure, { unitId: top, ...year })).toEqual([]);
		const withAny = figureNamed('models.units_registered');
		expect(await records(db, officer, { figure: withAny, question: { unitId: top, ...year } })).toMatchObject({
			records: []
		});
	});
});

test('a unit that moved away: the old office reads what was written before, and of the rest the total only', async ({
	db
}) => {
	const { top, other, enough } = await world(db);
	await sql`update unit_paths set valid = daterange(lower(valid), '2024-07-01') where unit_id = ${enough}::uuid and depth = 1`.execute(
		db
	);
	await sql`insert into unit_paths (ancestor_id, unit_id, depth, valid) values (${other}, ${enough}, 1, '[2024-07-01,)')`.execute(
		db
	);
	const [old, now] = [person(top, 'officer'), person(other, 'officer')];
	// By the tree of each record's day the five of March are the old office's.
	expect(await ask(db, old, figure, { unitId: top, ...year })).toMatchObject({ value: 10 });
	expect((await ask(db, old, figure, { unitId: top, ...year })).closed).toBeUndefined();
	// By today's tree they are the new office's total; they were written before its time, so it sees no list.
	const today = { figure, question: { unitId: other, ...year, structure: 'now' as const } };
	expect(await ask(db, now, figure, today.question)).toMatchObject({ value: 5, closed: 'records' });
	expect(await records(db, now, today)).toMatchObject({ records: [], closed: true });
});
