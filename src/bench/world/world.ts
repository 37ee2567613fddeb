import { sql } from 'kysely';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { z } from 'zod';
import { operator } from '#lib/accounts/actor.ts';
import { once } from '#lib/actions/action.server.ts';
import { LEVELS } from '#lib/models/model.ts';
import { addSheet } from '#lib/models/score-sheet.server.ts';
import { createFromTemplate } from '#lib/reports/report.server.ts';
import { openDatabase, type Db, type Opened, type Tx } from '#lib/server/db.ts';
import { migrateDatabase } from '#lib/server/migrate.ts';
import { joinCluster } from '#lib/server/postgres.ts';
import { readSettings } from '#lib/server/settings.ts';
import { enter } from './enter.ts';
import { establishProvince, establishTop, idOf, provinceCode } from './units.ts';

/** How large a world is; `yearly`: registrations of a province in a year. Years are both inclusive. */
export type World = {
	name: string;
	provinces: number;
	communes: number;
	bases: number;
	yearly: number;
	firstYear: number;
	lastYear: number;
	reports: number;
};

const COUNTRY = { yearly: 7942, firstYear: 2015, lastYear: 2024 };
export const WORLDS = {
	/** 2,7 million registrations, 10 million postings. */
	national: { ...COUNTRY, name: 'national', provinces: 34, communes: 3321, bases: 60_000, reports: 1000 },
	/** The same country with a tenth and a hundredth of the registrations: what more of them cost. */
	tenth: { ...COUNTRY, name: 'tenth', provinces: 34, communes: 3321, bases: 60_000, reports: 0, yearly: 794 },
	hundredth: { ...COUNTRY, name: 'hundredth', provinces: 34, communes: 3321, bases: 60_000, reports: 0, yearly: 79 },
	province: { ...COUNTRY, name: 'province', provinces: 1, communes: 98, bases: 1765, reports: 29 }
} as const satisfies Record<string, World>;

/** Raised whenever another world would be made: one of before is then made anew. */
const VERSION = 1;
const SEED = 1930;
const actor = operator('Đo');

/** Told after each piece of work: how many there are, how many are done, and which was the last. */
export type Progress = (done: number, all: number, last: string) => void;

/**
 * The world in a folder of its own under `folder`, made where it is not there yet; what an interrupted run had made is kept.
 * A folder that is neither empty nor a world is refused.
 */
export async function openWorld(world: World, folder: string, progress: Progress): Promise<Opened & { data: string }> {
	const data = join(folder, world.name);
	prepareFolder(data, { ...world, version: VERSION, seed: SEED });
	const settings = readSettings({ KHEO_DATA: data });
	const presence = await joinCluster(data);
	try {
		await migrateDatabase(settings);
		const opened = await openDatabase(settings);
		try {
			if (await make(opened.db, world, progress)) await settle(presence.access.migrator);
			return { ...opened, data };
		} catch (error) {
			await opened.close();
			throw error;
		}
	} finally {
		await presence.leave();
	}
}

const Stamp = z.looseObject({ version: z.number(), seed: z.number() });

function prepareFolder(data: string, stamp: World & z.infer<typeof Stamp>): void {
	const file = join(data, 'world.json');
	const text = `${JSON.stringify(stamp, null, '\t')}\n`;
	if (existsSync(file)) {
		if (readFileSync(file, 'utf8') === text) return;
		// Only what once was a world of ours is ever removed.
		Stamp.parse(JSON.parse(readFileSync(file, 'utf8')));
		rmSync(data, { recursive: true });
	} else if (existsSync(data) && readdirSync(data).length > 0) {
		throw new Error(`${data} is not empty and no world`);
	}
	mkdirSync(data, { recursive: true, mode: 0o700 });
	writeFileSync(file, text);
}

type Piece = { what: string; work: (tx: Tx) => Promise<unknown> };

/** Makes what is missing, each piece in a transaction that keeps that it was made; answers whether anything was. */
export async function make(db: Db, world: World, progress: Progress): Promise<boolean> {
	const pieces = piecesOf(world);
	let isNew = false;
	for (const [index, { what, work }] of pieces.entries()) {
		const { isRepeated } = await once(db, actor, { key: `world ${what}` }, async (tx) => {
			// What a power cut takes is made again: nobody waits for its disk.
			await sql`set local synchronous_commit = off`.execute(tx);
			await sql`set local statement_timeout = 0`.execute(tx);
			return (await work(tx)) ?? null;
		});
		isNew ||= !isRepeated;
		if (!isRepeated) progress(index + 1, pieces.length, what);
	}
	return isNew;
}

function piecesOf(world: World): Piece[] {
	const provinces = Array.from({ length: world.provinces }, (_, n) => ({ n, province: provinceCode(n) }));
	const years = Array.from({ length: world.lastYear - world.firstYear + 1 }, (_, n) => world.firstYear + n);
	return [
		{ what: 'the country', work: begin },
		...provinces.map(({ n, province }) => ({
			what: `units of ${province}`,
			work: (tx: Tx) => establishProvince(tx, actor, { world, n })
		})),
		{ what: 'statistics', work: (tx) => sql`select refresh_statistics()`.execute(tx).then(() => null) },
		...provinces.flatMap(({ province }) =>
			years.map((year) => ({
				what: `${province} in ${year}`,
				work: (tx: Tx) => {
					const { lastYear, yearly: count } = world;
					return enter(tx, { homeId: idOf(province), province, year, lastYear, count, seed: SEED });
				}
			}))
		),
		...provinces.map(({ n, province }) => ({
			what: `reports of ${province}`,
			work: (tx: Tx) => beginReports(tx, world, n)
		}))
	];
}

async function begin(tx: Tx): Promise<void> {
	for (const level of LEVELS) {
		await addSheet(tx, actor, {
			level,
			name: 'Thang điểm 100',
			passMark: 75,
			law: 'Thế giới để đo',
			from: '2009-01-01',
			criteria: [
				{ code: 'result', name: 'Kết quả', points: 60 },
				{ code: 'spread', name: 'Lan toả', points: 40 }
			]
		});
	}
	await establishTop(tx, actor);
}

/** Three a year of each province, until the world has its number: both half-years and the year. */
async function beginReports(tx: Tx, world: World, n: number): Promise<void> {
	const mine = Math.floor(world.reports / world.provinces) + (n < world.reports % world.provinces ? 1 : 0);
	for (let report = 0; report < mine; report += 1) {
		const year = world.lastYear - Math.floor(report / 3);
		const [asOf, from] = [`${year}-${['06-15', '11-15', '12-31'][report % 3] ?? '12-31'}`, `${year}-01-01`];
		await createFromTemplate(tx, actor, { unitId: idOf(provinceCode(n)), template: 'half-year', asOf, from });
	}
}

/** What autovacuum would do in the middle of a measurement. */
async function settle(connectionString: string): Promise<void> {
	const client = new pg.Client({ connectionString, application_name: 'kheo bench' });
	await client.connect();
	try {
		await client.query('vacuum (analyze)');
	} finally {
		await client.end();
	}
}
