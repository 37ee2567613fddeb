import { expect, test } from 'vitest';
import { suppressed } from './public.server.ts';

const told = (...values: number[]) =>
	suppressed(values.map((value, at) => ({ key: `k${at}`, value }))).map(({ value }) => value);

test('of a public whole no part under five is told, nor can one be found by taking the others away', () => {
	expect(told(20, 9, 7)).toEqual([20, 9, 7]);
	expect(told(20, 9, 3)).toEqual([20, null, null]);
	expect(told(20, 9, 3, 2)).toEqual([20, 9, null, null]);
	expect(told(20, 0, 3)).toEqual([20, null, null]);
	expect(told(3)).toEqual([null]);
});
