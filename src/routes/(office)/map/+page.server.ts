import { signedIn } from '#lib/accounts/guard.ts';
import { unitsWhere, type Actor } from '#lib/accounts/actor.ts';
import { figureNamed, FIGURES } from '#lib/catalogue.ts';
import type { Figure } from '#lib/figures/figure.ts';
import { figureHref } from '#lib/figures/figure-address.ts';
import { figureText } from '#lib/figures/format-figure.ts';
import { choosePeriod, latestPeriod, readPeriod } from '#lib/figures/period.server.ts';
import { currentPeriod, upTo, type Period } from '#lib/figures/period.ts';
import { drawingOf } from '#lib/maps/drawing.ts';
import { listShapes } from '#lib/maps/shape.server.ts';
import { shadeOf, stepsOf, type Step } from '#lib/maps/scale.ts';
import { layoutOf } from '#lib/maps/tiles.ts';
import { askProvinces, type ProvinceValue } from '#lib/maps/value.server.ts';
import { m } from '#lib/paraglide/messages.js';
import { get } from '#lib/places/place.server.ts';
import { REORGANISED_ON } from '#lib/places/gazetteer.ts';
import { readFullName } from '#lib/places/place.ts';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { word } from '#lib/ui/word.ts';
import { listOwn } from '#lib/units/unit.server.ts';
import { communesOf, outlinesHref } from './communes.server.ts';
import { legendOf } from './legend.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { db, ...locals }, url }) => {
	const actor = signedIn(locals);
	const figure = figureNamed(url.searchParams.get('figure') ?? 'models.registered');
	const now = today();
	const period = readPeriod(url.searchParams, now) ?? (await usualPeriod(db, actor, { figure, day: now }));
	const structure = url.searchParams.get('structure') === 'now' ? 'now' : 'then';
	const day = structure === 'now' ? now : period.asOf;
	const question = { figure, ...period, structure, day } as const;
	const values = await askProvinces(db, actor, question);
	const code = url.searchParams.get('in');
	const province = values.find(({ place }) => place.code === code);
	const within = (one: string) => `/map?${new URLSearchParams({ ...keep, ...period, in: one })}`;
	const shapes = await listShapes(
		db,
		values.map(({ place }) => place.id)
	);
	const drawing = drawingOf(shapes);
	const view = url.searchParams.get('view') === 'shapes' ? 'shapes' : 'tiles';
	const told = values.flatMap(({ answer }) => (typeof answer?.value === 'number' ? [answer.value] : []));
	const steps = stepsOf(told);
	const { keep } = choosePeriod(url, period, now);
	const { in: _in, ...withoutIn } = keep;
	const at = async (way: 'then' | 'now') => {
		const same = province && (await get(db, province.place.id, way === 'now' ? now : period.asOf));
		// The same code may be another province's on the other day.
		const params = new URLSearchParams({ ...withoutIn, ...period, structure: way });
		if (same?.isOfDay && same.code) params.set('in', same.code);
		return `/map?${params}`;
	};
	const viewed = (way: 'tiles' | 'shapes') => `/map?${new URLSearchParams({ ...keep, ...period, view: way })}`;
	return {
		communes: await communesOf(db, actor, { question, province }),
		whole: `/map?${new URLSearchParams({ ...withoutIn, ...period })}`,
		figure: { name: figure.name, label: word('figure', figure.name) },
		figures: FIGURES.map(({ name }) => ({ value: name, label: word('figure', name) })),
		period: choosePeriod(url, period, now),
		days: period,
		structure,
		ways: [
			{ href: await at('then'), label: m.map_then({ count: countOn(period.asOf) }), current: structure === 'then' },
			{ href: await at('now'), label: m.map_now({ count: countOn(now) }), current: structure === 'now' }
		],
		view,
		drawing: view === 'shapes' ? drawing : null,
		outlines: outlinesHref(shapes, { day, in: null }),
		views:
			drawing === null
				? []
				: [
						{ href: viewed('tiles'), label: m.map_view_tiles(), current: view === 'tiles' },
						{ href: viewed('shapes'), label: m.map_view_shapes(), current: view === 'shapes' }
					],
		layout: layoutOf(day < REORGANISED_ON ? 'before' : 'since'),
		hasAny: told.length > 0,
		legend: legendOf(figure, steps),
		provinces: values.map((one) => shown(one, { figure, steps, within }))
	};
};

function shown(
	{ place, answer, address, unitId }: ProvinceValue,
	{ figure, steps, within }: { figure: Figure; steps: readonly Step[]; within: (code: string) => string }
) {
	return {
		id: place.id,
		code: place.code ?? '',
		within: unitId && place.code ? within(place.code) : null,
		name: place.name,
		bare: readFullName('province', place.name)?.name ?? place.name,
		shade: typeof answer?.value === 'number' ? shadeOf(answer.value, steps) : 0,
		isOutside: answer === null,
		text: valueText(figure, answer),
		address,
		href: address && figureHref(address)
	};
}

function countOn(day: string): number {
	return layoutOf(day < REORGANISED_ON ? 'before' : 'since').tiles.length;
}

function valueText(figure: Figure, answer: ProvinceValue['answer']): string {
	if (answer === null) return m.map_outside();
	return figureText(figure, answer);
}

/** The last period in which the reader's own unit had anything of the figure. */
async function usualPeriod(db: Db, actor: Actor, { figure, day }: { figure: Figure; day: string }): Promise<Period> {
	const readable = actor.everything ? null : unitsWhere(actor, 'figure.read');
	const top = (await listOwn(db, actor)).find(({ id }) => readable?.includes(id) ?? true);
	const latest = top && (await latestPeriod(db, actor, { figure, unitId: top.id, day }));
	return latest ?? upTo(currentPeriod(day), day);
}
