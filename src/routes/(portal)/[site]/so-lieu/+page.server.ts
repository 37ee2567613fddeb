import { askPublic } from '#lib/figures/public.server.ts';
import { figureText } from '#lib/figures/format-figure.ts';
import { formatDay } from '#lib/vietnamese/format.ts';
import { PUBLIC_FIGURES, readYear } from './public-figures.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { db }, url, parent }) => {
	const { frame } = await parent();
	const { year, years, period } = await readYear(db, frame.unitId, url);
	const figures = await Promise.all(
		PUBLIC_FIGURES.map(async (figure) => {
			const { isHidden, ...answer } = await askPublic(db, figure, { unitId: frame.unitId, ...period });
			return { name: figure.name, text: isHidden ? null : figureText(figure, answer) };
		})
	);
	return { year, years, asOf: formatDay(period.asOf), figures };
};
