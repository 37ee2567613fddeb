import type { Figure } from '#lib/figures/figure.ts';
import { MODEL_FIGURES } from '#lib/models/model.figures.ts';
import { problem } from '#lib/server/problem.ts';

/** Every figure of Khéo, in the order in which lists show them. */
export const FIGURES: readonly Figure[] = [...MODEL_FIGURES];

/** Measures of which figures count the units that have any. */
export const COUNTED_BY_UNIT: readonly string[] = [
	...new Set(
		FIGURES.flatMap((figure) =>
			figure.kind === 'units_with' || figure.kind === 'units_without' ? [figure.base.measure] : []
		)
	)
];

/** The figure of this name; refuses an unknown one. */
export function figureNamed(name: string): Figure {
	const figure = FIGURES.find((candidate) => candidate.name === name);
	if (!figure) throw problem('figure.not_found', { name });
	return figure;
}
