import type { ReportState } from './report.ts';

/** How a period's report stands against the calendar. */
export type Standing = 'not_yet' | 'open' | 'due_soon' | 'late' | 'signed';

const SOON_DAYS = 7;

/** `day` is the legal day of today; a report is late from the day after it was due until it is signed. */
export function standingOf(
	period: { cutOffOn: string; dueOn: string },
	state: ReportState | null,
	day: string
): Standing {
	if (state === 'signed') return 'signed';
	if (day > period.dueOn) return 'late';
	if (day < period.cutOffOn) return 'not_yet';
	return daysBetween(day, period.dueOn) <= SOON_DAYS ? 'due_soon' : 'open';
}

/** Whole days from one legal day to another. */
export function daysBetween(from: string, to: string): number {
	return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}
