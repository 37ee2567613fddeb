import { describe, expect } from 'vitest';
import { operator, type Actor } from '#lib/accounts/actor.ts';
import type { Db } from '#lib/server/db.ts';
import { test } from '../../../tests/database.ts';
import { importUnits, type ListedUnit } from './import.server.ts';
import { establish, listUnder } from './unit.server.ts';

const actor = operator('thử nghiệm');

function row(number: number, code: string, more: Partial<ListedUnit> = {}): ListedUnit {
	return {
		sheet: 'Đơn vị',
		row: number,
		code,
		name: `Đảng bộ ${code}`,
		kindName: 'Đảng bộ cơ sở',
		parentCode: 'K',
		...more
	};
}

async function bloc(db: Db): Promise<string> {
	const [top] = await establish(db, actor, {
		units: [{ code: 'K', name: 'Đảng uỷ Khối', kind: 'bloc_committee', parentId: null }]
	});
	return top?.id ?? '';
}

describe('refusals, row by row; nothing is written', () => {
	test('codes, kinds and parents', async ({ db }) => {
		const top = await bloc(db);
		const rows = [
			row(2, 'K', { name: 'Đảng uỷ Khối khác', kindName: 'Đảng uỷ Khối', parentCode: null }),
			row(3, 'K-1'),
			row(4, 'K-1', { name: 'Chi bộ Báo tỉnh' }),
			row(5, 'K-2', { parentCode: 'L' }),
			row(6, 'K-3', { kindName: 'Câu lạc bộ' }),
			row(7, 'K-4', { parentCode: 'K-3' }),
			row(8, 'K-5', { parentCode: 'K-6' }),
			row(9, 'K-6', { parentCode: 'K-5' })
		];
		const answer = await importUnits(db, actor, { rows, parentId: null });
		expect(answer.committed).toBe(false);
		expect(answer.refused.map(({ row: number, code }) => [number, code])).toEqual([
			[2, 'code_taken'],
			[3, 'parent_refused'],
			[4, 'code_twice'],
			[5, 'parent_unknown'],
			[6, 'kind_unknown'],
			[7, 'parent_refused'],
			[8, 'parent_cycle'],
			[9, 'parent_cycle']
		]);
		expect(await listUnder(db, top)).toHaveLength(1);
	});

	test('who may not establish units is refused; units without a parent need the operator', async ({ db }) => {
		const top = await bloc(db);
		const officer: Actor = { id: null, name: 'cán bộ', grants: [{ unitId: top, role: 'officer' }], everything: false };
		await expect(importUnits(db, officer, { rows: [row(2, 'K-1')], parentId: top })).rejects.toMatchObject({
			code: 'access.denied'
		});
		const answer = await importUnits(db, officer, {
			rows: [row(2, 'K-1'), row(3, 'Z', { parentCode: null })],
			parentId: null
		});
		expect(answer.refused.map(({ code }) => code)).toEqual(['parent_not_yours', 'parent_missing']);
		const stranger: Actor = { ...officer, grants: [] };
		const blind = await importUnits(db, stranger, {
			rows: [row(2, 'K', { parentCode: null }), row(3, 'K-1')],
			parentId: null
		});
		expect(blind.refused.map(({ code, params }) => [code, params['name']])).toEqual([
			['code_taken', '…'],
			['parent_refused', undefined]
		]);
	});
});

describe('a list taken in', () => {
	test('children before parents in the list; what is there already is left; a second time writes nothing', async ({
		db
	}) => {
		const top = await bloc(db);
		const rows = [
			row(2, 'K', { name: 'Đảng ủy Khối', kindName: null, parentCode: null }),
			row(3, 'K-1-1', { name: 'Chi bộ Văn phòng', kindName: 'Chi bộ trực thuộc', parentCode: 'K-1' }),
			row(4, 'K-1', { parentCode: null }),
			row(5, 'K-2')
		];
		const dry = await importUnits(db, actor, { rows, parentId: top, dryRun: true });
		expect(dry).toMatchObject({ rows: 4, skipped: 1, refused: [], committed: false });
		expect(await listUnder(db, top)).toHaveLength(1);
		expect((await importUnits(db, actor, { rows, parentId: top })).committed).toBe(true);
		expect((await listUnder(db, top)).map(({ code, depth }) => [code, depth])).toEqual([
			['K', 0],
			['K-1', 1],
			['K-2', 1],
			['K-1-1', 2]
		]);
		expect(await importUnits(db, actor, { rows, parentId: top })).toMatchObject({
			skipped: 4,
			accepted: [],
			committed: false
		});
	});
});
