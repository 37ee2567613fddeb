import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { operator } from '#lib/accounts/actor.ts';
import { accept } from '#lib/import/acceptance.server.ts';
import type { Preview } from '#lib/import/appraise.ts';
import { begin, refuseSentBefore } from '#lib/import/import.server.ts';
import { hindrances, refusedRows, totalDiffers, type RefusedRow } from '#lib/import/import.ts';
import { keep, look, type ListFile } from '#lib/import/reading.server.ts';
import { readUnits } from '#lib/import/unit-list.ts';
import { Unreadable } from '#lib/import/unreadable.ts';
import { readWorkbook } from '#lib/import/workbook.server.ts';
import { refuseUnlessInForce } from '#lib/models/choice.server.ts';
import { LEVELS } from '#lib/models/model.ts';
import { m } from '#lib/paraglide/messages.js';
import { inTransaction, type Db } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { readSettings } from '#lib/server/settings.ts';
import { word } from '#lib/ui/word.ts';
import { importUnits } from '#lib/units/import.server.ts';
import { getByCode } from '#lib/units/unit.server.ts';
import { registerImport as registerArchive } from './archive.ts';
import { registerArticles } from './import-articles.ts';
import { importGeometry, importPlaces } from './import-places.ts';
import { bytesOf, EXIT, say, terminalLocale, withDatabase } from './run.ts';

type UnitOptions = { parent?: string; dryRun?: boolean; json?: boolean };
type ModelOptions = {
	unit: string;
	year: string;
	level?: string;
	createUnits?: boolean;
	dryRun?: boolean;
	acceptDoubtful?: boolean;
	json?: boolean;
};

const actor = operator('Dòng lệnh');

/** `kheo import units FILE …` and `kheo import models FILE …`: a list, whole or not at all. */
export function register(program: Command): void {
	const locale = terminalLocale();
	const imports = program.command('import').description(m.cli_import({}, { locale }));
	imports
		.command('units')
		.description(m.cli_import_units({}, { locale }))
		.argument('<file>')
		.option('--parent <code>')
		.option('--dry-run')
		.option('--json')
		.action((file: string, options: UnitOptions) => withDatabase(({ db }) => units(db, file, options)));
	imports
		.command('places')
		.description(m.cli_import_places({}, { locale }))
		.argument('<folder>')
		.option('--json')
		.action((folder: string, options: { json?: boolean }) =>
			withDatabase(({ db }) => importPlaces(db, folder, options))
		);
	imports
		.command('geometry')
		.description(m.cli_import_geometry({}, { locale }))
		.argument('<file>')
		.option('--json')
		.action((file: string, options: { json?: boolean }) => withDatabase(({ db }) => importGeometry(db, file, options)));
	registerArchive(imports);
	registerArticles(imports);
	imports
		.command('models')
		.description(m.cli_import_models({}, { locale }))
		.argument('<file>')
		.requiredOption('--unit <code>')
		.requiredOption('--year <year>')
		.option('--level <level>', LEVELS.join(' | '))
		.option('--create-units')
		.option('--dry-run')
		.option('--accept-doubtful')
		.option('--json')
		.action((file: string, options: ModelOptions, command: Command) => {
			const year = Number(options.year);
			const level = LEVELS.find((known) => known === options.level) ?? null;
			if (!/^\d{4}$/.test(options.year) || year < 1990 || year > 2200) return command.error(`--year ${options.year}`);
			if (options.level && !level) return command.error(`--level ${options.level}: ${LEVELS.join(', ')}`);
			return withDatabase(({ db }) => models(db, file, { ...options, year, level }));
		});
}

async function open(path: string): Promise<ListFile> {
	return { name: basename(path), bytes: await bytesOf(path) };
}

async function units(db: Db, path: string, options: UnitOptions): Promise<void> {
	const file = await open(path);
	const parentId = options.parent ? (await getByCode(db, actor, options.parent)).id : null;
	const workbook = await readWorkbook(file.bytes, file.name).catch((error: unknown) => {
		throw error instanceof Unreadable ? problem(error.code, error.params, error) : error;
	});
	const list = readUnits(workbook);
	const dryRun = (options.dryRun ?? false) || list.refused.length > 0;
	const answer = await importUnits(db, actor, { rows: list.rows, parentId, dryRun });
	const unfit = answer.refused.map(({ meaning, ...one }) => ({ ...one, column: list.columnOf(one.sheet, meaning) }));
	const refused = refusedRows({ refused: [...list.refused, ...unfit], sheets: [] });
	const { skipped, committed } = answer;
	const accepted = answer.accepted.length;
	const rows = answer.rows + refusedRows({ refused: list.refused, sheets: [] }).length;
	if (options.json) {
		const told = {
			sheets: workbook.sheets.length,
			rows,
			accepted,
			skipped,
			refused: refused.map(refusalOf),
			committed
		};
		say(JSON.stringify(told, null, 2));
	} else {
		say(m.cli_import_units_counts({ rows, accepted, skipped, refused: refused.length }));
		for (const one of refused) for (const line of linesOf(one)) say(line);
	}
	if (refused.length > 0 || rows === 0) complain(m.problem_import_units_refused({ refused: refused.length }));
	else if (!options.json) say(committed ? m.cli_import_committed({ count: accepted }) : m.cli_import_dry_run());
}

