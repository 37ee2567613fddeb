import { m } from '#lib/paraglide/messages.js';
import { formatNumber, formatPercent, twoDigits } from '#lib/vietnamese/format.ts';
import type { Answer, Figure } from './figure.ts';

/** `two_digits`: whole numbers below ten as administrative text writes them (02). */
export type FigureStyle = 'plain' | 'two_digits';

/** A figure's value as the reader sees it: 7.736 · 84,9% · +49 · khoảng 840 · không áp dụng (which is never 0). */
export function figureText(
	figure: Pick<Figure, 'unitOfMeasure'>,
	answer: Pick<Answer, 'value' | 'about' | 'closed'>,
	style: FigureStyle = 'plain'
): string {
	if (answer.closed === 'value') return m.figure_closed_value();
	if (answer.value === null) return m.figure_not_applicable();
	const value = valueText(figure.unitOfMeasure, answer.value, style);
	return answer.about ? m.figure_about({ value }) : value;
}

function valueText(unitOfMeasure: Figure['unitOfMeasure'], value: number, style: FigureStyle): string {
	switch (unitOfMeasure) {
		case 'percent':
			return formatPercent(value);
		case 'percent_change':
			return signed(value, formatPercent(Math.abs(value)));
		case 'difference':
			return signed(value, whole(Math.abs(value), style));
		case 'registration':
		case 'unit':
			return whole(value, style);
	}
}

function whole(value: number, style: FigureStyle): string {
	return style === 'two_digits' ? twoDigits(value) : formatNumber(value);
}

function signed(value: number, text: string): string {
	if (value === 0) return text;
	return value > 0 ? `+${text}` : `−${text}`;
}
