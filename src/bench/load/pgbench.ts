import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** For how long it inserts. */
export const SECONDS = 6;
const DEBIAN = '/usr/lib/postgresql';

/** Into what it inserts: a table of the columns of `postings` with its key alone; or one that is like it in all, for folding too. */
const TABLES = {
	plain: `
		create table yardstick as select * from postings limit 0;
		alter table yardstick add primary key (home_id, id);
		alter table yardstick alter recorded_at set default clock_timestamp();`,
	ledger: `
		create table yardstick (like postings including all, foreign key (unit_id) references units (id));
		create trigger facets after insert on yardstick referencing new table as added
			for each statement execute function check_posting_facets();
		create trigger folding after insert on yardstick referencing new table as added
			for each statement execute function await_folding();`
};
const CLEAR = `
	delete from unfolded using yardstick where unfolded.id = yardstick.id;
	drop table yardstick;`;

const insertion = (unitId: string) => `
	insert into yardstick (home_id, id, measure, unit_id, on_date, cohort_on, quantity, about, facets, noun, case_id, action_id)
	values ('${unitId}', gen_random_uuid(), 'model.registered', '${unitId}', current_date, current_date, 1, false,
		'{"kind": "model", "year": "2026", "field": "economy", "level": "base", "novelty": "new", "subject": "collective"}',
		'registration', gen_random_uuid(), gen_random_uuid());`;

/** Rows a second that so many clients of pgbench insert, each in its own durable transaction; null where there is no pgbench. */
export function insertRate(
	connection: string,
	{ clients, unitId, into }: { clients: number; unitId: string; into: keyof typeof TABLES }
): number | null {
	const bin = folderOfPgbench();
	if (bin === null) return null;
	const folder = mkdtempSync(join(tmpdir(), 'kheo-pgbench-'));
	const url = new URL(connection);
	url.pathname = '/kheo';
	try {
		const script = join(folder, 'insert.sql');
		writeFileSync(
			script,
			insertion(unitId)
				.replace(/\s*\n\s*/g, ' ')
				.trim()
		);
		run(join(bin, 'psql'), ['-q', '-c', TABLES[into], url.href]);
		const options = ['-n', '-f', script, '-c', String(clients), '-j', '2', '-T', String(SECONDS)];
		const said = run(join(bin, 'pgbench'), [...options, url.href]);
		run(join(bin, 'psql'), ['-q', '-c', CLEAR, url.href]);
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
