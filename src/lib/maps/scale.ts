/** Values sorted into steps of darkness, which the legend tells in words. Pure. */

export type Step = { from: number; to: number };

/** A place as a map shows it: `shade` 1…5, 0 where there is no number; `text` the value as it is read; `href` where it leads. */
export type Area = {
	id: string;
	name: string;
	shade: number;
	isOutside: boolean;
	text: string;
	href: string | null;
};

const STEPS = 5;

/** At most five steps with about as many values in each; zero is a step of its own. Equal values are never parted. */
export function stepsOf(values: readonly number[]): Step[] {
	const sorted = values.filter((value) => value !== 0).toSorted((a, b) => a - b);
	const zero = sorted.length < values.length ? [{ from: 0, to: 0 }] : [];
	const distinct = [...new Set(sorted)];
	const count = Math.min(STEPS - zero.length, distinct.length);
	const steps: Step[] = [];
	for (let step = 0; step < count; step++) {
		const begin = Math.round((step * distinct.length) / count);
		const end = Math.round(((step + 1) * distinct.length) / count) - 1;
		const [from, to] = [distinct[begin], distinct[end]];
		if (from !== undefined && to !== undefined) steps.push({ from, to });
	}
	return [...zero, ...steps].toSorted((a, b) => a.from - b.from);
}

/** The step in which a value lies, from 1 up; darker ones are spread over all five where there are fewer. */
export function shadeOf(value: number, steps: readonly Step[]): number {
	const index = steps.findIndex(({ from, to }) => value >= from && value <= to);
	return steps.length <= 1 ? 3 : 1 + Math.round((Math.max(index, 0) * (STEPS - 1)) / (steps.length - 1));
}
