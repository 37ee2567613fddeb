import { BarChart } from 'echarts/charts';
import { GridComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { formatNumber } from '#lib/vietnamese/format.ts';
import type { Period } from './period.ts';

use([BarChart, GridComponent, SVGRenderer]);

const LACQUER = '#9d1b1f';
const GOLD = '#d9b36a';
const INK = '#4d5560';
const MONTHS_AT_MOST = 36;

/** `month` is 'YYYY-MM'. */
export type MonthValue = { month: string; value: number };

/** Every month of the period with its value, 0 where nothing was counted; empty when the period is too long to be read as bars. */
export function fillMonths(period: Period, values: ReadonlyMap<string, number>): MonthValue[] {
	const first = Number(period.from.slice(0, 4)) * 12 + Number(period.from.slice(5, 7)) - 1;
	const last = Number(period.asOf.slice(0, 4)) * 12 + Number(period.asOf.slice(5, 7)) - 1;
	if (last - first >= MONTHS_AT_MOST) return [];
	return Array.from({ length: last - first + 1 }, (_, index) => {
		const month = `${Math.floor((first + index) / 12)}-${String(((first + index) % 12) + 1).padStart(2, '0')}`;
		return { month, value: values.get(month) ?? 0 };
	});
}

/** Bars by month as SVG markup; a month that is not over by the cut-off day is gold. Text is only numbers of our own. */
export function monthChart(period: Period, months: readonly MonthValue[]): string {
	const many = months.length > 12;
	const chart = init(null, null, { renderer: 'svg', ssr: true, width: many ? 720 : 420, height: 170 });
	try {
		chart.setOption({
			animation: false,
			textStyle: { fontFamily: 'Be Vietnam Pro, Arial, sans-serif', color: INK },
			grid: { left: 4, right: 4, top: 22, bottom: 22 },
			xAxis: {
				type: 'category',
				data: months.map(({ month }) => monthLabel(month, many)),
				axisTick: { show: false },
				axisLine: { lineStyle: { color: '#c9bfad' } },
				axisLabel: { fontSize: 12, color: INK }
			},
			yAxis: { type: 'value', show: false, minInterval: 1 },
			series: [
				{
					type: 'bar',
					silent: true,
					barMaxWidth: 44,
					data: months.map(({ month, value }) => ({
						value,
						itemStyle: { color: isOpen(month, period) ? GOLD : LACQUER }
					})),
					label: {
						show: true,
						position: 'top',
						fontSize: 12,
						color: '#1d2126',
						formatter: ({ dataIndex }: { dataIndex: number }) => formatNumber(months[dataIndex]?.value ?? 0)
					}
				}
			]
		});
		return chart.renderToSVGString();
	} finally {
		chart.dispose();
	}
}

function monthLabel(month: string, withYear: boolean): string {
	const number = Number(month.slice(5));
	return withYear ? `${number}/${month.slice(2, 4)}` : `T${number}`;
}

function isOpen(month: string, period: Period): boolean {
	const [year = 0, number = 0] = month.split('-').map(Number);
	const lastDay = new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10);
	return period.asOf.startsWith(month) && period.asOf < lastDay;
}
