/** Numbers and days as officials write them. Intl's short Vietnamese dates have two-digit years, so days are written out here. */

const whole = new Intl.NumberFormat('vi-VN', { maximumFractionDigits: 0 });

/** 7736 → "7.736". */
export function formatNumber(value: number): string {
	return whole.format(value);
}

const decimal = new Intl.NumberFormat('vi-VN', { maximumFractionDigits: 2 });

/** Points on a score sheet: 87.5 → "87,5". */
export function formatScore(points: number): string {
	return decimal.format(points);
}

/** Administrative text writes whole numbers below ten with two digits: 2 → "02". */
export function twoDigits(value: number): string {
	return Number.isInteger(value) && value >= 0 && value < 10 ? `0${value}` : formatNumber(value);
}

/** A share 0…1 → "84,9%"; rounded once, here. */
export function formatPercent(share: number, digits = 1): string {
	const format = new Intl.NumberFormat('vi-VN', { minimumFractionDigits: digits, maximumFractionDigits: digits });
	return `${format.format(share * 100)}%`;
}

/** '2024-06-15' → "15/6/2024"; days below ten are padded, months are not: "03/6/2013". */
export function formatDay(day: string): string {
	const [year, month, date] = parts(day);
	return `${date}/${Number(month)}/${year}`;
}

/** '2017-02-06' → "ngày 06 tháng 02 năm 2017": days below ten and the months 1 and 2 are padded. */
export function formatDayLong(day: string): string {
	const [year, month, date] = parts(day);
	return `ngày ${date} tháng ${Number(month) <= 2 ? month : Number(month)} năm ${year}`;
}

/** An instant → "17:02 ngày 18/6/2024" in Asia/Ho_Chi_Minh. */
export function formatInstant(instant: Date): string {
	const local = new Date(instant.getTime() + 7 * 3600_000).toISOString();
	return `${local.slice(11, 16)} ngày ${formatDay(local.slice(0, 10))}`;
}

function parts(day: string): [string, string, string] {
	const [year = '', month = '', date = ''] = day.split('-');
	return [year, month, date];
}
