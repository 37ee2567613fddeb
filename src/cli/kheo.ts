import { Command, CommanderError } from 'commander';
import { m } from '#lib/paraglide/messages.js';
import { overwriteGetLocale } from '#lib/paraglide/runtime.js';
import * as archive from './archive.ts';
import * as audit from './audit.ts';
import * as db from './db.ts';
import * as demo from './demo.ts';
import * as figure from './figure.ts';
import * as ledger from './ledger.ts';
import * as report from './report.ts';
import * as imports from './import.ts';
import { EXIT, terminalLocale, tolerateClosedPipe } from './run.ts';
import * as sealed from './sealed.ts';
import * as unit from './unit.ts';

overwriteGetLocale(terminalLocale);
tolerateClosedPipe();
const program = new Command('kheo').description(m.cli_kheo({}, { locale: terminalLocale() }));

for (const noun of [unit, imports, figure, ledger, report, archive, audit, sealed, demo, db]) noun.register(program);

try {
	overrideExit(program);
	await program.parseAsync();
} catch (error) {
	if (!(error instanceof CommanderError)) throw error;
	process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
}

/** Commander ends the process by itself, and with 1 for a wrong usage; here 1 says that a request was refused. */
function overrideExit(command: Command): void {
	command.exitOverride();
	for (const inner of command.commands) overrideExit(inner);
}
