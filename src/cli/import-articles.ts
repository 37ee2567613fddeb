import type { Command } from 'commander';
import { operator } from '#lib/accounts/actor.ts';
import { importArticles, type Entry, type Hindrance, type Outcome, type Wish } from '#lib/old-site/import.server.ts';
import { openTold, type Told } from '#lib/old-site/told.server.ts';
import { m } from '#lib/paraglide/messages.js';
import { readSettings } from '#lib/server/settings.ts';
import { word } from '#lib/ui/word.ts';
import { formatDay } from '#lib/vietnamese/format.ts';
import { EXIT, say, terminalLocale, withDatabase } from './run.ts';

type Options = {
	site: string;
	pictures?: string;
	section?: string[];
	createSections?: boolean;
	withoutSections?: boolean;
	withoutPictures?: boolean;
	draft?: boolean;
	withHoles?: boolean;
	eventDays?: boolean;
	encoding?: string;
	dryRun?: boolean;
	json?: boolean;
};

const TOLD_EVERY = 100;

/** `kheo import articles PATH --site SITE`: an old site into a newsroom; run again, it makes nothing twice. */
export function registerArticles(imports: Command): void {
	imports
		.command('articles')
		.description(m.cli_import_articles({}, { locale: terminalLocale() }))
		.argument('<path>')
		.requiredOption('--site <slug>')
		.option('--pictures <folder>')
		.option('--section <category=section...>')
		.option('--create-sections')
		.option('--without-sections')
		.option('--without-pictures')
		.option('--draft')
		.option('--with-holes')
		.option('--event-days')
		.option('--encoding <name>')
		.option('--dry-run')
		.option('--json')
		.action((path: string, options: Options) =>
			withDatabase(async ({ db }) => {
				await using told = await openTold();
				const watch = (done: number) => {
					if (done % TOLD_EVERY === 0) process.stderr.write(`${m.cli_old_site_progress({ done, all: '…' })}\n`);
				};
				const outcome = await importArticles(db, operator('Dòng lệnh'), wishOf(path, options), { told, watch });
				await (options.json ? tellJson : tell)(outcome, told);
				complain(outcome);
			})
		);
}

function wishOf(path: string, options: Options): Wish {
	return {
		path,
		site: options.site,
		pictures: options.pictures ?? null,
		sections: options.section ?? [],
		createSections: options.createSections ?? false,
		withoutSections: options.withoutSections ?? false,
		withoutPictures: options.withoutPictures ?? false,
		draft: options.draft ?? false,
		withHoles: options.withHoles ?? false,
		eventDays: options.eventDays ?? false,
		encoding: options.encoding ?? null,
		dryRun: options.dryRun ?? false,
		data: readSettings().data
	};
}

function countsOf({ counts: { pages, published, draft: drafts, there, refused } }: Outcome) {
	return { pages, published, drafts, there, refused };
}

async function tell(outcome: Outcome, told: Told): Promise<void> {
	for await (const entry of told.entries()) for (const line of linesOf(entry)) say(line);
	if (outcome.others.length > 0)
		say(m.cli_old_site_others({ others: outcome.others.map(([kind, count]) => `${kind} ${count}`).join(', ') }));
	const counts = countsOf(outcome);
	say(m.cli_old_site_counts(counts));
	if (outcome.committed) say(m.cli_old_site_committed(counts));
	else if (outcome.hindrances.length === 0) say(m.cli_old_site_dry_run());
}

function linesOf(entry: Entry): string[] {
	const day = entry.publishedOn ? formatDay(entry.publishedOn) : m.cli_old_site_no_day();
	const place = entry.line === null ? entry.file : `${entry.file}:${entry.line}`;
	const head = [
		place,
		entry.headline || m.cli_old_site_no_title(),
		day,
		entry.section ?? m.cli_old_site_no_section(),
		word('cli_old_site', entry.fate)
	];
	if (entry.fate === 'there') return [head.join(' · ')];
	const reasons = entry.refusal ?? entry.reasons.map((reason) => word('old_site_reason', reason)).join('; ');
	return [
		head.join(' · '),
		...[
			...(reasons ? [m.cli_old_site_why({ reasons })] : []),
			...(entry.byline.name
				? [m.cli_old_site_byline({ name: [entry.byline.name, entry.byline.post].filter(Boolean).join(', ') })]
				: []),
			...(entry.source ? [m.cli_old_site_source({ name: entry.source.url ?? entry.source.name })] : []),
			...(entry.saidDay ? [m.cli_old_site_said_day({ day: formatDay(entry.saidDay) })] : []),
			...entry.holes.map(({ kind, paragraph, around }) =>
				m.cli_old_site_hole({ paragraph, kind: word('old_site_hole', kind), around })
			),
			...entry.missing.map((picture) => m.cli_old_site_missing({ picture })),
			...entry.behind.map((address) => m.cli_old_site_behind({ address })),
			...entry.left.map(({ what, words }) => m.cli_old_site_left({ what: word('old_site_left', what), words }))
		].map((line) => `    ${line}`)
	];
}

/** What stands in the way, or what was refused, on stderr and in the exit code. */
function complain(outcome: Outcome): void {
	const { refused } = outcome.counts;
	const lines = [
		...(outcome.hindrances.includes('sections_missing')
			? outcome.unfiled.map(([category, count]) => m.cli_old_site_unfiled({ category, count }))
			: []),
		...outcome.hindrances.map((hindrance) => hindranceText(hindrance, outcome)),
		...(refused > 0 ? [m.cli_old_site_pages_refused({ count: refused })] : [])
	];
	if (lines.length === 0) return;
	process.stderr.write(`${lines.join('\n')}\n`);
	process.exitCode = EXIT.refused;
}

function hindranceText(hindrance: Hindrance, { counts, unfiled }: Outcome): string {
	switch (hindrance) {
		case 'nothing_read':
			return m.cli_old_site_nothing_read();
		case 'pictures_missing':
			return m.cli_old_site_pictures_missing({ count: counts.missing });
		case 'sections_missing':
			return m.cli_old_site_sections_missing({ count: unfiled.length });
	}
}

/** One JSON value, written entry by entry. */
async function tellJson(outcome: Outcome, told: Told): Promise<void> {
	const { committed, hindrances } = outcome;
	const named = (pairs: [string, number][]) => Object.fromEntries(pairs);
	const [others, unfiled] = [named(outcome.others), named(outcome.unfiled)];
	const head = JSON.stringify({ committed, hindrances, counts: countsOf(outcome), others, unfiled }, null, 2);
	process.stdout.write(`${head.slice(0, -2)},\n  "entries": [`);
	let between = '\n';
	for await (const entry of told.entries()) {
		process.stdout.write(between + JSON.stringify(entry, null, 2).replace(/^/gm, '    '));
		between = ',\n';
	}
	say('\n  ]\n}');
}
