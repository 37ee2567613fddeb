/**
 * The day `count` working days after `day`, Saturdays and Sundays left out. Public holidays are not: a clock of the law is
 * then at most too short, never too long.
 */
export function workingDaysAfter(day: string, count: number): string {
	const instant = new Date(`${day}T00:00:00Z`);
	for (let left = count; left > 0;) {
		instant.setUTCDate(instant.getUTCDate() + 1);
		if (instant.getUTCDay() % 6 !== 0) left -= 1;
	}
	return instant.toISOString().slice(0, 10);
}

/** The day `count` calendar days after `day`. */
export function daysAfter(day: string, count: number): string {
	return new Date(Date.parse(`${day}T00:00:00Z`) + count * 86_400_000).toISOString().slice(0, 10);
}
