import { sql } from 'kysely';
import { setTimeout } from 'node:timers/promises';
import type { Db } from '#lib/server/db.ts';
import { runningCluster } from '#lib/server/postgres.process.ts';
import type { Measured } from '../table.ts';
import type { Outcome } from './asked.ts';
import { callFrom, within_ms } from './calling.ts';
import type { Ground } from './ground.ts';
import { compare } from './receipts.ts';
import { registering } from './registering.ts';

/** Of all who register, this share comes in the last tenth of the time. */
const LATE = 0.8;
const CONNECTIONS = 256;
const PATIENCE_S = 900;

/**
 * Every commune registers, hands up and has accepted one model within `seconds`, four fifths of them in the last tenth. `killed`:
 * there the server and its PostgreSQL are killed and started again, while the programs go on asking with the same keys.
 */
export async function measureDeadline(
	{ db, data, country, serve }: Ground,
	{ seconds, killed }: { seconds: number; killed: boolean }
): Promise<Measured[]> {
	const chains = country.communes.map((caller, n) => registering(caller, n));
	const early = chains.slice(0, Math.round(chains.length * (1 - LATE)));
	const late = chains.slice(early.length);
	const first_s = seconds * 0.9;
	const last_s = seconds - first_s;
	let serving = await serve();
	const call = { url: serving.address, connections: CONNECTIONS, patience_s: PATIENCE_S };
	try {
		const calm = await callFrom({ ...call, rate: Math.ceil((early.length * 3) / first_s), chains: early });
		const rush = callFrom({ ...call, rate: null, chains: late });
		if (killed) {
			await answered(db, (early.length + late.length / 2) * 3);
			await Promise.all([serving.kill(), killCluster(data)]);
			serving = await serve();
		}
		const outcome = await rush;
		const compared = await compare(db, chains, [...calm.receipts, ...outcome.receipts]);
		const what = killed ? 'deadline hour with a kill' : 'deadline hour';
		tell(what, { calm, rush: outcome });
		return [
			...(killed ? [] : pace({ calm, rush: outcome, last_s })),
			counted(
				`${what}: receipts of ${chains.length * 3} requests that are missing`,
				chains.length * 3 - compared.receipts
			),
			counted(`${what}: rows beyond the ${compared.receipts} receipts`, compared.rows - compared.receipts),
			counted(`${what}: models not exactly as acknowledged`, compared.amiss),
			counted(`${what}: keys answered in two ways`, calm.differing + outcome.differing)
		];
	} finally {
		await serving.stop();
	}
}

function pace({ calm, rush, last_s }: { calm: Outcome; rush: Outcome; last_s: number }): Measured[] {
	const requests = rush.latencies_ms.length;
	const percentile = (of: Outcome, share: number) => Math.round(within_ms(of.latencies_ms, share));
	const spread = (of: Outcome) => `p50 ${percentile(of, 0.5)}, p99 ${percentile(of, 0.99)} ms`;
	return [
		{
			what: `deadline hour: the first fifth, p95 (${spread(calm)})`,
			value: percentile(calm, 0.95),
			unit: 'ms',
			target: 200,
			yardstick: null
		},
		{
			what: `deadline hour: the rush of ${CONNECTIONS} at a time, p95 (${spread(rush)})`,
			value: percentile(rush, 0.95),
			unit: 'ms',
			target: 3000,
			yardstick: null
		},
		{
			what: `deadline hour: ${requests} requests of the last tenth (${Math.round(requests / rush.seconds)}/s)`,
			value: rush.seconds * 1000,
			unit: 'ms',
			target: last_s * 1000,
			yardstick: null
		}
	];
}

function counted(what: string, value: number): Measured {
	return { what, value, unit: '', target: 0, yardstick: null };
}

function tell(what: string, outcomes: Readonly<Record<string, Outcome>>): void {
	for (const [when, { latencies_ms, refused, replayed, lost, seconds }] of Object.entries(outcomes)) {
		const told = { when, answered: latencies_ms.length, refused, replayed, lost, seconds: Math.round(seconds) };
		process.stderr.write(`· ${what}: ${JSON.stringify(told)}\n`);
	}
}

/** Waits until so many writes were carried out. */
async function answered(db: Db, count: number): Promise<void> {
	for (;;) {
		const { rows } = await sql<{ count: number }>`select count(*)::bigint as count from idempotency_keys`.execute(db);
		if ((rows[0]?.count ?? 0) >= count) return;
		await setTimeout(50);
	}
}

async function killCluster(data: string): Promise<void> {
	const running = runningCluster(data);
	if (running) process.kill(running.pid, 'SIGKILL');
	await setTimeout(100);
}
