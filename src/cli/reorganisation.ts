import { basename } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { operator } from '#lib/accounts/actor.ts';
import { FOLLOWERS } from '#lib/followers.server.ts';
import { look, SheetTerms, type SheetStep } from '#lib/import/reorganising.server.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Db } from '#lib/server/db.ts';
import { Problem, problem } from '#lib/server/problem.ts';
import { word } from '#lib/ui/word.ts';
import { preview, record } from '#lib/units/event.server.ts';
import { undo } from '#lib/units/undo.server.ts';
import { getByCode } from '#lib/units/unit.server.ts';
import { localeError, readEvents, tellIssues } from './event-file.ts';
import { bytesOf, EXIT, say, terminalLocale, withDatabase } from './run.ts';

const actor = operator('Dòng lệnh');
/** Options by the terms that they say. */
const OPTIONS: ReadonlyMap<PropertyKey | undefined, string> = new Map([
	['effectiveOn', '--effective'],
	['decisionNumber', '--decision'],
	['decidedOn', '--decided'],
	['reason', '--reason'],
	['tier', '--tier']
]);

type SheetOptions = {
	effective: string;
	decision?: string;
	decided?: string;
	reason: string;
	scope?: string;
	tier?: string;
	dryRun?: boolean;
};

/** `kheo unit event FILE`, `kheo unit undo ACTION`, `kheo unit reorganise FILE`: one event, its undoing, a whole sheet. */
export function registerReorganisation(unit: Command): void {
	const locale = terminalLocale();
	unit
		.command('event')
		.description(m.cli_unit_event({}, { locale }))
		.argument('<file>')
		.option('--dry-run')
		.action((file: string, options: { dryRun?: boolean }) => withDatabase(({ db }) => event(db, file, options)));
	unit
		.command('undo')
		.description(m.cli_unit_undo({}, { locale }))
		.argument('<action>')
		.requiredOption('--reason <text>')
		.action((action: string, { reason }: { reason: string }) =>
			withDatabase(async ({ db }) => {
				const actionId = z.uuid().safeParse(action);
				if (!actionId.success) throw problem('cli.option_invalid', { detail: action });
				const { events } = await undo(db, actor, { actionId: actionId.data, reason, followers: FOLLOWERS });
				say(m.cli_unit_undone({ count: events }, { locale }));
			})
		);
	unit
		.command('reorganise')
		.description(m.cli_unit_reorganise({}, { locale }))
		.argument('<file>')
		.requiredOption('--effective <day>')
		.requiredOption('--reason <text>')
		.option('--decision <number>')
		.option('--decided <day>')
		.option('--scope <code>')
		.option('--tier <kind>')
		.option('--dry-run')
		.action((file: string, options: SheetOptions) => withDatabase(({ db }) => reorganise(db, file, options)));
}

async function event(db: Db, path: string, { dryRun = false }: { dryRun?: boolean }): Promise<void> {
	const whole = { ...readEvents(new TextDecoder().decode(await bytesOf(path)), path), followers: FOLLOWERS };
	try {
		const told = dryRun ? await preview(db, actor, whole) : await record(db, actor, whole);
		say(JSON.stringify(told, null, '\t'));
	} catch (error) {
		const nth = error instanceof Problem ? error.params['nth'] : undefined;
		if (nth !== undefined) process.stderr.write(`${m.cli_unit_event_nth({ number: nth })}:\n`);
		throw error;
	}
}

async function reorganise(db: Db, path: string, options: SheetOptions): Promise<void> {
	const locale = terminalLocale();
	const typed = {
		effectiveOn: options.effective,
		decisionNumber: options.decision ?? null,
		decidedOn: options.decided ?? null,
		reason: options.reason,
		tier: options.tier ?? null
	};
	const terms = SheetTerms.safeParse(typed, { error: localeError() });
	if (!terms.success) {
		const lines = tellIssues(terms.error, ([name]) => OPTIONS.get(name) ?? '');
		throw problem('cli.option_invalid', { detail: lines.join('; ') });
	}
	if (options.tier && !options.scope) throw problem('cli.option_invalid', { detail: '--tier, --scope' });
	const unitId = options.scope ? (await getByCode(db, actor, options.scope)).id : null;
	const begun = async (step: SheetStep) => {
		process.stderr.write(`${word('cli_unit_step', step)}\n`);
	};
	const file = { name: basename(path), bytes: await bytesOf(path) };
	const plan = await look(db, actor, { file, unitId, terms: terms.data, begun });
	for (const { sheet, row, column, code, params, value } of plan.refused)
		process.stderr.write(`${sheet} ${column}${row} “${value}”: ${word('reorganise_refused', code, params)}\n`);
	say(m.reorganise_counts({ before: plan.counts.before, after: plan.counts.after }, { locale }));
	if (plan.refused.length > 0) {
		process.exitCode = EXIT.refused;
		process.stderr.write(`${m.reorganise_nothing_written({}, { locale })}\n`);
		return;
	}
	const whole = { events: plan.events, roles: plan.roles, followers: FOLLOWERS };
	await begun(options.dryRun ? 'rehearse' : 'record');
	if (options.dryRun) await preview(db, actor, whole);
	else say((await record(db, actor, whole)).actionId);
}
