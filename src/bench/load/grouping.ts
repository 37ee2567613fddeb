import type { Measured } from '../table.ts';
import { callFrom, within_ms } from './calling.ts';
import { flushesIn } from './flushes.ts';
import type { Ground } from './ground.ts';
import { registering } from './registering.ts';

const AT_A_TIME = [16, 64, 256];
const PATIENCE_S = 600;

/** How many acknowledged writes share one wait for the disk, while so many programs ask at a time. */
export async function measureGrouping({ access, country, serve }: Ground): Promise<Measured[]> {
	const serving = await serve();
	const call = { url: serving.address, rate: null, patience_s: PATIENCE_S };
	const each = Math.floor(country.communes.length / AT_A_TIME.length);
	try {
		const measured: Measured[] = [];
		for (const [turn, connections] of AT_A_TIME.entries()) {
			const some = country.communes.slice(turn * each, (turn + 1) * each);
			const chains = some.map((caller, n) => registering(caller, n));
			const { result, flushes } = await flushesIn(access.superuser, () => callFrom({ ...call, connections, chains }));
			const { latencies_ms, seconds } = result;
			measured.push({
				what: `writes a flush of the log, ${connections} programs at a time`,
				value: latencies_ms.length / flushes,
				unit: '×',
				target: 1,
				isLeast: true,
				yardstick: {
					what: `one each (${Math.round(latencies_ms.length / seconds)}/s, p95 ${Math.round(within_ms(latencies_ms, 0.95))} ms)`,
					value: 1
				}
			});
		}
		return measured;
	} finally {
		await serving.stop();
	}
}
