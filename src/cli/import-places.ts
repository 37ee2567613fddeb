import { operator } from '#lib/accounts/actor.ts';
import { importShapes } from '#lib/maps/shape.server.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Counts } from '#lib/places/derive.ts';
import type { Fault } from '#lib/places/gazetteer.ts';
import { importFolder } from '#lib/places/import.server.ts';
import type { Db } from '#lib/server/db.ts';
import { word } from '#lib/ui/word.ts';
import { formatDay, formatNumber } from '#lib/vietnamese/format.ts';
import { EXIT, say } from './run.ts';

const actor = operator('Dòng lệnh');
/** Faults told in words; a file of another form has as many as it has lines. */
const TOLD = 20;

/** `kheo import places DIR`: the lists of a folder, whole or not at all. */
export async function importPlaces(db: Db, folder: string, options: { json?: boolean }): Promise<void> {
	const { refused, changed, counts } = await importFolder(db, actor, folder);
	if (options.json) {
		const told = refused.map((one) => ({ file: one.file, line: one.line, code: one.code, message: messageOf(one) }));
		say(JSON.stringify({ refused: told, changed, counts }, null, 2));
	} else if (counts) {
		for (const line of countLines(counts)) say(line);
		say(changed ? m.cli_import_places_written() : m.cli_import_places_unchanged());
	}
	if (refused.length === 0) return;
	const lines = refused
		.slice(0, TOLD)
		.map((one) => `  ${one.file}${one.line ? ` ${one.line}` : ''}: ${messageOf(one)}`);
	const text = m.problem_import_places_refused({ refused: refused.length });
	process.stderr.write(`${[...(options.json ? [] : lines), text].join('\n')}\n`);
	process.exitCode = EXIT.refused;
}

/** `kheo import geometry FILE`: the outlines of all provinces or communes of a day. */
export async function importGeometry(db: Db, file: string, options: { json?: boolean }): Promise<void> {
	const answer = await importShapes(db, actor, file);
	if (options.json) return say(JSON.stringify(answer, null, 2));
	const { tier, count, day, changed } = answer;
	say(m.cli_import_geometry_read({ count: formatNumber(count), tier: word('place_tier', tier), day: formatDay(day) }));
	say(changed ? m.cli_import_places_written() : m.cli_import_places_unchanged());
}

function messageOf({ code, params }: Fault): string {
	return word('place_fault', code, params);
}

function countLines({ before, since, present, split }: Counts): string[] {
	const of = (kind: string) => formatNumber(present[kind] ?? 0);
	return [
		m.cli_import_places_before({
			provinces: before.province,
			districts: before.district,
			communes: formatNumber(before.commune),
			split: formatNumber(split)
		}),
		m.cli_import_places_since({ provinces: since.province, communes: formatNumber(since.commune) }),
		m.cli_import_places_present({ communes: of('commune'), wards: of('ward'), zones: of('special_zone') })
	];
}