async function models(
	db: Db,
	path: string,
	options: Omit<ModelOptions, 'year' | 'level'> & { year: number; level: (typeof LEVELS)[number] | null }
): Promise<void> {
	const unit = await getByCode(db, actor, options.unit);
	const { year, level } = options;
	if (level) await refuseUnlessInForce(db, level, year);
	const listed = { unitId: unit.id, year, level, createUnits: options.createUnits ?? false };
	const file = await open(path);
	await refuseSentBefore(db, { unitId: unit.id, year, sha256: createHash('sha256').update(file.bytes).digest('hex') });
	const preview = await look(db, listed, { file });
	const refused = refusedRows(preview);
	const consent = { acceptDoubtful: options.acceptDoubtful ?? false, acceptTotal: true };
	const [hindrance] = hindrances({ ...preview, refusals: refused.length }, consent);
	const isWritable = hindrance === undefined;
	if (isWritable && !options.dryRun) {
		const { data } = readSettings();
		await inTransaction(db, async (tx) => {
			const { id } = await begin(tx, actor, { ...listed, file, data });
			await keep(tx, id, preview);
			await accept(tx, actor, { id, ...consent });
		});
	}
	const committed = isWritable && !options.dryRun;
	tell(preview, { refused, committed, json: options.json ?? false });
	if (hindrance)
		complain(word('problem', HINDERED[hindrance], { refused: refused.length, doubtful: preview.counts.doubtful }));
	else if (!options.json)
		say(committed ? m.cli_import_committed({ count: preview.rows.length }) : m.cli_import_dry_run());
}

const HINDERED = {
	refused_rows: 'import_rows_refused',
	nothing_read: 'import_nothing_read',
	doubtful_rows: 'import_doubtful_not_accepted',
	total_differs: 'import_total_not_accepted'
} as const;

function complain(text: string): void {
	process.stderr.write(`${text}\n`);
	process.exitCode = EXIT.refused;
}

type Told = { refused: readonly RefusedRow[]; committed: boolean; json: boolean };

function tell(preview: Preview, { refused, committed, json }: Told): void {
	const { counts, declaredTotal, sheets, rows } = preview;
	const doubtful = rows.filter((row) => row.verdict === 'doubtful');
	if (json) {
		const told = {
			sheets: sheets.filter((sheet) => sheet.state === 'read').length,
			rows: counts.read,
			accepted: counts.accepted,
			doubtful: doubtful.map(({ sheet, row, name, candidates }) => ({
				sheet,
				row,
				name,
				candidates: candidates.map((one) => ({ ...one, message: candidateText(one) }))
			})),
			refused: refused.map(refusalOf),
			declaredTotal,
			newUnits: preview.newUnits.length,
			committed
		};
		return say(JSON.stringify(told, null, 2));
	}
	say(
		m.cli_import_counts({
			rows: counts.read,
			accepted: counts.accepted,
			doubtful: counts.doubtful,
			refused: counts.refused
		})
	);
	if (totalDiffers(preview)) say(m.cli_import_total_differs({ declared: declaredTotal ?? 0, read: counts.read }));
	for (const one of refused) for (const line of linesOf(one)) say(line);
	for (const { sheet, row, name, candidates } of doubtful) {
		say(`  ${sheet} ${row}: ${name}`);
		for (const one of candidates) say(`    ? ${candidateText(one)}`);
	}
}

function candidateText({
	code,
	name,
	year,
	row = 0,
	sheet = ''
}: Preview['rows'][number]['candidates'][number]): string {
	return word('import_doubt', code, { name, year, row, sheet });
}

/** One entry a row: the first reason, the others under `more`. */
function refusalOf({ sheet, row, reasons }: RefusedRow) {
	const [first, ...others] = reasons.map(({ column, code, params, value }) => ({
		column,
		code,
		message: word('import_refused', code, params),
		value
	}));
	return { sheet, row, ...first, ...(others.length > 0 && { more: others }) };
}

function linesOf({ sheet, row, reasons }: RefusedRow): string[] {
	return reasons.map(({ column, code, params, value }) => {
		const shown = value === '' ? '' : ` “${value}”`;
		return `  ${sheet} ${column}${row}${shown}: ${word('import_refused', code, params)}`;
	});
}
