import { sql, type RawBuilder } from 'kysely';
import { operator } from '#lib/accounts/actor.ts';
import { figureNamed } from '#lib/catalogue.ts';
import { ask } from '#lib/figures/ask.server.ts';
import { yearBefore, type Question } from '#lib/figures/figure.ts';
import { records } from '#lib/figures/records.server.ts';
import type { Db } from '#lib/server/db.ts';
import { medians_ms, type Measured } from '../table.ts';
import { idOf, provinceCode, TOP } from './units.ts';

const RUNS = 5;
const actor = operator('Đo');
const REGISTERED = figureNamed('models.registered');
const YEAR = { from: '2024-01-01', asOf: '2024-12-31' };
const TEN_YEARS = { from: '2015-01-01', asOf: '2024-12-31' };
const HALF_YEAR = { from: '2024-01-01', asOf: '2024-06-15' };
const BY = ['level', 'field', 'novelty'];
/** In the middle of the last year's decisions. */
const THEN = '2024-12-10 12:00:00+07';

const DASHBOARD = [
	'models.registered',
	'models.new',
	'models.continuing',
	'models.recognised',
	'models.not_recognised',
	'models.recognition_rate',
	'models.returned',
	'models.typical',
	'models.proposed',
	'models.rewarded',
	'models.replicated',
	'models.units_registered'
].map(figureNamed);

/** Figures, their records and the dashboard of a made-up world, each beside hand-written SQL on the raw postings. */
export async function measureFigures(db: Db): Promise<Measured[]> {
	const country = idOf(TOP);
	const province = idOf(provinceCode(0));
	const one = (unitId: string, period: typeof YEAR) => ({ unitId, ...period, by: BY });
	const everywhere = sql`true`;
	return [
		await beside('a figure with parts, a province, a year', 50, [
			() => ask(db, actor, REGISTERED, one(province, YEAR)),
			() => byHand(db, YEAR, sql`p.home_id = ${province}::uuid`)
		]),
		await beside('a figure with parts, the country, a year', 50, [
			() => ask(db, actor, REGISTERED, one(country, YEAR)),
			() => byHand(db, YEAR, everywhere)
		]),
		await beside('a figure with parts, the country, ten years', 50, [
			() => ask(db, actor, REGISTERED, one(country, TEN_YEARS)),
			() => byHand(db, TEN_YEARS, everywhere)
		]),
		await beside('its first page of records, a year', 100, [
			() => records(db, actor, { figure: REGISTERED, question: { unitId: country, ...YEAR } }),
			() => recordsByHand(db)
		]),
		await beside('as known at an earlier time, a year', 1000, [
			() => ask(db, actor, REGISTERED, { ...one(country, YEAR), knownAt: new Date(THEN) }),
			() => byHand(db, YEAR, sql`p.recorded_at <= ${THEN}::timestamptz`)
		]),
		...(await measureDashboard(db, country))
	];
}

async function measureDashboard(db: Db, unitId: string): Promise<Measured[]> {
	const [own, hand] = await medians_ms(RUNS, [
		() => dashboard(db, { unitId, ...HALF_YEAR, by: ['unit'] }),
		() => dashboardByHand(db)
	]);
	const what = '12 figures by province, half-year, year on year';
	return [
		{
			what,
			value: own,
			unit: 'ms',
			target: 150,
			yardstick: { what: 'hand-written SQL on the postings', value: hand }
		},
		{
			what: `${what}: share of the time of hand-written SQL`,
			value: own / hand,
			unit: '×',
			target: 1 / 20,
			yardstick: { what: `hand-written SQL (${Math.round(hand)} ms)`, value: 1 }
		}
	];
}

/** All at once, as the desk asks its figures. */
async function dashboard(db: Db, question: Question & typeof HALF_YEAR): Promise<void> {
	const before = { ...question, from: yearBefore(question.from), asOf: yearBefore(question.asOf) };
	await Promise.all(DASHBOARD.flatMap((figure) => [ask(db, actor, figure, question), ask(db, actor, figure, before)]));
}

async function byHand(db: Db, { from, asOf }: typeof YEAR, where: RawBuilder<unknown>): Promise<void> {
	await sql`
		select p.facets ->> 'level', p.facets ->> 'field', p.facets ->> 'novelty', sum(p.quantity) from postings p
		where p.measure = 'model.registered' and p.on_date between ${from}::date and ${asOf}::date and ${where}
		group by 1, 2, 3`.execute(db);
}

async function recordsByHand(db: Db): Promise<void> {
	await sql`
		select case_id, max(on_date) from postings
		where measure = 'model.registered' and on_date between ${YEAR.from}::date and ${YEAR.asOf}::date
		group by case_id having sum(quantity) <> 0 order by 2 desc, 1 desc limit 50`.execute(db);
}

/** All twelve of both years in one pass; a province is the home of its postings. */
async function dashboardByHand(db: Db): Promise<void> {
	const { from, asOf } = HALF_YEAR;
	await sql`
		select home_id, y.name, p.measure,
			sum(quantity) filter (where p.on_date between y.since and y.until) as in_period,
			sum(quantity) filter (where p.on_date between y.since and y.until and facets ->> 'novelty' = 'new') as begun,
			sum(quantity) filter (where p.cohort_on between y.since and y.until and p.on_date <= y.until) as of_cohort,
			count(distinct unit_id) filter (where p.measure = 'model.registered' and p.on_date between y.since and y.until) as units
		from postings p
		join (values ('this', ${from}::date, ${asOf}::date), ('before', ${yearBefore(from)}::date, ${yearBefore(asOf)}::date))
			y (name, since, until) on p.on_date between y.since and y.until
		group by 1, 2, 3`.execute(db);
}

async function beside(
	what: string,
	target: number,
	works: readonly [() => Promise<unknown>, () => Promise<unknown>]
): Promise<Measured> {
	const [own, hand] = await medians_ms(RUNS, works);
	return { what, value: own, unit: 'ms', target, yardstick: { what: 'hand-written SQL on the postings', value: hand } };
}
