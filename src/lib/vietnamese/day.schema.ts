import { z } from 'zod';
import { typedDay } from './day.ts';

/** A day as people type it (15/6/2024) or as machines do (2024-06-15); out comes the latter. */
export const Day = z
	.string()
	.max(20, 'field_day_invalid')
	.transform((typed) => typedDay(typed) ?? '')
	.pipe(z.iso.date('field_day_invalid'));

/** The same, where the field may stay empty. */
export const DayOrNone = z.union([z.literal('').transform(() => null), Day]);
