import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { pathOf, run, type Check } from './tools.ts';

const LEAST = 98;
/** Other work on the machine costs points: the best of so many looks counts. */
const LOOKS = 3;
const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'] as const;

const Report = z.object({
	categories: z.record(
		z.string(),
		z.object({ score: z.number().nullable(), auditRefs: z.array(z.object({ id: z.string(), weight: z.number() })) })
	),
	audits: z.record(z.string(), z.object({ score: z.number().nullable(), title: z.string() }))
});

/** Lighthouse as a telephone on slow 4G: four categories of each page, of a hundred. */
export async function checkSpeed(
	pages: readonly { name: string; url: string }[],
	{ folder, chromium }: { folder: string; chromium: string }
): Promise<Check[]> {
	const checks: Check[] = [];
	for (const { name, url } of pages) {
		let best = new Map<string, { score: number; why: string }>();
		for (
			let look = 0;
			look < LOOKS && [...best.values()].filter(({ score }) => score >= LEAST).length < CATEGORIES.length;
			look += 1
		)
			best = better(best, await measured(url, { file: join(folder, `lighthouse-${name}.json`), chromium }));
		for (const category of CATEGORIES) {
			const { score = 0, why = 'not told' } = best.get(category) ?? {};
			checks.push({
				name: `lighthouse ${name} ${category} ${score}`,
				faults: score >= LEAST ? [] : [`${score} of 100: ${why}`]
			});
		}
	}
	return checks;
}

type Scores = Map<string, { score: number; why: string }>;

function better(one: Scores, other: Scores): Scores {
	return new Map(
		[...other].map(([name, told]) => [name, (one.get(name)?.score ?? -1) > told.score ? (one.get(name) ?? told) : told])
	);
}

async function measured(url: string, { file, chromium }: { file: string; chromium: string }): Promise<Scores> {
	const flags = `--headless=new${process.getuid?.() === 0 ? ' --no-sandbox' : ''}`;
	const { code, complained } = await run(
		process.execPath,
		[
			pathOf('lighthouse/cli/index.js'),
			url,
			'--quiet',
			'--output=json',
			`--output-path=${file}`,
			`--chrome-flags=${flags}`
		],
		{ CHROME_PATH: chromium }
	);
	if (code !== 0) throw new Error(complained);
	const { categories, audits } = Report.parse(JSON.parse(await readFile(file, 'utf8')));
	return new Map(
		CATEGORIES.map((name) => {
			const { score, auditRefs = [] } = categories[name] ?? { score: null };
			const poor = auditRefs.filter(({ id, weight }) => weight > 0 && (audits[id]?.score ?? 1) < 0.9);
			return [name, { score: Math.round((score ?? 0) * 100), why: poor.map(({ id }) => audits[id]?.title).join('; ') }];
		})
	);
}
