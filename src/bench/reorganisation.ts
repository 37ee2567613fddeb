import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { operator } from '#lib/accounts/actor.ts';
import { COUNTED_BY_UNIT, figureNamed } from '#lib/catalogue.ts';
import { ask } from '#lib/figures/ask.server.ts';
import { FOLLOWERS } from '#lib/followers.server.ts';
import { fold } from '#lib/ledger/fold.server.ts';
import type { Db } from '#lib/server/db.ts';
import { record } from '#lib/units/event.server.ts';
import { branchesUnder, tree } from '#lib/units/tree.server.ts';
import { establish } from '#lib/units/unit.server.ts';
import { eventsOf, madeUpCountry, unitsBefore } from './country.ts';
import { postSamples } from './sample.ts';
import { median_ms, medians_ms, time_ms, type Measured } from './table.ts';

const BASES = 5;
const MODELS = 10_000;
const RUNS = 9;
const actor = operator('Đo');

/**
 * A country of 10.035 communes with five base units each becomes one of 3.321 in one go; then a figure is asked on the tree
 * of then and of now, and the tree of a day is opened. It stays, so it is measured last.
 */
export async function measureReorganisation({ db }: { db: Db }): Promise<Measured[]> {
	const country = madeUpCountry();
	const units = unitsBefore(country, BASES);
	const top = units[0]?.id ?? '';
	const established = await time_ms(() => establish(db, actor, { units }));
	const communes = units.flatMap(({ id, kind }) => (id !== undefined && kind === 'commune_committee' ? [id] : []));
	const models = Array.from({ length: MODELS }, (_, n) => ({
		unitId: communes[n % communes.length] ?? top,
		caseId: newId(),
		onDate: '2024-03-26',
		quantity: 1
	}));
	await postSamples(db, top, models);
	await sql`select refresh_statistics()`.execute(db);
	const events = eventsOf(country, BASES);
	const recorded = await time_ms(() => record(db, actor, { events, followers: FOLLOWERS }));
	await sql`select refresh_statistics()`.execute(db);
	const folded = await time_ms(() => fold(db, COUNTED_BY_UNIT));
	const figure = figureNamed('models.registered');
	const question = { unitId: top, from: '2024-01-01', asOf: '2024-12-31', by: ['unit'] };
	const [then, now] = await medians_ms(RUNS, [
		() => ask(db, actor, figure, { ...question, structure: 'then' }),
		() => ask(db, actor, figure, { ...question, structure: 'now' })
	]);
	const opened = await median_ms(RUNS, () => tree(db, top, { day: '2025-06-30', open: [] }));
	const unfolded = await median_ms(RUNS, () => branchesUnder(db, top, country.day));
	return [
		{
			what: `a country reorganised: ${events.length} events, ${units.length} units`,
			value: recorded,
			unit: 'ms',
			target: 60_000,
			yardstick: { what: 'the same units only established', value: established }
		},
		{
			what: 'its figures folded anew, in the background',
			value: folded,
			unit: 'ms',
			target: 60_000,
			yardstick: null
		},
		{
			what: 'a figure on the organisation of now',
			value: now / then,
			unit: '×',
			target: 2,
			yardstick: { what: `on that of then (${Math.round(then)} ms)`, value: 1 }
		},
		{
			what: 'the tree of a day opened, 60.000 units',
			value: opened + unfolded,
			unit: 'ms',
			target: 150,
			yardstick: null
		}
	];
}
