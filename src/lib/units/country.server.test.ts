import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { v7 as newId } from 'uuid';
import { expect } from 'vitest';
import { operator } from '#lib/accounts/actor.ts';
import { figureNamed } from '#lib/catalogue.ts';
import { dice } from '#lib/demo/dice.ts';
import { askEach } from '#lib/figures/each.server.ts';
import { FOLLOWERS } from '#lib/followers.server.ts';
import type { Db } from '#lib/server/db.ts';
import { splitRows } from '#lib/spreadsheet/csv-rows.ts';
import { sql } from 'kysely';
import { eventsOf, madeUpCountry, unitsBefore, type Reorganised } from '../../bench/country.ts';
import { postSamples } from '../../bench/sample.ts';
import { test } from '../../../tests/database.ts';
import type { UnitEvent } from './event.schema.ts';
import { record } from './event.server.ts';
import { establish } from './unit.server.ts';

const FOLDER = new URL('../../../../shared/data/admin/', import.meta.url).pathname;
const actor = operator('thử nghiệm');
const MODELS = 10_000;

test(
	'the communes of 1/7/2025: 10.000 models laid over the old ones, found on the new',
	{ timeout: 600_000 },
	async ({ clone: { db }, skip }) => {
		if (!existsSync(FOLDER)) skip('the checked lists are not beside the project (../shared/data/admin)');
		await restated(db, realCountry(), 1);
	}
);

test('a country of that size where no list is at hand', { timeout: 600_000 }, async ({ clone: { db }, skip }) => {
	if (existsSync(FOLDER)) skip('the real one was taken');
	await restated(db, madeUpCountry(), 0);
});

type Entered = { commune: string; caseId: string };

async function restated(db: Db, country: Reorganised, basePerCommune: number): Promise<void> {
	const units = unitsBefore(country, basePerCommune);
	await establish(db, actor, { units });
	await sql`select refresh_statistics()`.execute(db);
	const old = new Map(units.map(({ code, id = '' }) => [code, id]));
	const entered = await enterModels(db, country, old);
	const given = new Map<string, string>();
	const events = eventsOf(country, basePerCommune).map((event) => withCases(event, entered, given));
	const { effect } = await record(db, actor, { events, followers: FOLLOWERS });
	const closed = effect.closings.length;
	const gone = country.provinces.filter(
		(one) => country.provinces.some((other) => other !== one && other.to === one.to) || one.to !== one.code
	);
	expect(closed).toBe(country.communes.length + country.districts.length + gone.length);
	await sql`select refresh_statistics()`.execute(db);
	await compare(db, { country, old, entered, given });
}

function realCountry(): Reorganised {
	const rows = (name: string): Record<string, string>[] => {
		const [head = [], ...body] = splitRows(readFileSync(join(FOLDER, name), 'utf8'), ',');
		return body.map((cells) => Object.fromEntries(head.map((title, n) => [title, cells[n] ?? ''])));
	};
	const of = (row: Record<string, string>, title: string): string => row[title] ?? '';
	return {
		day: '2025-07-01',
		provinces: rows('map_province_63_to_34.csv').map((row) => ({
			code: of(row, 'old_code'),
			name: of(row, 'old_name'),
			to: of(row, 'new_code')
		})),
		districts: rows('districts_2025-03.csv').map((row) => ({
			code: of(row, 'code'),
			name: of(row, 'full_name'),
			province: of(row, 'province_code')
		})),
		communes: rows('communes_2025-03.csv').map((row) => ({
			code: of(row, 'code'),
			name: of(row, 'full_name'),
			district: of(row, 'district_code')
		})),
		newProvinces: rows('provinces_2025-07.csv').map((row) => ({ code: of(row, 'code'), name: of(row, 'full_name') })),
		newCommunes: rows('communes_2025-07.csv').map((row) => ({
			code: of(row, 'code'),
			name: of(row, 'full_name'),
			province: of(row, 'province_code')
		})),
		pairs: rows('map_commune_to_2025-07.csv')
			.filter((row) => row['old_code'] !== '')
			.map((row) => ({ from: of(row, 'old_code'), to: of(row, 'new_code'), main: row['primary'] === '1' }))
	};
}

