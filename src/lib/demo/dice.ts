/** Chance that comes out the same every time: the demonstration world is known by heart. (mulberry32) */
export type Dice = {
	whole: (below: number) => number;
	pick: <T>(from: readonly T[]) => T;
	shuffle: <T>(items: readonly T[]) => T[];
};

export function dice(seed: number): Dice {
	let state = seed >>> 0;
	function roll(): number {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	}
	function whole(below: number): number {
		return Math.floor(roll() * below);
	}
	function pick<T>(from: readonly T[]): T {
		const chosen = from[whole(from.length)];
		if (chosen === undefined) throw new Error('nothing to pick from');
		return chosen;
	}
	function shuffle<T>(items: readonly T[]): T[] {
		const left = [...items];
		return items.map(() => {
			const [chosen] = left.splice(whole(left.length), 1);
			if (chosen === undefined) throw new Error('nothing left to shuffle');
			return chosen;
		});
	}
	return { whole, pick, shuffle };
}

/** The day `days` after `from`. */
export function dayAfter(from: string, days: number): string {
	return new Date(Date.parse(`${from}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
