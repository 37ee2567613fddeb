import { expect, test } from 'vitest';
import { fillMonths, monthChart } from './month-chart.server.ts';

const period = { from: '2024-01-01', asOf: '2024-06-15' };

test('every month of the period has a bar and its number; the open month is gold', () => {
	const svg = monthChart(
		period,
		fillMonths(
			period,
			new Map([
				['2024-02', 7736],
				['2024-06', 49]
			])
		)
	);
	expect(svg.match(/<rect/g)).toHaveLength(6);
	expect(svg).toContain('>7.736</text>');
	expect(svg.match(/#d9b36a/g)).toHaveLength(1);
	expect(svg).toContain('>T6</text>');
});

test('a period without anything, and one taken back below zero, are still drawn', () => {
	expect(monthChart(period, fillMonths(period, new Map([['2024-03', -2]])))).not.toMatch(/height="-|NaN/);
	expect(monthChart(period, fillMonths(period, new Map()))).not.toContain('NaN');
});
