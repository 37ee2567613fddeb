import type { Command } from 'commander';
import { loadDemonstration } from '#lib/demo/load.ts';
import { m } from '#lib/paraglide/messages.js';
import { readSettings } from '#lib/server/settings.ts';
import { say, terminalLocale, withDatabase } from './run.ts';

/** `kheo demo`: loads the demonstration world and prints its accounts. */
export function register(program: Command): void {
	program
		.command('demo')
		.description(m.cli_demo({}, { locale: terminalLocale() }))
		.action(() =>
			withDatabase(async ({ db }) => {
				for (const { who, email, password } of await loadDemonstration(db, readSettings().data))
					say(`${email}  ${password}  ${who}`);
			})
		);
}
