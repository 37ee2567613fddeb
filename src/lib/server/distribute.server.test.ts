import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { expect } from 'vitest';
import { operator } from '#lib/accounts/actor.ts';
import { seal, verify } from '#lib/actions/chain.server.ts';
import { exportArchive } from '#lib/archive/export.server.ts';
import { importArchive } from '#lib/archive/import.server.ts';
import { FIGURES } from '#lib/catalogue.ts';
import { ask } from '#lib/figures/ask.server.ts';
import { records } from '#lib/figures/records.server.ts';
import { withdraw } from '#lib/models/registration.server.ts';
import { CITUS_NODES } from '../../../tests/citus.ts';
import { databaseUrl, freshDatabase, test as onEmpty } from '../../../tests/database.ts';
import { blocWorld } from '../../../tests/worlds.ts';
import { connect, type Db } from './db.ts';
import { distribute, SPREAD } from './distribute.ts';
import { migrate } from './migrate.ts';
import { projectFolder, readSettings, type Settings } from './settings.ts';

type Place = { name: string; db: Db; settings: Settings };

/** Databases on the cluster that are not distributed yet, each with a data folder of its own. */
const test = onEmpty.extend('place', async ({}, { onCleanup }): Promise<() => Promise<Place>> => {
	const folder = await mkdtemp(join(tmpdir(), 'kheo-distribute-'));
	const after: (() => Promise<void>)[] = [() => rm(folder, { recursive: true })];
	onCleanup(async () => {
		for (const undo of after) await undo();
	});
	return async () => {
		const { name, drop } = await freshDatabase({ migrated: false });
		await migrate(databaseUrl('migrator', name));
		const { db, close } = connect(databaseUrl('app', name));
		after.unshift(close, drop);
		const settings = readSettings({
			KHEO_DATA: join(folder, name),
			KHEO_DATABASE_URL: databaseUrl('app', name),
			KHEO_MIGRATOR_URL: databaseUrl('migrator', name)
		});
		return { name, db, settings };
	};
});

const actor = operator('Đo');
const NO_CLUSTER = 'KHEO_TEST_CITUS_URL names no Citus cluster';

test('a PostgreSQL without Citus is not distributed', async ({ place, skip }) => {
	skip(CITUS_NODES.length > 0, 'this run is on a Citus cluster');
	const { name } = await place();
	await expect(distribute(databaseUrl('migrator', name))).rejects.toMatchObject({ code: 'database.citus_missing' });
});

test(
	'one server, an archive, a cluster and back: every figure and record is the same',
	{ timeout: 600_000 },
	async ({ place, skip }) => {
		skip(CITUS_NODES.length === 0, NO_CLUSTER);
		const single = await place();
		await blocWorld.fill(single.db);
		const path = join(tmpdir(), `kheo-${newId()}.tar`);
		await exportArchive(single.db, single.settings, { path });
		const cluster = await place();
		await importArchive(cluster.settings, { path, withoutKeys: true });
		await rm(path);

		const url = databaseUrl('migrator', cluster.name);
		expect(await distribute(url)).toMatchObject({ distributed: ['postings', 'actions', 'action_seals'] });
		expect(await distribute(url)).toMatchObject({ distributed: [], copied: [] });
		const told = await everything(cluster.db);
		expect(told).toEqual(await everything(single.db));

		await expect(sql`update postings set quantity = 2`.execute(cluster.db)).rejects.toThrow(/permission denied/);
		await withdrawOne(cluster.db);
		expect(await everything(cluster.db)).not.toEqual(told);
		await seal(cluster.db);
		expect(await verify(cluster.db)).toMatchObject({ broken: [], unsealed: 0 });

		await exportArchive(cluster.db, cluster.settings, { path });
		await expect(importArchive(cluster.settings, { path, withoutKeys: true })).rejects.toMatchObject({
			code: 'archive.distributed'
		});
		const back = await place();
		await importArchive(back.settings, { path, withoutKeys: true }).finally(() => rm(path));
		expect(await everything(back.db)).toEqual(await everything(cluster.db));
	}
);

/** As later migrations do: a column and an index of what is spread, a table of the coordinator, and one that is to be spread. */
const LATER = `
	alter table postings add column later text not null default 'trước';
	create index postings_later_index on postings (home_id, later);
	create table later_notes (id uuid primary key, unit_id uuid not null references units (id), note text not null);
	comment on table later_notes is 'Later.';
	grant select, insert on later_notes to kheo_app;
	create table later_marks (home_id uuid, id uuid, posting_id uuid not null, primary key (home_id, id),
		foreign key (home_id, posting_id) references postings (home_id, id));
	comment on table later_marks is 'Later.';
	grant select, insert on later_marks to kheo_app;
	create or replace function refresh_statistics() returns void language plpgsql security definer set search_path = public
		as $$ begin analyze postings; end $$;`;

test(
	'an upgrade after it was distributed: new columns, tables of the coordinator, tables that are spread',
	{ timeout: 300_000 },
	async ({ place, skip }) => {
		skip(CITUS_NODES.length === 0, NO_CLUSTER);
		const { db, name } = await place();
		const url = databaseUrl('migrator', name);
		await distribute(url);
		await blocWorld.fill(db);
		const told = await everything(db);
		const folder = await mkdtemp(join(tmpdir(), 'kheo-later-'));
		await cp(join(projectFolder(), 'db/migrations'), folder, { recursive: true });
		await writeFile(join(folder, '9999_later.sql'), LATER);
		expect(await migrate(url, { folder }).finally(() => rm(folder, { recursive: true }))).toEqual(['9999_later.sql']);
		expect(await distribute(url, [...SPREAD, 'later_marks'])).toMatchObject({
			distributed: ['later_marks'],
			copied: []
		});
		expect(await everything(db)).toEqual(told);
		await withdrawOne(db);
		await sql`insert into later_notes select ${newId()}::uuid, unit_id, 'Ghi' from unit_states limit 1`.execute(db);
		await sql`
			insert into later_marks (home_id, id, posting_id) select home_id, id, id from postings where quantity < 0`.execute(db);
		const { rows } = await sql<{ later: string }>`
			select p.later from later_marks m join postings p on p.home_id = m.home_id and p.id = m.posting_id`.execute(db);
		expect(rows).toEqual([{ later: 'trước' }]);
	}
);

/** Every figure of every unit that has others under it, with its parts and the first page of its records. */
async function everything(db: Db): Promise<unknown> {
	const { rows: units } = await sql<{ id: string }>`
		select unit_id as id from unit_states where present
			and unit_id in (select parent_id from unit_states where present) order by unit_id limit 6`.execute(db);
	const told: unknown[] = [];
	for (const { id: unitId } of units)
		for (const figure of FIGURES)
			for (const structure of ['then', 'now'] as const) {
				const question = { unitId, from: '2023-01-01', asOf: '2025-12-31', structure, knownAt: new Date('2099-01-01') };
				const by = figure.kind === 'change' ? [] : ['unit'];
				told.push(await ask(db, actor, figure, { ...question, by }));
				told.push(await records(db, actor, { figure, question }));
			}
	return told;
}

async function withdrawOne(db: Db): Promise<void> {
	const { rows } = await sql<{ id: string }>`
		select id from registrations where state = 'registered' and registered_on between '2023-01-01' and '2025-12-31'
		order by id limit 1`.execute(db);
	await withdraw(db, actor, { ids: [rows[0]?.id ?? ''], reason: 'Ghi nhầm' });
}
