import { sql, type RawBuilder } from 'kysely';
import type { Actor } from '#lib/accounts/actor.ts';
import { countByState, list, listRegistrationYears } from '#lib/models/list.server.ts';
import type { ListFilter } from '#lib/models/narrow.server.ts';
import type { Db } from '#lib/server/db.ts';
import { fold } from '#lib/vietnamese/text.ts';
import { medians_ms, type Measured } from '../table.ts';
import { idOf, provinceCode, TOP } from './units.ts';

const RUNS = 9;
const PAGE = 50;
const FAR = 10_000;

/** The list of models of a made-up world as an officer of its top reads it: pages, filters, searches. */
export async function measureLists(db: Db): Promise<Measured[]> {
	const top = idOf(TOP);
	const officer: Actor = { id: null, name: 'Đo', grants: [{ unitId: top, role: 'officer' }], everything: false };
	const read = (filter: Partial<ListFilter>) => () => list(db, officer, { unitId: top, ...filter });
	const byKey = () => firstIds(db, sql`true`);
	const commune = `${provinceCode(0)}-0000`;
	return [
		await beside('page 1 of all models', 100, read({}), ['the same ids by hand', byKey]),
		...(await measureFarPages(db, top, read)),
		await beside('page 1 of one field and one state', 100, read({ field: 'economy', state: 'appraised' }), [
			'the same ids by hand',
			() => firstIds(db, sql`field = 'economy' and state = 'appraised'`)
		]),
		await beside('page 1 of a commune', 100, read({ unitId: idOf(commune) }), ['page 1 of all by hand', byKey]),
		await searched(db, 'name of a commune, without marks', { read, search: 'xa binh an' }),
		await searched(db, 'words of many names', { read, search: 'gop von xoay vong' }),
		await searched(db, 'a name that nobody has', { read, search: 'khong ai goi the' }),
		await searched(db, 'with a number, which may be a decision', { read, search: '340-QĐ/TU' }),
		await beside('years of the list', 100, () => listRegistrationYears(db, officer, top), [
			'all years by hand',
			() => sql`select distinct year from registrations`.execute(db)
		]),
		await beside('counts by state above the list', 100, () => countByState(db, officer, { unitId: top }), [
			'the same counts by hand',
			() => sql`select state, count(*) from registrations group by state`.execute(db)
		])
	];
}

type Read = (filter: Partial<ListFilter>) => () => Promise<unknown>;

/** Page 10.000, or the last but a few where there are not as many; without and with a year. */
async function measureFarPages(db: Db, top: string, read: Read): Promise<Measured[]> {
	const measured: Measured[] = [];
	for (const year of [null, 2020]) {
		const { rows } = await sql<{ count: number }>`
			select count(*)::bigint as count from registrations where ${year ? sql`year = ${year}` : sql`true`}`.execute(db);
		const page = Math.min(FAR, Math.floor((rows[0]?.count ?? 0) / PAGE) - 2);
		const cursor = await cursorBefore(db, page, year);
		const [near, far] = await medians_ms(RUNS, [read({ year }), read({ year, after: cursor })]);
		measured.push({
			what: `page ${page} ${year ? `of the year ${year}` : 'of all models'} (${Math.round(far)} ms)`,
			value: far / near,
			unit: '×',
			target: 1.5,
			yardstick: { what: `page 1 (${Math.round(near)} ms)`, value: 1 }
		});
	}
	return measured;
}

async function cursorBefore(db: Db, page: number, year: number | null): Promise<string> {
	const { rows } = await sql<{ cursor: string }>`
		select coalesce(registered_on, 'infinity'::date)::text || '~' || id as cursor from registrations
		where ${year ? sql`year = ${year}` : sql`true`}
		order by coalesce(registered_on, 'infinity'::date) desc, id desc offset ${(page - 1) * PAGE - 1} limit 1`.execute(db);
	const cursor = rows[0]?.cursor;
	if (cursor === undefined) throw new Error(`there is no page ${page}`);
	return cursor;
}

async function searched(db: Db, what: string, { read, search }: { read: Read; search: string }): Promise<Measured> {
	return beside(`search: ${what} (“${search}”)`, 100, read({ search }), [
		'the same ids by hand',
		() => firstIds(db, sql`name_key like ${`%${fold(search)}%`}`)
	]);
}

async function firstIds(db: Db, where: RawBuilder<unknown>): Promise<void> {
	await sql`select id from registrations where ${where}
		order by coalesce(registered_on, 'infinity'::date) desc, id desc limit ${PAGE + 1}`.execute(db);
}

async function beside(
	what: string,
	target: number,
	work: () => Promise<unknown>,
	[yard, byHand]: [string, () => Promise<unknown>]
): Promise<Measured> {
	const [own, hand] = await medians_ms(RUNS, [work, byHand]);
	return { what, value: own, unit: 'ms', target, yardstick: { what: yard, value: hand } };
}
