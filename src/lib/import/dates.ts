import { normalise } from '#lib/vietnamese/text.ts';
import { cellText, dayOfSerial, type Cell } from './workbook.ts';

/** A day as an office writes it in a cell, or why it is none. */
export type DayReading =
	{ day: string } | { refused: 'date_missing' | 'date_unreadable' | 'date_impossible' | 'date_without_day' };

/**
 * Reads 15/6/2024, 15.06.2024, 15-6-2024, "ngày 16 tháng 5 năm 2016", 2024-06-15, a cell with a date format, and a
 * bare Excel day number. Day before month, always; two-digit years are not guessed.
 */
export function readDay(cell: Cell | undefined): DayReading {
	if (!cell || cellText(cell).trim() === '') return { refused: 'date_missing' };
	if (cell.isDate && typeof cell.value === 'string') return { day: cell.value };
	if (typeof cell.value === 'number') return readSerial(cell.value);
	const text = normalise(cellText(cell))
		.toLowerCase()
		.replace(/\s+\d{1,2}:\d{2}(?::\d{2})?$/, '');
	const long = /^(?:ngày\s*)?(\d{1,2})\s*tháng\s*(\d{1,2})\s*năm\s*(\d{4})$/.exec(text);
	const short = /^(?:ngày\s*)?(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})$/.exec(text);
	const match = long ?? short;
	if (match) return realDay(Number(match[3]), Number(match[2]), Number(match[1]));
	const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
	if (iso) return realDay(Number(iso[1]), Number(iso[2]), Number(iso[3]));
	if (/^(?:tháng\s*)?\d{1,2}\s*(?:[/.-]|năm)\s*\d{4}$/.test(text) || /^(?:năm\s*)?\d{4}$/.test(text)) {
		return { refused: 'date_without_day' };
	}
	return { refused: 'date_unreadable' };
}

function readSerial(value: number): DayReading {
	if (Number.isInteger(value) && value >= 1990 && value <= 2100) return { refused: 'date_without_day' };
	const day = dayOfSerial(value);
	return day ? { day } : { refused: 'date_unreadable' };
}

function realDay(year: number, month: number, date: number): DayReading {
	const day = new Date(Date.UTC(year, month - 1, date));
	const isReal = day.getUTCMonth() === month - 1 && day.getUTCDate() === date && year >= 1900;
	return isReal ? { day: day.toISOString().slice(0, 10) } : { refused: 'date_impossible' };
}
