import { askPublic, partsOfPublic } from '#lib/figures/public.server.ts';
import { figureText } from '#lib/figures/format-figure.ts';
import { problem } from '#lib/server/problem.ts';
import { word } from '#lib/ui/word.ts';
import { formatDay, formatNumber } from '#lib/vietnamese/format.ts';
import { PUBLIC_FIGURES, readYear } from '../public-figures.server.ts';
import type { PageServerLoad } from './$types';

/** One facet only: two of one whole could be taken from each other. */
const FACET = 'field';

export const load: PageServerLoad = async ({ locals: { db }, params, url, parent }) => {
	const { frame } = await parent();
	const figure = PUBLIC_FIGURES.find(({ name }) => name === params.name);
	if (!figure) throw problem('input.not_found');
	const { year, years, period } = await readYear(db, frame.unitId, url);
	const asked = { unitId: frame.unitId, ...period };
	const { isHidden, ...answer } = await askPublic(db, figure, asked);
	const isCounted = figure.kind === 'flow' || figure.kind === 'cohort';
	const parts = isCounted ? await partsOfPublic(db, figure, { ...asked, by: FACET }) : [];
	return {
		name: figure.name,
		law: figure.law,
		year,
		years,
		asOf: formatDay(period.asOf),
		text: isHidden ? null : figureText(figure, answer),
		hasHidden: isHidden || parts.some(({ value }) => value === null),
		parts: parts.map(({ key, value }) => ({
			label: word(FACET, key),
			text: value === null ? null : formatNumber(value)
		}))
	};
};
