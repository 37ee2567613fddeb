import { describe, expect, it, test } from 'vitest';
import { typedDay } from '#lib/vietnamese/day.ts';
import { figureText } from './format-figure.ts';
import { currentPeriod, periodName, upTo } from './period.ts';

describe('days as typed', () => {
	it.each([
		['15/6/2024', '2024-06-15'],
		[' 3.6.2013 ', '2013-06-03'],
		['2024-02-29', '2024-02-29'],
		['29/2/2023', null],
		['31/02/2024', null],
		['6/2024', null],
		['hôm nay', null]
	])('%s', (typed, day) => expect(typedDay(typed)).toBe(day));
});

test('a period bears the name that reports give it', () => {
	expect(currentPeriod('2024-06-30')).toEqual({ from: '2024-01-01', asOf: '2024-06-30' });
	expect(currentPeriod('2024-07-01')).toEqual({ from: '2024-01-01', asOf: '2024-12-31' });
	expect(upTo(currentPeriod('2024-03-02'), '2024-03-02').asOf).toBe('2024-03-02');
	expect(upTo(currentPeriod('2023-03-02'), '2024-03-02').asOf).toBe('2023-06-30');
	expect(periodName({ from: '2024-01-01', asOf: '2024-06-15' })).toBe('6 tháng đầu năm 2024');
	expect(periodName({ from: '2024-01-01', asOf: '2024-11-22' })).toBe('năm 2024');
	expect(periodName({ from: '2024-02-01', asOf: '2024-06-15' })).toBe('từ 01/2/2024 đến hết ngày 15/6/2024');
});

test('not applicable is not zero, an estimate says so, a change has its sign', () => {
	const text = (
		unitOfMeasure: 'registration' | 'percent' | 'percent_change' | 'difference',
		value: number | null,
		about = false
	) => figureText({ unitOfMeasure }, { value, about });
	expect(text('percent', null)).toBe('không áp dụng');
	expect(text('percent', 0)).toBe('0,0%');
	expect(text('percent', 6568 / 7736)).toBe('84,9%');
	expect(text('registration', 7736)).toBe('7.736');
	expect(text('registration', 840, true)).toBe('khoảng 840');
	expect(text('difference', -12)).toBe('−12');
	expect(text('difference', 0)).toBe('0');
	expect(text('percent_change', 49 / 133)).toBe('+36,8%');
	expect(figureText({ unitOfMeasure: 'registration' }, { value: 2, about: false }, 'two_digits')).toBe('02');
});
