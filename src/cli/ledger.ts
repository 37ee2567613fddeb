import type { Command } from 'commander';
import { COUNTED_BY_UNIT } from '#lib/catalogue.ts';
import { checkCells, repair, type Difference } from '#lib/ledger/check.server.ts';
import { fold } from '#lib/ledger/fold.server.ts';
import { m } from '#lib/paraglide/messages.js';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { names } from '#lib/units/unit.server.ts';
import { formatNumber } from '#lib/vietnamese/format.ts';
import { EXIT, say, terminalLocale, withDatabase } from './run.ts';

type Options = { repair?: boolean; json?: boolean };

/**
 * `kheo ledger check`: counts every folded cell anew from the postings; exit code 1 where one differs and was not mended.
 * `kheo ledger fold`: folds now what the server would in the background.
 */
export function register(program: Command): void {
	const locale = terminalLocale();
	const ledger = program.command('ledger').description(m.cli_ledger({}, { locale }));
	ledger
		.command('check')
		.description(m.cli_ledger_check({}, { locale }))
		.option('--repair')
		.option('--json')
		.action((options: Options) => withDatabase(({ db }) => check(db, options)));
	ledger
		.command('fold')
		.description(m.cli_ledger_fold({}, { locale }))
		.action(() =>
			withDatabase(async ({ db }) => {
				const { folded, built } = await fold(db, COUNTED_BY_UNIT);
				say(m.cli_ledger_folded({ folded: formatNumber(folded), built: formatNumber(built) }, { locale }));
			})
		);
}

async function check(db: Db, options: Options): Promise<void> {
	const locale = terminalLocale();
	const checked = await checkCells(db);
	const { differences, bits } = checked;
	const wrong = differences.length + bits.length;
	const left = options.repair ? await repair(db, checked) : wrong;
	if (left > 0) process.exitCode = EXIT.refused;
	if (options.json) return say(JSON.stringify({ ...checked, left }));
	const counts = { units: formatNumber(checked.units), cells: formatNumber(checked.cells) };
	if (wrong === 0) return say(m.cli_ledger_holds({ ...counts, waiting: formatNumber(checked.waiting) }, { locale }));
	for (const line of await linesOf(db, differences)) say(line);
	for (const { what, rows } of bits) say(m.cli_ledger_bits_differ({ what, rows: formatNumber(rows) }, { locale }));
	if (left === 0) return say(m.cli_ledger_repaired({ count: wrong }, { locale }));
	say(options.repair ? m.cli_ledger_busy({}, { locale }) : m.cli_ledger_repairable({}, { locale }));
}

async function linesOf(db: Db, differences: readonly Difference[]): Promise<string[]> {
	const called = await names(
		db,
		differences.map(({ unitId }) => unitId),
		today()
	);
	return differences.map(({ unitId, folding, cells }) =>
		m.cli_ledger_differs(
			{ unit: called.get(unitId)?.name ?? unitId, folding, cells: formatNumber(cells) },
			{ locale: terminalLocale() }
		)
	);
}
