import type { Level } from '#lib/models/model.ts';
import { fold, normalise } from '#lib/vietnamese/text.ts';

/** What the lines above a table say. */
export type Title = { year: number | null; asOf: string | null; unitName: string | null; level: Level | null };

const LEVELS: readonly (readonly [RegExp, Level])[] = [
	[/\bcap (?:dang (?:ui|uy) )?khoi\b|\bcap d[ub]k\b|\bdang (?:ui|uy) khoi cap\b/, 'bloc'],
	[/\bcap tinh\b|\bcap thanh pho truc thuoc trung uong\b/, 'province'],
	[/\bcap (?:huien|huyen|quan|thi xa|thanh pho)\b/, 'district'],
	[/\bcap (?:co so|xa|phuong|thi tran|chi bo|dang bo)\b/, 'base']
];

/** The level that a title, a group row or a cell names; null when none. */
export function levelOf(text: string): Level | null {
	const folded = fold(text);
	return LEVELS.find(([pattern]) => pattern.test(folded))?.[1] ?? null;
}

/** Reads year, cut-off day, unit and level out of the title lines. */
export function readTitle(lines: readonly string[]): Title {
	const title: Title = { year: null, asOf: null, unitName: null, level: null };
	for (const line of lines) {
		const folded = fold(line);
		const year = /(?<!thang \d{1,2} )\bnam (\d{4})\b/.exec(folded)?.[1];
		if (year && title.year === null) title.year = Number(year);
		const day = /tinh den (?:het )?(?:nga[iy] )?(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})/.exec(folded);
		if (day) title.asOf = `${day[3]}-${day[2]?.padStart(2, '0')}-${day[1]?.padStart(2, '0')}`;
		const unit = /^\s*(?:tên\s+)?đơn\s+vị\s*:\s*(.+)$/iu.exec(normalise(line))?.[1];
		if (unit) title.unitName = normalise(unit.replace(/[.…]+$/, ''));
		title.level ??= levelOf(line);
	}
	return title;
}
