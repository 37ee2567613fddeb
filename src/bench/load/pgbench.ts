import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** For how long it inserts. */
export const SECONDS = 6;
const DEBIAN = '/usr/lib/postgresql';

/** A plain table: what a posting holds, a key, no other index, nothing checked. */
const TABLE = `
	drop table if exists yardstick;
	create table yardstick (id uuid primary key, home_id uuid, measure text, unit_id uuid, on_date date, cohort_on date,
		recorded_at timestamptz default clock_timestamp(), quantity bigint, facets jsonb, noun text, case_id uuid, action_id uuid);`;

const INSERT = `
	insert into yardstick (id, home_id, measure, unit_id, on_date, cohort_on, quantity, facets, noun, case_id, action_id)
	values (gen_random_uuid(), '01900000-0000-7000-8000-000000000001', 'model.registered', '01900000-0000-7000-8000-000000000002',
		current_date, current_date, 1, '{"kind": "model", "year": "2026", "field": "economy", "level": "base", "novelty": "new",
		"subject": "collective"}', 'registration', '01900000-0000-7000-8000-000000000003', '01900000-0000-7000-8000-000000000004');`;

/** Rows a second that so many clients of pgbench insert, each in its own durable transaction; null where there is no pgbench. */
export function insertRate(connection: string, clients: number): number | null {
	const bin = folderOfPgbench();
	if (bin === null) return null;
	const folder = mkdtempSync(join(tmpdir(), 'kheo-pgbench-'));
	const url = new URL(connection);
	url.pathname = '/kheo';
	try {
		const script = join(folder, 'insert.sql');
		writeFileSync(script, INSERT.replace(/\s*\n\s*/g, ' ').trim());
		run(join(bin, 'psql'), ['-q', '-c', TABLE, url.href]);
		const options = ['-n', '-f', script, '-c', String(clients), '-j', '2', '-T', String(SECONDS)];
		const said = run(join(bin, 'pgbench'), [...options, url.href]);
		run(join(bin, 'psql'), ['-q', '-c', 'drop table yardstick', url.href]);
		return Number(/tps = ([\d.]+)/.exec(said)?.[1] ?? Number.NaN);
	} finally {
		rmSync(folder, { recursive: true });
	}
}

function folderOfPgbench(): string | null {
	const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).toSorted((a, b) => Number(b) - Number(a)) : [];
	const folders = [
		...(process.env['PATH'] ?? '').split(':'),
		...versions.map((version) => join(DEBIAN, version, 'bin'))
	];
	return folders.find((folder) => existsSync(join(folder, 'pgbench')) && existsSync(join(folder, 'psql'))) ?? null;
}

function run(program: string, args: readonly string[]): string {
	const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
	if (status !== 0) throw new Error(`${program}: ${stderr}`);
	return stdout;
}
