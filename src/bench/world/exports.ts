import { spawn } from 'node:child_process';
import { sql } from 'kysely';
import { fileURLToPath } from 'node:url';
import type { Db } from '#lib/server/db.ts';
import { watchMemory } from '../serving.ts';
import { time_ms, type Measured } from '../table.ts';
import { idOf, TOP } from './units.ts';

/** Of the country's registrations these are a million. */
const FIELD = 'culture_society';
const MILLION_MS = 60_000;
/** The memory that `script/server` gives: without a limit the program lets its garbage lie. */
const AS_SERVED = ['--max-semi-space-size=4', '--max-old-space-size=512'];

/** The list of a field as both kinds of files: how long, and the most memory that the writing process had. */
export async function measureExports(db: Db, data: string): Promise<Measured[]> {
	const { rows } = await sql<{ count: number }>`
		select count(*)::bigint as count from registrations where field = ${FIELD}`.execute(db);
	const count = rows[0]?.count ?? 0;
	const byHand = await time_ms(() =>
		sql`select count(r.name || r.place) from registrations r where field = ${FIELD}`.execute(db)
	);
	const measured: Measured[] = [];
	for (const format of ['csv', 'xlsx']) {
		const { taken_ms, most_mb } = await write(format, data);
		measured.push({
			what: `${count} lines as .${format}`,
			value: taken_ms,
			unit: 'ms',
			target: Math.ceil((MILLION_MS * count) / 1_000_000),
			yardstick: { what: 'the same lines only read', value: byHand }
		});
		measured.push({
			what: `memory while writing .${format}`,
			value: most_mb,
			unit: 'MB',
			target: 200,
			yardstick: null
		});
	}
	return measured;
}

async function write(format: string, data: string): Promise<{ taken_ms: number; most_mb: number | null }> {
	const program = fileURLToPath(new URL('export-once.ts', import.meta.url));
	const writer = spawn(process.execPath, [...AS_SERVED, program, format, idOf(TOP), FIELD], {
		stdio: ['ignore', 'pipe', 'inherit'],
		env: { ...process.env, KHEO_DATA: data }
	});
	const memory = watchMemory(writer.pid ?? 0);
	const ended = new Promise<number | null>((resolve) => writer.once('exit', resolve));
	writer.stdout.resume();
	const begun = performance.now();
	const code = await ended;
	const taken_ms = performance.now() - begun;
	const most_mb = memory();
	if (code !== 0) throw new Error(`writing .${format} ended with ${code}`);
	return { taken_ms, most_mb };
}
