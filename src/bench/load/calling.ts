import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Outcome, type Call } from './asked.ts';

/** Lets another process call, and waits for what came of it. */
export async function callFrom(call: Call): Promise<Outcome> {
	const caller = fork(fileURLToPath(new URL('caller.ts', import.meta.url)), { execArgv: [] });
	try {
		caller.send(call);
		const ended = once(caller, 'exit').then(([code]) => {
			throw new Error(`the calling process ended with ${code}`);
		});
		const [message] = await Promise.race([once(caller, 'message'), ended]);
		return Outcome.parse(message);
	} finally {
		caller.removeAllListeners();
		caller.kill();
	}
}

/** The time within which this share of the answers came, in ms. */
export function within_ms(latencies_ms: readonly number[], share: number): number {
	const sorted = latencies_ms.toSorted((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
