import { existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { exportArchive } from '#lib/archive/export.server.ts';
import { importArchive } from '#lib/archive/import.server.ts';
import { copyIn, copyOut } from '#lib/server/copy.ts';
import type { Db } from '#lib/server/db.ts';
import { joinCluster } from '#lib/server/postgres.ts';
import { readSettings } from '#lib/server/settings.ts';
import { time_ms, type Measured } from '../table.ts';

const TEN_MINUTES_MS = 600_000;

/**
 * The whole world into one archive and back into an empty installation beside it, which compares every table's digest before
 * it commits; beside it COPY of postings into a table that has their columns and nothing else.
 */
export async function measureArchive(db: Db, { data, folder }: { data: string; folder: string }): Promise<Measured[]> {
	const path = join(folder, 'world.tar');
	const restored = join(folder, 'restored');
	for (const left of [path, restored]) rmSync(left, { recursive: true, force: true });
	try {
		let rows = 0;
		const out = await time_ms(async () => {
			const { manifest } = await exportArchive(db, readSettings({ KHEO_DATA: data }), { path });
			rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
		});
		const back = await time_ms(() => importArchive(readSettings({ KHEO_DATA: restored }), { path, withoutKeys: true }));
		const { copied, took } = await copyPostings(data);
		const archive_mb = Math.round(statSync(path).size / 1_000_000);
		const speed = (count: number, ms: number): string => `${Math.round(count / ms)} thousand rows/s`;
		return [
			{
				what: `the whole as one archive: ${rows} rows, ${archive_mb} MB`,
				value: out,
				unit: 'ms',
				target: TEN_MINUTES_MS,
				yardstick: null
			},
			{
				what: 'the archive restored, digests compared',
				value: back,
				unit: 'ms',
				target: TEN_MINUTES_MS,
				yardstick: null
			},
			{
				what: `COPY's speed (${speed(copied, took)}) against the restoring's (${speed(rows, back)})`,
				value: copied / took / (rows / back),
				unit: '×',
				target: 5,
				yardstick: { what: 'of the postings into a bare table', value: 1 }
			}
		];
	} finally {
		for (const left of [path, restored]) if (existsSync(left)) rmSync(left, { recursive: true });
	}
}

const COPIED = 300_000;

/** What COPY alone takes for a part of the postings, of a table without keys and indexes. */
async function copyPostings(data: string): Promise<{ copied: number; took: number }> {
	const presence = await joinCluster(data);
	const client = new pg.Client({ connectionString: presence.access.migrator, application_name: 'kheo bench' });
	try {
		await client.connect();
		const pieces: Buffer[] = [];
		const columns =
			'home_id, id, measure, unit_id, on_date, cohort_on, recorded_at, quantity, facets, noun, case_id, action_id';
		const out = `copy (select ${columns} from postings limit ${COPIED}) to stdout`;
		for await (const { bytes } of copyOut(client, out)) pieces.push(Buffer.from(bytes));
		await client.query(`create temporary table bare as select ${columns} from postings limit 0`);
		let copied = 0;
		const took = await time_ms(async () => {
			copied = await copyIn(client, `copy bare (${columns}) from stdin`, Buffer.concat(pieces));
		});
		return { copied, took };
	} finally {
		await client.end();
		await presence.leave();
	}
}
