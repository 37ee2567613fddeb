import type { Command } from 'commander';
import { seal, verify } from '#lib/actions/chain.server.ts';
import { m } from '#lib/paraglide/messages.js';
import { EXIT, say, terminalLocale, withDatabase } from './run.ts';

/** `kheo audit verify`: recomputes the hash chain over all actions; exit code 1 where it does not hold. */
export function register(program: Command): void {
	const locale = terminalLocale();
	const audit = program.command('audit').description(m.cli_audit({}, { locale }));
	audit
		.command('verify')
		.option('--json')
		.action((options: { json?: boolean }) =>
			withDatabase(async ({ db }) => {
				await seal(db);
				const found = await verify(db);
				if (found.broken.length > 0) process.exitCode = EXIT.refused;
				if (options.json) return say(JSON.stringify(found));
				const { blocks, actions, broken } = found;
				if (broken.length === 0) return say(m.cli_audit_holds({ blocks, actions }, { locale }));
				for (const { number, why } of broken) say(m.cli_audit_broken({ number, why }, { locale }));
			})
		);
}
