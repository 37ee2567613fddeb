import { operator } from '#lib/accounts/actor.ts';
import { COUNTED_BY_UNIT, figureNamed } from '#lib/catalogue.ts';
import { ask } from '#lib/figures/ask.server.ts';
import { fold } from '#lib/ledger/fold.server.ts';
import type { Db } from '#lib/server/db.ts';
import { median_ms, type Measured } from '../table.ts';
import { idOf, TOP } from './units.ts';
import { openWorld, WORLDS, type Progress } from './world.ts';

const RUNS = 15;
const actor = operator('Đo');
const QUESTIONS = [
	{
		what: 'a year by level, field and novelty',
		from: '2024-01-01',
		asOf: '2024-12-31',
		by: ['level', 'field', 'novelty']
	},
	{
		what: 'ten years by level, field and novelty',
		from: '2015-01-01',
		asOf: '2024-12-31',
		by: ['level', 'field', 'novelty']
	},
	{ what: 'a half-year until the middle of a month, by province', from: '2024-01-01', asOf: '2024-06-15', by: ['unit'] }
];

/** What folded figures cost with ten times the postings: the country with 0,1, 1 and 10 million of them. */
export async function measureGrowth(
	db: Db,
	{ folder, progress }: { folder: string; progress: Progress }
): Promise<Measured[]> {
	const hundredth = await smaller('hundredth', folder, progress);
	const tenth = await smaller('tenth', folder, progress);
	const whole = await askAll(db);
	return QUESTIONS.flatMap(({ what }, i) => {
		const [least, less, all] = [hundredth[i] ?? 0, tenth[i] ?? 0, whole[i] ?? 0];
		const times = (more: number, than: number, named: string): Measured => ({
			what: `ten times the postings, ${named}: ${what}`,
			value: more / than,
			unit: '×',
			target: 1.5,
			yardstick: { what: `a tenth of them (${than.toFixed(1)} ms; all ${more.toFixed(1)} ms)`, value: 1 }
		});
		return [times(less, least, '0,1 → 1 million'), times(all, less, '1 → 10 million')];
	});
}

async function smaller(name: 'tenth' | 'hundredth', folder: string, progress: Progress): Promise<number[]> {
	const { db, close } = await openWorld(WORLDS[name], folder, progress);
	try {
		await fold(db, COUNTED_BY_UNIT);
		return await askAll(db);
	} finally {
		await close();
	}
}

async function askAll(db: Db): Promise<number[]> {
	const figure = figureNamed('models.registered');
	const taken = [];
	for (const { what: _what, ...question } of QUESTIONS)
		taken.push(await median_ms(RUNS, () => ask(db, actor, figure, { unitId: idOf(TOP), ...question })));
	return taken;
}
