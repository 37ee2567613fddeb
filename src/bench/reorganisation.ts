import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { operator } from '#lib/accounts/actor.ts';
import { figureNamed } from '#lib/catalogue.ts';
import { ask } from '#lib/figures/ask.server.ts';
import { FOLLOWERS } from '#lib/followers.server.ts';
import { post } from '#lib/ledger/ledger.server.ts';
import { inTransaction, type Db, type Tx } from '#lib/server/db.ts';
import { record } from '#lib/units/event.server.ts';
import { branchesUnder, tree } from '#lib/units/tree.server.ts';
import { establish } from '#lib/units/unit.server.ts';
import { eventsOf, madeUpCountry, unitsBefore, type Reorganised } from './country.ts';
import { median_ms, medians_ms, time_ms, type Measured } from './table.ts';

const BASES = 5;
const MODELS = 10_000;
const RUNS = 9;
const actor = operator('Đo');

/**
 * A country of 10.035 communes with five base units each becomes one of 3.321 in one go; then a figure is asked on the tree
 * of then and of now, and the tree of a day is opened. All is taken back.
 */
export async function measureReorganisation({ db }: { db: Db }): Promise<Measured[]> {
	const measured: Measured[] = [];
	const back = new Error('taken back');
	await inTransaction(db, async (tx) => {
		measured.push(...(await reorganise(tx, madeUpCountry())));
		throw back;
	}).catch((error: unknown) => {
		if (error !== back) throw error;
	});
	return measured;
}

async function reorganise(tx: Tx, country: Reorganised): Promise<Measured[]> {
	const units = unitsBefore(country, BASES);
	const top = units[0]?.id ?? '';
	const established = await time_ms(() => establish(tx, actor, { units }));
	await enterModels(
		tx,
		units.flatMap(({ id, kind }) => (id !== undefined && kind === 'commune_committee' ? [id] : [])),
		top
	);
	await sql`select refresh_statistics()`.execute(tx);
	const events = eventsOf(country, BASES);
	const recorded = await time_ms(() => record(tx, actor, { events, followers: FOLLOWERS }));
	await sql`select refresh_statistics()`.execute(tx);
	const figure = figureNamed('models.registered');
	const question = { unitId: top, from: '2024-01-01', asOf: '2024-12-31', by: ['unit'] };
	const [then, now] = await medians_ms(RUNS, [
		() => ask(tx, actor, figure, { ...question, structure: 'then' }),
		() => ask(tx, actor, figure, { ...question, structure: 'now' })
	]);
	const opened = await median_ms(RUNS, () => tree(tx, top, { day: '2025-06-30', open: [] }));
	const unfolded = await median_ms(RUNS, () => branchesUnder(tx, top, country.day));
	return [
		{
			what: `a country reorganised: ${events.length} events, ${units.length} units`,
			value: recorded,
			unit: 'ms',
			target: 60_000,
			yardstick: { what: 'the same units only established', value: established }
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

async function enterModels(tx: Tx, communes: readonly string[], homeId: string): Promise<void> {
	const facets = {
		year: '2024',
		level: 'base',
		kind: 'model',
		field: 'economy',
		subject: 'collective',
		novelty: 'new'
	};
	const postings = Array.from({ length: MODELS }, (_, n) => ({
		homeId,
		noun: 'model',
		caseId: newId(),
		actionId: newId(),
		measure: 'model.registered',
		unitId: communes[n % communes.length] ?? homeId,
		onDate: '2024-03-26',
		quantity: 1,
		facets
	}));
	await post(tx, postings);
}
