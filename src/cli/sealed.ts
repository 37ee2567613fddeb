import type { Command } from 'commander';
import { m } from '#lib/paraglide/messages.js';
import { newKey } from '#lib/sealed/envelope.server.ts';
import { keyLine, listKnown } from '#lib/sealed/master-key.server.ts';
import { rotate } from '#lib/sealed/rotation.server.ts';
import { problem } from '#lib/server/problem.ts';
import { readSettings } from '#lib/server/settings.ts';
import { refusing, say, terminalLocale, withDatabase } from './run.ts';

/** `kheo sealed status | rotate | key`: the keys of the sealed lane. No verb prints what is sealed. */
export function register(program: Command): void {
	const locale = terminalLocale();
	const sealed = program.command('sealed').description(m.cli_sealed({}, { locale }));
	sealed
		.command('status')
		.description(m.cli_sealed_status({}, { locale }))
		.option('--json')
		.action(({ json }: { json?: boolean }) => withDatabase(({ db }) => status(db, json ?? false)));
	sealed
		.command('rotate')
		.description(m.cli_sealed_rotate({}, { locale }))
		.option('--batch <count>')
		.action(({ batch = '500' }: { batch?: string }) =>
			withDatabase(async ({ db }) => {
				const count = Number(batch);
				if (!Number.isInteger(count) || count < 1) throw problem('cli.option_invalid', { detail: `--batch ${batch}` });
				const settings = readSettings();
				const { version, rewrapped, retired } = await rotate(db, settings, count);
				say(m.cli_sealed_rotated({ version, rewrapped, retired: retired.length }, { locale }));
				if (settings.masterKey) say(m.cli_sealed_forget({ version }, { locale }));
			})
		);
	sealed
		.command('key')
		.description(m.cli_sealed_key({}, { locale }))
		.argument('<version>')
		.action((version: string) =>
			refusing(async () => {
				if (!/^[1-9]\d{0,5}$/.test(version)) throw problem('cli.option_invalid', { detail: version });
				say(keyLine(Number(version), newKey()));
			})
		);
}

async function status(db: Parameters<typeof listKnown>[0], json: boolean): Promise<void> {
	const locale = terminalLocale();
	const known = await listKnown(db);
	if (json) return say(JSON.stringify(known));
	if (known.length === 0) return say(m.cli_sealed_none({}, { locale }));
	for (const { version, cases, retired } of known) {
		const state = retired ? m.cli_sealed_retired({}, { locale }) : m.cli_sealed_active({}, { locale });
		say(m.cli_sealed_line({ version, cases, state }, { locale }));
	}
}
