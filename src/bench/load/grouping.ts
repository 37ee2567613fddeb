import type { Measured } from '../table.ts';
import { idOf } from '../world/units.ts';
import { callFrom, within_ms } from './calling.ts';
import { flushesIn } from './flushes.ts';
import type { Ground } from './ground.ts';
import { insertRate, SECONDS } from './pgbench.ts';
import { registering } from './registering.ts';

const AT_A_TIME = [16, 64, 256];
const PATIENCE_S = 600;

/** The embedded PostgreSQL has a hundred connections. */
const MOST_CLIENTS = 64;
/** One for the write; a token is noted as used once a minute, which three writes share. */
const MOST_FLUSHES = 1.4;

/** How often PostgreSQL waits for the disk for one acknowledged write, while so many programs ask at a time; beside pgbench's rows. */
export async function measureGrouping({ access: { superuser }, country, serve }: Ground): Promise<Measured[]> {
	const serving = await serve();
	const call = { url: serving.address, rate: null, patience_s: PATIENCE_S };
	const each = Math.floor(country.communes.length / AT_A_TIME.length);
	const unitId = idOf(country.communes[0]?.unit ?? '');
	try {
		const measured: Measured[] = [];
		for (const [turn, connections] of AT_A_TIME.entries()) {
			const some = country.communes.slice(turn * each, (turn + 1) * each);
			const chains = some.map((caller, n) => registering(caller, n));
			const ours = await flushesIn(superuser, () => callFrom({ ...call, connections, chains }));
			const { latencies_ms, seconds } = ours.result;
			const clients = Math.min(connections, MOST_CLIENTS);
			const plain = await flushesIn(superuser, () =>
				Promise.resolve(insertRate(superuser, { clients, unitId, into: 'plain' }))
			);
			const p95 = Math.round(within_ms(latencies_ms, 0.95));
			const pace = `${Math.round(latencies_ms.length / seconds)}/s, p95 ${p95} ms`;
			measured.push({
				what: `waits for the disk for a write, ${connections} programs at a time (${pace})`,
				value: ours.flushes / latencies_ms.length,
				unit: '×',
				target: MOST_FLUSHES,
				yardstick:
					plain.result === null
						? null
						: {
								what: `for a row of pgbench's ${clients} clients (${Math.round(plain.result)}/s)`,
								value: plain.flushes / (plain.result * SECONDS)
							}
			});
		}
		return measured;
	} finally {
		await serving.stop();
	}
}
