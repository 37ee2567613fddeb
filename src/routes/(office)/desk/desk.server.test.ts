import { describe, expect } from 'vitest';
import { operator, type Actor } from '#lib/accounts/actor.ts';
import { figureNamed } from '#lib/catalogue.ts';
import { ask } from '#lib/figures/ask.server.ts';
import { figureText } from '#lib/figures/format-figure.ts';
import { latestPeriod } from '#lib/figures/period.server.ts';
import type { Door } from '#lib/figures/ledger-panel.ts';
import type { Db } from '#lib/server/db.ts';
import { getByCode } from '#lib/units/unit.server.ts';
import { testOn } from '../../../../tests/database.ts';
import { blocWorld } from '../../../../tests/worlds.ts';
import { desk } from './desk.server.ts';
import { listReturned, listTodos } from './todo.server.ts';

const test = testOn(blocWorld);
const actor = operator('thử nghiệm');
const period = { from: '2024-01-01', asOf: '2024-06-15' };

/** What the door's own address answers, printed in the way the door is. */
async function behind(db: Db, { address, text }: Door): Promise<string> {
	const { unit: code, figure: name, where = {}, from, asOf } = address;
	const { id } = await getByCode(db, actor, code);
	const narrowed = where['unit'] ? { ...where, unit: [id] } : where;
	const figure = figureNamed(name);
	const answer = await ask(db, actor, figure, {
		unitId: id,
		...(from ? { from } : {}),
		...(asOf ? { asOf } : {}),
		where: narrowed
	});
	return figureText(figure, answer, /^0\d/.test(text) ? 'two_digits' : 'plain');
}

describe('refusals', () => {
	test('a unit that is not one’s own is not found', async ({ db }) => {
		const unit = await getByCode(db, actor, 'YB-DUK');
		const below = await getByCode(db, actor, 'YB-DUK-14');
		const officer: Actor = {
			id: null,
			name: 'cơ sở',
			grants: [{ unitId: below.id, role: 'officer' }],
			everything: false
		};
		await expect(desk(db, officer, { unit, period })).rejects.toMatchObject({ code: 'input.not_found' });
		expect(await listTodos(db, officer, { unit, year: 2023 })).toEqual([]);
	});
});

describe('the desk of the bloc', () => {
	test('every number on it is what its own door answers', async ({ db }) => {
		const unit = await getByCode(db, actor, 'YB-DUK');
		const shown = await desk(db, actor, { unit, period });
		const tiles = [
			shown.registered,
			shown.change.difference,
			...shown.standing.parts,
			shown.recognised,
			shown.rate,
			shown.units.with,
			shown.units.without
		];
		const rows = shown.children.slice(0, 4).flatMap((row) => [row.registered, row.new, row.continuing, row.recognised]);
		const months = shown.chart?.rows.map((row) => row.door) ?? [];
		for (const door of [...tiles, ...rows, ...months])
			expect([door.address, await behind(db, door)]).toEqual([door.address, door.text]);
		expect(shown.registered.text).toBe('182');
		expect(shown.change.difference.text).toBe('+49');
		expect(shown.standing).toMatchObject({ addsUp: true, parts: [{ text: '02' }, { text: '100' }, { text: '80' }] });
		expect(shown.units).toMatchObject({ obliged: 77, withoutCount: 6 });
		expect(shown.missing).toMatchObject({ rows: { length: 6 }, more: false });
		expect(shown.theme).toBe('Dân vận khéo gắn với chuyển đổi số');
	});

	test('says what waits and why something came back; an office without figures shows its latest period', async ({
		db
	}) => {
		const unit = await getByCode(db, actor, 'YB-DUK');
		expect((await listTodos(db, actor, { unit, year: 2024 })).map(({ key }) => key)).toEqual([
			'submitted',
			'returned',
			'draft'
		]);
		expect(await listReturned(db, actor, { unit, year: 2024 })).toMatchObject([
			{ name: 'Chung tay làm đường', reason: expect.stringContaining('địa bàn') }
		]);
		expect(
			await latestPeriod(db, actor, { figure: figureNamed('models.registered'), unitId: unit.id, day: '2026-11-21' })
		).toEqual({
			from: '2024-01-01',
			asOf: '2024-06-30'
		});
		const empty = await desk(db, actor, { unit, period: { from: '2026-01-01', asOf: '2026-06-30' } });
		expect(empty).toMatchObject({ empty: true, chart: null, rate: { text: 'không áp dụng' } });
	});
});
