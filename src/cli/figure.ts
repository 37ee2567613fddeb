import type { Command } from 'commander';
import { operator } from '#lib/accounts/actor.ts';
import { FIGURES, figureNamed } from '#lib/catalogue.ts';
import { ask } from '#lib/figures/ask.server.ts';
import { coded } from '#lib/figures/coded.server.ts';
import type { Figure, Where } from '#lib/figures/figure.ts';
import { figureText } from '#lib/figures/format-figure.ts';
import { records } from '#lib/figures/records.server.ts';
import { recordLines, type RecordLine } from '#lib/models/record-line.server.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Db } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { word } from '#lib/ui/word.ts';
import { getByCode } from '#lib/units/unit.server.ts';
import { refusing, say, terminalLocale, withDatabase } from './run.ts';

type Options = {
	unit?: string;
	from?: string;
	asOf?: string;
	knownAt?: string;
	structure?: string;
	by?: string;
	where?: string[];
	records?: boolean;
	list?: boolean;
	json?: boolean;
};

const actor = operator('Dòng lệnh');
const PAGE = 500;

/** `kheo figure NAME --unit CODE …`: a figure, its parts and its records. */
export function register(program: Command): void {
	program
		.command('figure')
		.description(m.cli_figure({}, { locale: terminalLocale() }))
		.argument('[name]')
		.option('--unit <code>')
		.option('--from <day>')
		.option('--as-of <day>')
		.option('--known-at <time>')
		.option('--structure <structure>')
		.option('--by <facets>')
		.option('--where <facet=value,…>', '', (value: string, all: string[]) => [...all, value], [])
		.option('--records')
		.option('--list')
		.option('--json')
		.action(async (name: string | undefined, options: Options, command: Command) => {
			if (options.list) return refusing(async () => list(options.json ?? false));
			if (!name || !options.unit) return command.error('kheo figure NAME --unit CODE');
			await withDatabase(({ db }) => show(db, name, { ...options, unit: options.unit ?? '' }));
		});
}

function list(json: boolean): void {
	const described = FIGURES.map(({ name, kind, unitOfMeasure, facets, law, from }) => {
		const label = word('figure', name);
		return { name, label, kind, unitOfMeasure, definition: word('figure', `${name}_definition`), facets, law, from };
	});
	if (json) return say(JSON.stringify(described, null, 2));
	for (const figure of described)
		say(
			`${figure.name}\n  ${figure.label}. ${figure.definition}\n  ${[...figure.facets, 'unit', 'month'].join(', ')}\n`
		);
}

async function show(db: Db, name: string, options: Options & { unit: string }): Promise<void> {
	const figure = figureNamed(name);
	const unit = await getByCode(db, actor, options.unit);
	const question = {
		unitId: unit.id,
		from: day('from', options.from),
		asOf: day('as-of', options.asOf),
		knownAt: options.knownAt ? instant(options.knownAt) : undefined,
		structure: options.structure,
		by: options.by ? options.by.split(',') : [],
		where: whereOf(options.where ?? [])
	};
	const answer = await ask(db, actor, figure, question);
	const behind = options.records ? await all(db, figure, question) : null;
	const { unitId: _, ...rest } = answer;
	if (options.json)
		return say(
			JSON.stringify(
				{ ...rest, unit: unit.code, parts: await coded(db, answer), ...(behind ? { records: behind } : {}) },
				null,
				2
			)
		);
	say(`${word('figure', name)}: ${figureText(figure, answer, 'plain')}`);
	for (const part of await coded(db, answer)) say(`  ${Object.values(part.key).join(' · ')}: ${part.value ?? '–'}`);
	for (const record of behind ?? []) say(`  ${record.onDate ?? ''}  ${record.unit}  ${record.name ?? ''}`);
}

async function all(db: Db, figure: Figure, question: Parameters<typeof ask>[3]) {
	const lines: RecordLine[] = [];
	let after: string | undefined;
	do {
		const page = await records(db, actor, { figure, question, page: { after, limit: PAGE } });
		lines.push(...(await recordLines(db, actor, page.records)));
		after = page.next ?? undefined;
	} while (after);
	return lines;
}

/** `level=bloc` or `level=base,province`; given several times, all of them must hold. */
function whereOf(given: readonly string[]): Where {
	return Object.fromEntries(
		given.map((text) => {
			const [facet = '', values = ''] = text.split('=');
			if (!facet || !values) throw problem('cli.option_invalid', { detail: `--where ${text}` });
			return [facet, values.split(',')];
		})
	);
}

function day(option: string, text: string | undefined): string | undefined {
	if (text === undefined) return undefined;
	const read = new Date(`${text}T00:00:00Z`);
	if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(read.getTime()) || read.toISOString().slice(0, 10) !== text) {
		throw problem('cli.option_invalid', { detail: `--${option} ${text}` });
	}
	return text;
}

function instant(text: string): Date {
	const read = new Date(text);
	if (Number.isNaN(read.getTime())) throw problem('cli.option_invalid', { detail: `--known-at ${text}` });
	return read;
}
