import type { Actor } from '#lib/accounts/actor.ts';
import { figureText } from '#lib/figures/format-figure.ts';
import { askCommunes } from '#lib/maps/commune-value.server.ts';
import { drawingOf } from '#lib/maps/drawing.ts';
import { shadeOf, stepsOf } from '#lib/maps/scale.ts';
import { listShapes } from '#lib/maps/shape.server.ts';
import type { MapQuestion, ProvinceValue } from '#lib/maps/value.server.ts';
import { m } from '#lib/paraglide/messages.js';
import { listIn } from '#lib/places/place.server.ts';
import type { Db } from '#lib/server/db.ts';
import { legendOf } from './legend.ts';

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
	const communes = (await listIn(db, province.place.id, day)).filter((place) => place.tier === 'commune');
	if (!told || communes.length === 0) return null;
	const drawing = drawingOf(
		await listShapes(
			db,
			communes.map(({ id }) => id)
		)
	);
	const steps = stepsOf([...told.values.values()].map(({ value }) => value));
	const text = (value: number) => figureText(figure, { value, about: false });
	return {
		name: province.place.name,
		drawing,
		legend: legendOf(figure, steps),
		rest: told.rest > 0 ? text(told.rest) : null,
		areas: communes.map(({ id, name, code }) => {
			const one = told.values.get(id);
			const unit = one?.unitCode;
			return {
				id,
				code: code ?? id,
				name,
				shade: one ? shadeOf(one.value, steps) : 0,
				isOutside: one === undefined,
				text: one ? text(one.value) : m.map_no_unit(),
				address: unit ? { figure: figure.name, unit, from, asOf, structure } : null
			};
		})
	};
}
