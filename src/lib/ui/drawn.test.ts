import { expect, test } from 'vitest';
import { fillMonths, monthChart } from '#lib/figures/month-chart.server.ts';
import { drawn } from './drawn.ts';

const period = { from: '2024-01-01', asOf: '2024-06-15' };

test('a chart of ours is a drawing, and stays as it is', () => {
	const chart = monthChart(period, fillMonths(period, new Map([['2024-03', 7736]])));
	expect(drawn(chart)).toBe(chart);
});

test.for([
	'<img src="x" onerror="alert(1)">',
	'<svg width="1"><script>alert(1)</script></svg>',
	'<svg onload="alert(1)"></svg>',
	'<svg width="1"><rect onclick="alert(1)"/></svg>',
	'<svg width="1"><rect style="x"/></svg>',
	'<svg width="1"><a href="javascript:alert(1)"><text x="1">a</text></a></svg>',
	'<svg width="1"><text x="1">a<b></text></svg>',
	'<svg width="1"></svg><script>alert(1)</script>',
	'<svg width="1"><foreignObject width="1"/></svg>'
])('more than a drawing is refused: %s', (markup) => {
	expect(() => drawn(markup)).toThrow('not a drawing');
});
