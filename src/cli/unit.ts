import type { Command } from 'commander';
import { UnitCode } from '#lib/accounts/account.schema.ts';
import { operator } from '#lib/accounts/actor.ts';
import { m } from '#lib/paraglide/messages.js';
import { problem } from '#lib/server/problem.ts';
import { establish, getByCode } from '#lib/units/unit.server.ts';
import { UNIT_KINDS } from '#lib/units/unit.ts';
import { registerReorganisation } from './reorganisation.ts';
import { say, terminalLocale, withDatabase } from './run.ts';

type Options = { kind: string; parent?: string; from?: string; json?: boolean };

const actor = operator('Dòng lệnh');

/** `kheo unit establish CODE NAME --kind KIND [--parent CODE] [--from DAY]`: the first unit of an installation, or one more. */
export function register(program: Command): void {
	const unit = program.command('unit').description(m.cli_unit({}, { locale: terminalLocale() }));
	unit
		.command('establish')
		.argument('<code>')
		.argument('<name>')
		.requiredOption('--kind <kind>', UNIT_KINDS.join(' | '))
		.option('--parent <code>')
		.option('--from <day>')
		.option('--json')
		.action((code: string, name: string, options: Options) =>
			withDatabase(async ({ db }) => {
				const kind = UNIT_KINDS.find((known) => known === options.kind);
				if (!kind) throw problem('cli.option_invalid', { detail: `--kind ${options.kind}: ${UNIT_KINDS.join(', ')}` });
				if (!UnitCode.safeParse(code).success) throw problem('cli.option_invalid', { detail: code });
				const parentId = options.parent ? (await getByCode(db, actor, options.parent)).id : null;
				const [made] = await establish(db, actor, {
					units: [{ code, name, kind, parentId }],
					effectiveOn: options.from
				});
				say(options.json ? JSON.stringify(made) : `${made?.code} ${made?.name}`);
			})
		);
	registerReorganisation(unit);
}
