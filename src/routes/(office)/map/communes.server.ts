import type { Actor } from '#lib/accounts/actor.ts';
import { figureHref } from '#lib/figures/figure-address.ts';
import { figureText } from '#lib/figures/format-figure.ts';
import { askCommunes } from '#lib/maps/commune-value.server.ts';
import { drawingOf } from '#lib/maps/drawing.ts';
import { shadeOf, stepsOf } from '#lib/maps/scale.ts';
import { listShapes, type DrawnShape } from '#lib/maps/shape.server.ts';
import type { MapQuestion, ProvinceValue } from '#lib/maps/value.server.ts';
import { m } from '#lib/paraglide/messages.js';
import { listIn, listPage } from '#lib/places/place.server.ts';
import type { Db } from '#lib/server/db.ts';
import { legendOf } from './legend.ts';

const COMMUNES_AT_MOST = 2000;

/** The communes of a province on a day, by code, with the district that they lay in before there were none. */
export async function listCommunes(db: Db, placeId: string, day: string) {
	const page = { day, tier: 'commune', limit: COMMUNES_AT_MOST } as const;
	const districts = new Map((await listIn(db, placeId, day)).map((place) => [place.id, place]));
	return (await listPage(db, placeId, page)).map((place) => ({
		...place,
		district: districts.get(place.parentId ?? '')?.name ?? null
	}));
}

/** Where the map that zooms asks for its outlines; null where those taken in are only enough for drawing. */
export function outlinesHref(
	shapes: readonly DrawnShape[],
	{ day, in: code }: { day: string; in: string | null }
): string | null {
	if (!shapes.some(({ isFine }) => isFine)) return null;
	return `/map/outlines.json?${new URLSearchParams({ day, ...(code === null ? {} : { in: code }) })}`;
}

/** A province's communes with what each registered; null where there is nothing to tell by commune. */
export async function communesOf(
	db: Db,
	actor: Actor,
	{ question, province }: { question: MapQuestion; province: ProvinceValue | undefined }
) {
	if (!province?.unitId) return null;
	const { figure, from, asOf, structure, day } = question;
	const of = { question, unitId: province.unitId, placeId: province.place.id };
	const told = await askCommunes(db, actor, of);
	const communes = await listCommunes(db, province.place.id, day);
	if (!told || communes.length === 0) return null;
	const shapes = await listShapes(
		db,
		communes.map(({ id }) => id)
	);
	const steps = stepsOf([...told.values.values()].map(({ value }) => value));
	const text = (value: number) => figureText(figure, { value, about: false });
	return {
		name: province.place.name,
		drawing: drawingOf(shapes),
		outlines: outlinesHref(shapes, { day, in: province.place.code }),
		legend: legendOf(figure, steps),
		rest: told.rest > 0 ? text(told.rest) : null,
		areas: communes.map(({ id, name, code, district }) => {
			const one = told.values.get(id);
			const unit = one?.unitCode;
			const address = unit ? { figure: figure.name, unit, from, asOf, structure } : null;
			return {
				id,
				code,
				name: district === null ? name : m.map_commune_in({ name, within: district }),
				shade: one ? shadeOf(one.value, steps) : 0,
				isOutside: one === undefined,
				text: one ? text(one.value) : m.map_no_unit(),
				address,
				href: address && figureHref(address)
			};
		})
	};
}
