type Waiting<I, O> = { item: I; resolve: (result: O) => void; reject: (error: unknown) => void };

/**
 * Carries out together what comes at the same time: the first at once, whoever comes while a round runs in the next one, at most
 * `atMost` in a round. A round answers what came of each, by throwing where it was refused; where the round itself fails, it
 * fails for all.
 */
export function makeGathering<I, O>(
	atMost: number,
	carryOut: (items: readonly I[]) => Promise<(item: I) => O>
): (item: I) => Promise<O> {
	const line: Waiting<I, O>[] = [];
	let isRunning = false;
	const run = async () => {
		isRunning = true;
		while (line.length > 0) await round(line.splice(0, atMost), carryOut);
		isRunning = false;
	};
	return (item) =>
		new Promise((resolve, reject) => {
			line.push({ item, resolve, reject });
			if (!isRunning) void run();
		});
}

async function round<I, O>(
	some: readonly Waiting<I, O>[],
	carryOut: (items: readonly I[]) => Promise<(item: I) => O>
): Promise<void> {
	const resultOf = await carryOut(some.map(({ item }) => item)).catch((error: unknown) => () => {
		throw error;
	});
	for (const { item, resolve, reject } of some) {
		try {
			resolve(resultOf(item));
		} catch (error) {
			reject(error);
		}
	}
}
