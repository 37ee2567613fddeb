/** One measured thing. `yardstick`: the same work by hand on this machine in the same run, in the same unit. */
export type Measured = {
	what: string;
	value: number | null;
	unit: 'ms' | 'MB' | 'kB' | '×' | '';
	target: number;
	/** The target is the least that it should be, not the most. */
	isLeast?: boolean;
	yardstick: { what: string; value: number } | null;
};

/** A table for the screen. */
export function formatTable(measured: readonly Measured[]): string {
	const rows = measured.map(({ what, value, unit, target, isLeast = false, yardstick }) => [
		value === null ? '?' : (isLeast ? value >= target : value <= target) ? '✓' : '✗',
		what,
		value === null ? 'not told by this system' : `${round(value)} ${unit}`,
		`${isLeast ? '≥' : '≤'} ${target} ${unit}`,
		yardstick ? `${round(yardstick.value)} ${unit} ${yardstick.what}${ratioTo(value, yardstick.value)}` : ''
	]);
	const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
	return rows
		.map(
			(row) =>
				`${row
					.map((cell, i) => cell.padEnd(widths[i] ?? 0))
					.join('  ')
					.trimEnd()}\n`
		)
		.join('');
}

/** How many times the yardstick; a value that is a share already says so itself. */
function ratioTo(value: number | null, yardstick: number): string {
	return value === null || yardstick === 1 || yardstick === 0 ? '' : `: ${round(value / yardstick)} ×`;
}

function round(value: number): number {
	if (value < 3) return Math.round(value * 100) / 100;
	return value < 10 ? Math.round(value * 10) / 10 : Math.round(value);
}

/** The median time of `times` runs, after one to warm up, in ms. */
export async function median_ms(times: number, work: () => Promise<unknown>): Promise<number> {
	return (await medians_ms(times, [work, () => Promise.resolve()]))[0];
}

/** The same of two works, turn by turn: whatever else the machine does slows both. */
export async function medians_ms(
	times: number,
	[one, other]: readonly [() => Promise<unknown>, () => Promise<unknown>]
): Promise<[number, number]> {
	await one();
	await other();
	const taken: [number[], number[]] = [[], []];
	for (let i = 0; i < times; i += 1) {
		taken[0].push(await time_ms(one));
		taken[1].push(await time_ms(other));
	}
	return [middle(taken[0]), middle(taken[1])];
}

function middle(taken: number[]): number {
	return taken.sort((a, b) => a - b)[Math.floor(taken.length / 2)] ?? 0;
}

/** How long it took, in ms. */
export async function time_ms(work: () => Promise<unknown>): Promise<number> {
	const begun = performance.now();
	await work();
	return performance.now() - begun;
}
