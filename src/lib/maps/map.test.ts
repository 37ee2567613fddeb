import { expect, test } from 'vitest';
import { shadeOf, stepsOf } from './scale.ts';
import { layoutOf, tileLines } from './tiles.ts';

test.for(['before', 'since'] as const)('each province has one tile, none shares it: %s', (epoch) => {
	const { tiles, islands, columns } = layoutOf(epoch);
	expect(tiles.length).toBe(epoch === 'before' ? 63 : 34);
	expect(new Set(tiles.map((tile) => tile.code)).size).toBe(tiles.length);
	expect(new Set([...tiles, ...islands].map(({ column, row }) => `${column} ${row}`)).size).toBe(tiles.length + 2);
	expect([...tiles, ...islands].every(({ column }) => column < columns)).toBe(true);
	expect(islands.map(({ name, code }) => [name, code])).toEqual([
		['Hoàng Sa', '48'],
		['Trường Sa', '56']
	]);
});

test('names fit on two lines', () => {
	expect(['Lào Cai', 'Huế', 'Hồ Chí Minh', 'Bà Rịa - Vũng Tàu'].map(tileLines)).toEqual([
		['Lào', 'Cai'],
		['Huế'],
		['TP. HCM'],
		['BR-VT']
	]);
});

test('steps hold every value once, zero apart', () => {
	const values = [0, 3, 3, 8, 12, 40, 41, 42, 90, 100];
	const steps = stepsOf(values);
	expect(steps[0]).toEqual({ from: 0, to: 0 });
	expect(steps.length).toBe(5);
	for (const value of values) expect(steps.filter(({ from, to }) => value >= from && value <= to).length).toBe(1);
	expect(shadeOf(0, steps)).toBe(1);
	expect(shadeOf(100, steps)).toBe(5);
	expect(stepsOf([])).toEqual([]);
	expect(shadeOf(7, stepsOf([7]))).toBe(3);
	expect(stepsOf([-2, 0, 5]).map(({ from }) => from)).toEqual([-2, 0, 5]);
});
