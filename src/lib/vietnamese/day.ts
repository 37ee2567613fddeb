const TYPED = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/;
const DAY_MS = 86_400_000;
const ISO = /^\d{4}-\d{2}-\d{2}$/;

/** A day as people type it (15/6/2024, 15.6.2024) or as addresses carry it (2024-06-15) → '2024-06-15'; null if there is no such day. */
export function typedDay(text: string): string | null {
	const trimmed = text.trim();
	const [, date = '', month = '', year = ''] = TYPED.exec(trimmed) ?? [];
	const day = year ? `${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}` : trimmed;
	return ISO.test(day) && isReal(day) ? day : null;
}

function isReal(day: string): boolean {
	const instant = new Date(`${day}T00:00:00Z`);
	return !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(day);
}

/** A legal day some days later (or earlier: negative). */
export function dayPlus(day: string, count: number): string {
	return new Date(Date.parse(day) + count * DAY_MS).toISOString().slice(0, 10);
}

/** Whole days from one legal day to another. */
export function daysBetween(from: string, to: string): number {
	return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
}
