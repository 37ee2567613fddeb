import type { Command } from 'commander';
import { anchorText, parseAnchor, sealAndAnchor, verifyAnchored } from '#lib/actions/anchor.server.ts';
import { recordVerification } from '#lib/actions/audit.server.ts';
import { anchor } from '#lib/actions/chain.server.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Db } from '#lib/server/db.ts';
import { readSettings } from '#lib/server/settings.ts';
import { EXIT, say, terminalLocale, withDatabase } from './run.ts';

type Options = { json?: boolean; anchor?: string[] };

/**
 * `kheo audit verify`: recomputes the hash chain over all actions; exit code 1 where it does not hold.
 * `kheo audit anchor`: prints the last block's number and hash, to be kept elsewhere.
 */
export function register(program: Command): void {
	const locale = terminalLocale();
	const audit = program.command('audit').description(m.cli_audit({}, { locale }));
	audit
		.command('verify')
		.description(m.cli_audit_verify({}, { locale }))
		.option('--anchor <number:hash...>')
		.option('--json')
		.action((options: Options) => withDatabase(({ db }) => check(db, options)));
	audit
		.command('anchor')
		.description(m.cli_audit_anchor({}, { locale }))
		.action(() =>
			withDatabase(async ({ db }) => {
				await sealAndAnchor(db, readSettings().data);
				const last = await anchor(db);
				say(last ? anchorText(last) : m.cli_audit_empty({}, { locale }));
			})
		);
}

async function check(db: Db, options: Options): Promise<void> {
	const locale = terminalLocale();
	const found = await verifyAnchored(db, readSettings().data, (options.anchor ?? []).map(parseAnchor));
	await recordVerification(db, 'Dòng lệnh', found);
	if (found.broken.length > 0) process.exitCode = EXIT.refused;
	if (options.json) return say(JSON.stringify(found));
	const { blocks, actions, broken } = found;
	if (broken.length === 0) return say(m.cli_audit_holds({ blocks, actions }, { locale }));
	for (const { number, why } of broken) {
		if (why === 'anchor') say(m.cli_audit_unanchored({ number }, { locale }));
		else say(m.cli_audit_broken({ number, why }, { locale }));
	}
}
