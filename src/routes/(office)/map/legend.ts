import type { Figure } from '#lib/figures/figure.ts';
import { figureText } from '#lib/figures/format-figure.ts';
import { shadeOf, type Step } from '#lib/maps/scale.ts';
import { m } from '#lib/paraglide/messages.js';

/** What each step of darkness stands for, in words. */
export function legendOf(figure: Figure, steps: readonly Step[]) {
	const text = (value: number) => figureText(figure, { value, about: false });
	return steps.map(({ from, to }) => ({
		shade: shadeOf(from, steps),
		text: from === to ? text(from) : m.map_range({ from: text(from), to: text(to) })
	}));
}