async function enterModels(db: Db, country: Reorganised, ids: ReadonlyMap<string, string>): Promise<Entered[]> {
	const chance = dice(12_061_948);
	const entered = Array.from({ length: MODELS }, () => ({
		commune: chance.pick(country.communes).code,
		caseId: newId()
	}));
	const samples = entered.map(({ commune, caseId }) => ({
		unitId: ids.get(`X${commune}`) ?? '',
		caseId,
		onDate: '2024-03-26',
		quantity: 1
	}));
	await postSamples(db, ids.get('TW') ?? '', samples);
	return entered;
}

/** Of every second split commune the decision names where its models go; of the others nobody knows. */
function withCases(event: UnitEvent, entered: readonly Entered[], given: Map<string, string>): UnitEvent {
	if (event.kind !== 'split' || Number(event.unit.slice(1)) % 2 === 0) return event;
	const cases = entered.filter((one) => `X${one.commune}` === event.unit).map((one) => one.caseId);
	const parts = event.parts.map((part, index, all) => {
		const own = cases.filter((_, n) => n % all.length === index);
		for (const caseId of own) given.set(caseId, typeof part.into === 'string' ? part.into : part.into.code);
		return { ...part, cases: own };
	});
	return { ...event, parts };
}

type Laid = {
	country: Reorganised;
	old: ReadonlyMap<string, string>;
	entered: readonly Entered[];
	given: ReadonlyMap<string, string>;
};

async function compare(db: Db, { country, old, entered, given }: Laid): Promise<void> {
	const figure = figureNamed('models.registered');
	if (figure.kind !== 'flow') throw new Error('a flow is wanted');
	const question = { unitId: old.get('TW') ?? '', from: '2024-01-01', asOf: '2024-12-31' };
	const then = await askEach(db, actor, { figure, question: { ...question, structure: 'then' } });
	const now = await askEach(db, actor, { figure, question: { ...question, structure: 'now' } });
	const { rows } = await sql<{ code: string; id: string }>`
		select code, unit_id as id from unit_versions where valid @> current_date`.execute(db);
	const present = new Map(rows.map(({ code, id }) => [code, id]));
	const count = new Map<string, number>();
	const add = (code: string): void => void count.set(code, (count.get(code) ?? 0) + 1);
	const provinces = new Map(
		country.districts.map((one) => [one.code, country.provinces.find(({ code }) => code === one.province)?.to ?? ''])
	);
	const districts = new Map(country.communes.map((one) => [one.code, one.district]));
	const goesTo = Map.groupBy(country.pairs, (pair) => pair.from);
	for (const { commune, caseId } of entered) {
		add('TW');
		add(`T${provinces.get(districts.get(commune) ?? '') ?? ''}`);
		const heirs = goesTo.get(commune) ?? [];
		const heir = given.get(caseId) ?? (heirs.length === 1 ? `X${heirs[0]?.to ?? ''}` : null);
		if (heir !== null) add(heir);
		expect(then.get(old.get(`X${commune}`) ?? '')).toBeGreaterThan(0);
	}
	expect(
		[...present].filter(([code, id]) => (now.get(id) ?? 0) !== (count.get(code) ?? 0)).map(([code]) => code)
	).toEqual([]);
	expect(then.get(question.unitId)).toBe(MODELS);
	expect(now.get(question.unitId)).toBe(MODELS);
	const undivided = entered.filter(
		({ commune, caseId }) => (goesTo.get(commune)?.length ?? 0) > 1 && !given.has(caseId)
	);
	expect(undivided.length).toBeGreaterThan(50);
}
