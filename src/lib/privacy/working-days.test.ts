import { expect, test } from 'vitest';
import { daysAfter, workingDaysAfter } from './working-days.ts';

test.for([
	['2026-11-16', 2, '2026-11-18'],
	['2026-11-19', 2, '2026-11-23'],
	['2026-11-20', 2, '2026-11-24'],
	['2026-11-21', 2, '2026-11-24'],
	['2026-12-31', 1, '2027-01-01']
] as const)('%s and %i working days: %s', ([day, count, due]) => expect(workingDaysAfter(day, count)).toBe(due));

test('calendar days go over the end of a month', () => expect(daysAfter('2026-02-20', 15)).toBe('2026-03-07'));
