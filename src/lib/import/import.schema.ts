import { z } from 'zod';
import { LEVELS } from '#lib/models/model.ts';
import { MEANINGS, type Meaning } from './columns.ts';
import { LEFT_OUT } from './import.ts';

const Checked = z
	.literal('on')
	.optional()
	.transform((value) => value === 'on');

/** A dropped list as the form sends it. */
export const BeginForm = z.strictObject({
	unit: z.string().min(1, 'field_required').max(40),
	year: z.coerce.number('field_year_invalid').int().min(1990, 'field_year_invalid').max(2200, 'field_year_invalid'),
	level: z.enum(['', ...LEVELS], 'field_choose').transform((level) => level || null),
	createUnits: Checked,
	file: z
		.instanceof(File, { error: 'field_required' })
		.refine((file) => file.size > 0 || file.name !== '', 'field_required')
});

export const AcceptForm = z.strictObject({ acceptDoubtful: Checked, acceptTotal: Checked });

const Choice = z.object({
	sheet: z.coerce.number().int().min(0).max(500),
	column: z.coerce.number().int().min(0).max(16_384)
});

/** One corrected column: index of the sheet in the summary, index of the column, its meaning or null. */
export type ColumnChoice = { sheet: number; column: number; meaning: Meaning | null };

/** The selects named `column-<sheet>-<column>` of the form; null when one of them is none of ours. */
export function readColumnChoices(data: FormData): ColumnChoice[] | null {
	const choices: ColumnChoice[] = [];
	for (const [name, value] of data) {
		const [, sheet, column] = /^column-(\d{1,3})-(\d{1,5})$/.exec(name) ?? [];
		const place = Choice.safeParse({ sheet, column });
		const meaning = MEANINGS.find((known) => known === value) ?? null;
		if (!place.success || (meaning === null && value !== LEFT_OUT)) return null;
		choices.push({ ...place.data, meaning });
	}
	return choices;
}
