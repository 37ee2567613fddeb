import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { describe, expect } from 'vitest';
import { operator, type Actor } from '#lib/accounts/actor.ts';
import { FOLLOWERS } from '#lib/followers.server.ts';
import { input, registered, scoreSheet } from '#lib/models/office.sample.ts';
import type { Db } from '#lib/server/db.ts';
import { test } from '../../../tests/database.ts';
import { attribute, listUndivided, undividedCases } from './attribution.server.ts';
import { bearersOf } from './bearer.server.ts';
import { kinOf } from './division.server.ts';
import { listEvents } from './event-list.server.ts';
import { UnitEvent, type UnitEventInput } from './event.schema.ts';
import { record } from './event.server.ts';
import { undo } from './undo.server.ts';
import { establish } from './unit.server.ts';

const actor = operator('thử nghiệm');
const DAY = '2025-07-01';
const said = { effectiveOn: DAY, reason: 'sắp xếp đơn vị hành chính' };
const reason = 'theo biên bản bàn giao';

function does(db: Db, event: UnitEventInput) {
	return record(db, actor, { events: [UnitEvent.parse(event)], followers: FOLLOWERS });
}

/** A province with a commune that was split into N and M without saying who takes the rest, and one beside it. */
async function world(db: Db) {
	const [top] = await establish(db, actor, {
		units: [{ code: 'T', name: 'Tỉnh uỷ', kind: 'province_committee', parentId: null }]
	});
	const units = await establish(db, actor, {
		units: ['X', 'Y'].map((code) => ({
			code,
			name: `Đảng uỷ xã ${code}`,
			kind: 'commune_committee' as const,
			parentId: top?.id ?? ''
		}))
	});
	const x = units[0]?.id ?? '';
	await scoreSheet(db, 'base');
	const cases = [
		await registered(db, actor, input(x, { name: 'Đường hoa thôn Thượng', place: 'thôn Thượng' })),
		await registered(db, actor, input(x, { name: 'Tủ sách lưu động', place: null })),
		await registered(db, actor, input(x, { name: 'Bếp ăn nghĩa tình', place: null }))
	];
	const into = (code: string) => ({
		code,
		name: `Đảng uỷ xã ${code}`,
		kind: 'commune_committee' as const,
		parent: 'T'
	});
	const { actionId } = await does(db, {
		...said,
		kind: 'split',
		unit: 'X',
		parts: [{ into: into('N'), places: ['thôn Thượng'] }, { into: into('M') }]
	});
	return { top: top?.id ?? '', x, y: units[1]?.id ?? '', cases, actionId };
}

describe('refusals', () => {
	test('only cases that stand with nobody, only to a successor, only by who works there', async ({ db }) => {
		const { top, x, y, cases } = await world(db);
		const [placed = '', shelf = ''] = cases;
		const refused = (given: { unitId?: string; caseIds?: string[]; heirCode?: string }, by: Actor = actor) =>
			expect(attribute(db, by, { unitId: x, caseIds: [shelf], heirCode: 'N', reason, ...given })).rejects;
		await refused({ unitId: y }).toMatchObject({ code: 'unit_event.not_undivided' });
		await refused({ caseIds: [placed] }).toMatchObject({ code: 'unit_event.case_not_undivided' });
		await refused({ caseIds: [randomUUID()] }).toMatchObject({ code: 'unit_event.case_not_undivided' });
		await refused({ heirCode: 'Y' }).toMatchObject({ code: 'unit_event.not_a_successor' });
		await refused({ caseIds: [] }).toMatchObject({ code: 'unit_event.cases_missing' });
		const role = (unitId: string, held: 'officer' | 'administrator'): Actor => ({
			id: randomUUID(),
			name: 'Cán bộ',
			grants: [{ unitId, role: held }],
			everything: false
		});
		await refused({}, role(top, 'administrator')).toMatchObject({ code: 'access.denied' });
		await refused({}, role(y, 'officer')).toMatchObject({ code: 'input.not_found' });
		expect((await listUndivided(db, actor)).map(({ code, cases: count }) => [code, count])).toEqual([['X', 2]]);
	});
});

test('what a split left undivided is attributed by hand, and then the split cannot be undone', async ({ db }) => {
	const { x, cases, actionId } = await world(db);
	const before = await undividedCases(db, actor, x);
	expect(before.heirs.map(({ code }) => code)).toEqual(['M', 'N']);
	expect(before.cases.map(({ name }) => name)).toEqual(['Bếp ăn nghĩa tình', 'Tủ sách lưu động']);
	await attribute(db, actor, { unitId: x, caseIds: [cases[1] ?? ''], heirCode: 'M', reason });
	const { rows } = await sql<{ code: string; means: string; day: string }>`
		select v.code, s.means, lower(s.valid) as day from case_shares s join unit_versions v on v.unit_id = s.heir_id
		where upper_inf(s.known) order by v.code`.execute(db);
	expect(rows).toEqual([
		{ code: 'M', means: 'hand', day: DAY },
		{ code: 'N', means: 'place', day: DAY }
	]);
	expect((await undividedCases(db, actor, x)).cases.map(({ name }) => name)).toEqual(['Bếp ăn nghĩa tình']);
	await expect(undo(db, actor, { actionId, reason: 'ghi nhầm', followers: FOLLOWERS })).rejects.toMatchObject({
		code: 'unit_event.undo_depends'
	});
});

test('a closed unit keeps its address, its kin and the events that touched it', async ({ db }) => {
	const { x, actionId } = await world(db);
	const [closed] = await bearersOf(db, actor, 'X');
	expect(closed).toMatchObject({ id: x, closedOn: DAY, undivided: true });
	expect((await kinOf(db, x)).successors.map(({ code, whole }) => [code, whole])).toEqual([
		['M', false],
		['N', false]
	]);
	const { rows } = await listEvents(db, actor, { unitId: x });
	expect(rows.map(({ kind, isLate, from, to }) => ({ kind, isLate, from: from.length, to: to.length }))).toEqual([
		{ kind: 'split', isLate: true, from: 1, to: 2 },
		{ kind: 'establish', isLate: false, from: 0, to: 2 }
	]);
	await undo(db, actor, { actionId, reason: 'ghi nhầm', followers: FOLLOWERS });
	expect((await kinOf(db, x)).successors).toEqual([]);
	expect((await bearersOf(db, actor, 'X'))[0].closedOn).toBeNull();
	expect((await listEvents(db, actor, { kind: 'split' })).rows[0]?.undoneAt).toBeInstanceOf(Date);
});

test('a code that is given again leads to who has it now, and the earlier bearers stay known', async ({ db }) => {
	await world(db);
	const heir = { code: 'Y', name: 'Đảng uỷ phường Y', kind: 'commune_committee' as const, parent: 'T' };
	await does(db, { ...said, kind: 'merge', units: ['Y'], into: heir });
	const bearers = await bearersOf(db, actor, 'Y');
	expect(bearers.map(({ name, closedOn }) => [name, closedOn])).toEqual([
		['Đảng uỷ phường Y', null],
		['Đảng uỷ xã Y', DAY]
	]);
	const pages = await listEvents(db, actor, { limit: 2 });
	expect(pages.rows.map(({ kind }) => kind)).toEqual(['merge', 'split']);
	const second = await listEvents(db, actor, { limit: 2, after: pages.next });
	expect(second.rows.map(({ kind }) => kind)).toEqual(['establish', 'establish']);
	expect((await listEvents(db, actor, { limit: 2, before: second.previous })).rows).toEqual(pages.rows);
});
