import { json } from '@sveltejs/kit';
import { signedIn } from '#lib/accounts/guard.ts';
import type { Outlines } from '#lib/maps/outline.ts';
import { listFineShapes } from '#lib/maps/shape.server.ts';
import { listIn, placeOf } from '#lib/places/place.server.ts';
import { problem } from '#lib/server/problem.ts';
import { typedDay } from '#lib/vietnamese/day.ts';
import { listCommunes } from '../communes.server.ts';
import type { RequestHandler } from './$types';

/**
 * The outlines of the provinces of a day, or of the communes of one, in degrees. Places are public and no figure is told
 * here: a map that is zoomed shows those of its page.
 */
export const GET: RequestHandler = async ({ locals: { db, ...locals }, url }) => {
	signedIn(locals);
	const typed = url.searchParams.get('day') ?? '';
	const day = typedDay(typed);
	if (!day) throw problem('figure.day_invalid', { day: typed.slice(0, 40) });
	const code = url.searchParams.get('in');
	const province = code === null ? null : await placeOf(db, code, day);
	if (code !== null && !province) throw problem('place.not_found', { code: code.slice(0, 40) });
	const places = province ? await listCommunes(db, province.id, day) : await listIn(db, null, day);
	const shapes = await listFineShapes(
		db,
		places.map(({ id }) => id)
	);
	const outlines: Outlines = {
		type: 'FeatureCollection',
		features: shapes.map(({ placeId, region, outline }) => ({
			type: 'Feature',
			properties: { place: placeId, region },
			geometry: { type: 'MultiPolygon', coordinates: outline }
		}))
	};
	return json(outlines);
};
