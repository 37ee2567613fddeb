import { signedIn } from '#lib/accounts/guard.ts';
import { figureNamed, FIGURES } from '#lib/catalogue.ts';
import { ask } from '#lib/figures/ask.server.ts';
import { yearBefore, type Figure } from '#lib/figures/figure.ts';
import { figureText } from '#lib/figures/format-figure.ts';
import { choosePeriod, latestPeriod, readPeriod } from '#lib/figures/period.server.ts';
import { currentPeriod, upTo } from '#lib/figures/period.ts';
import { m } from '#lib/paraglide/messages.js';
import { today } from '#lib/server/clock.ts';
import { word } from '#lib/ui/word.ts';
import { unitOfTotals } from '#lib/units/chosen.server.ts';
import { listAbove } from '#lib/units/unit.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const actor = signedIn(locals);
	const unit = await unitOfTotals(locals.db, actor, url);
	const day = today();
	const asked = readPeriod(url.searchParams, day);
	const figure = figureNamed('models.registered');
	const latest = asked ? null : await latestPeriod(locals.db, actor, { figure, unitId: unit.id, day });
	const period = asked ?? latest ?? upTo(currentPeriod(day), day);
	const before = { from: yearBefore(period.from), asOf: yearBefore(period.asOf) };
	const value = (figure: Figure, days: typeof period) => ask(locals.db, actor, figure, { unitId: unit.id, ...days });
	const rows = await Promise.all(
		FIGURES.map(async (figure) => {
			const now = await value(figure, period);
			const then = figure.kind === 'change' ? null : await value(figure, before);
			const label = word('figure', figure.name);
			const address = { figure: figure.name, unit: unit.code };
			return {
				name: figure.name,
				definition: word('figure', `${figure.name}.definition`),
				now: { address: { ...address, ...period }, text: figureText(figure, now), label },
				before: then && { address: { ...address, ...before }, text: figureText(figure, then), label },
				change: then ? difference(figure, now.value, then.value) : ''
			};
		})
	);
	const above = (await listAbove(locals.db, unit.id)).slice(0, -1);
	return {
		unit,
		rows,
		// Totals of the offices above are open to those under them.
		above: above.map(({ code, name }) => ({
			name,
			href: `/figures?${new URLSearchParams({ unit: code, ...period })}`
		})),
		period: choosePeriod(url, period, day)
	};
};

/** Shares differ by points of a hundred, not by per cent. */
function difference(figure: Figure, now: number | null, then: number | null): string {
	if (now === null || then === null) return '';
	const about = false;
	if (figure.unitOfMeasure !== 'percent')
		return figureText({ unitOfMeasure: 'difference' }, { value: now - then, about });
	const points = figureText({ unitOfMeasure: 'percent_change' }, { value: now - then, about });
	return m.figures_points({ points: points.replace('%', '') });
}
