import { describe, expect } from 'vitest';
import { operator } from '#lib/accounts/actor.ts';
import { FOLLOWERS } from '#lib/followers.server.ts';
import { readReorganisation } from '#lib/import/reorganisation-list.ts';
import { readWorkbook } from '#lib/import/workbook.server.ts';
import type { Db } from '#lib/server/db.ts';
import { test } from '../../../tests/database.ts';
import { record } from './event.server.ts';
import { prepareSheet } from './reorganisation.server.ts';
import { establish, listUnder } from './unit.server.ts';

const actor = operator('thử nghiệm');
const HEADS = 'Mã cũ\tTên cũ\tViệc\tMã mới\tTên mới\tLoại\tCấp trên mới\tPhần\tNhận phần còn lại\tVai trò về';
const terms = {
	effectiveOn: '2025-07-01',
	decisionNumber: '1678/NQ',
	decidedOn: '2025-06-16',
	reason: 'sắp xếp cấp xã'
};

async function world(db: Db): Promise<string> {
	const [top] = await establish(db, actor, {
		units: [{ code: 'T', name: 'Tỉnh uỷ', kind: 'province_committee', parentId: null }]
	});
	const [district] = await establish(db, actor, {
		units: [{ code: 'H', name: 'Huyện uỷ H', kind: 'district_committee', parentId: top?.id ?? '' }]
	});
	await establish(db, actor, {
		units: ['A', 'B', 'C', 'D'].map((n) => ({
			code: `X${n}`,
			name: `Đảng uỷ xã ${n}`,
			kind: 'commune_committee' as const,
			parentId: district?.id ?? ''
		}))
	});
	return top?.id ?? '';
}

async function prepare(db: Db, unitId: string, lines: readonly string[]) {
	const bytes = new TextEncoder().encode([HEADS, ...lines].join('\n'));
	const { rows, refused } = readReorganisation(await readWorkbook(bytes, 'sap-xep.csv'));
	const complete = { unitId, kind: 'commune_committee' as const };
	const plan = await prepareSheet(db, actor, { rows, terms, complete, followers: FOLLOWERS });
	return { ...plan, refused: [...refused, ...plan.refused] };
}

describe('refusals', () => {
	test('each wrong cell is told with its row; nothing is left to record', async ({ db }) => {
		const top = await world(db);
		const plan = await prepare(db, top, [
			'XA\txã A\tnhập\tN1\tĐảng uỷ xã Một\t\tT',
			'XB\txã B\tnhập\tN1\tĐảng uỷ xã Hai\t\tT',
			'XA\txã A\tgiữ nguyên',
			'XZ\txã Z\tnhập\tN1',
			'XC\txã Y\tbiến mất\tN1'
		]);
		expect(plan.events).toEqual([]);
		expect(plan.refused.map(({ row, column, code, value }) => [row, column, code, value])).toEqual([
			[6, 'C', 'work_unknown', 'biến mất'],
			[5, 'A', 'old_unknown', 'XZ'],
			[4, 'A', 'named_twice', 'XA'],
			[3, 'E', 'two_names', 'Đảng uỷ xã Hai'],
			[0, 'A', 'left_out', 'XC'],
			[0, 'A', 'left_out', 'XD']
		]);
	});
});

test('a province is reorganised from a sheet in one go: codes may be given again, districts end last', async ({
	db
}) => {
	const top = await world(db);
	const plan = await prepare(db, top, [
		'XA\txã A\tnhập\tXA\tĐảng uỷ xã Tân A\t\tT\ttoàn bộ',
		'XB\txã B\tnhập\tXA\tĐảng uỷ xã Tân A\t\tT\ttoàn bộ',
		'XC\txã C\tnhập\tXA\tĐảng uỷ xã Tân A\t\tT\tmột phần\t\tx',
		'XC\txã C\tnhập\tXD\t\t\t\tmột phần',
		'XD\txã D\tgiữ nguyên\t\t\t\tT',
		'H\tHuyện uỷ H\tkết thúc\tT'
	]);
	expect(plan.refused).toEqual([]);
	expect(plan.events.map((event) => event.kind)).toEqual(['establish', 'move', 'merge', 'split', 'close']);
	expect(plan.counts).toMatchObject({ before: 5, after: 2, established: 1, merged: 2, split: 1, closed: 1 });
	await record(db, actor, { events: plan.events, roles: plan.roles, followers: FOLLOWERS });
	const after = await listUnder(db, top, '2025-07-01');
	expect(after.map((unit) => [unit.code, unit.name])).toEqual([
		['T', 'Tỉnh uỷ'],
		['XA', 'Đảng uỷ xã Tân A'],
		['XD', 'Đảng uỷ xã D']
	]);
});
