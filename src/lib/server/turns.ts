import { problem } from './problem.ts';

/** Lets so many in at a time; whoever comes then waits in line. `take` answers how to leave. */
export type Turns = { take: () => Promise<() => void> };

/** Carries out one piece of work when its turn comes. */
export async function inTurn<T>(turns: Turns, work: () => Promise<T>): Promise<T> {
	const leave = await turns.take();
	try {
		return await work();
	} finally {
		leave();
	}
}

/** Who waited for `patience_ms` is refused (`database.crowded`) and can come again: nothing was done. */
export function makeTurns({ atOnce, patience_ms }: { atOnce: number; patience_ms: number }): Turns {
	let free = atOnce;
	const line = new Set<() => void>();
	const leave = () => {
		const [next] = line;
		if (next) next();
		else free += 1;
	};
	const wait = () =>
		new Promise<void>((resolve, reject) => {
			const call = () => {
				clearTimeout(timer);
				line.delete(call);
				resolve();
			};
			const timer = setTimeout(() => {
				line.delete(call);
				reject(problem('database.crowded'));
			}, patience_ms);
			line.add(call);
		});
	return {
		take: async () => {
			if (free > 0) free -= 1;
			else await wait();
			let isTaken = true;
			return () => {
				if (isTaken) leave();
				isTaken = false;
			};
		}
	};
}
