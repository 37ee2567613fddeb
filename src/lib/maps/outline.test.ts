import { expect, test } from 'vitest';
import { extentOf, namePoint, type Outlined } from './outline.ts';
import { shapesOf } from './shape.ts';

function area(region: Outlined['properties']['region'], ...rings: [number, number][][]): Outlined {
	const coordinates = rings.map((ring) => [ring]);
	return { type: 'Feature', properties: { place: 'A', region }, geometry: { type: 'MultiPolygon', coordinates } };
}
const square = (lon: number, lat: number, side: number): [number, number][] => [
	[lon, lat],
	[lon + side, lat],
	[lon + side, lat + side],
	[lon, lat + side],
	[lon, lat]
];

test('a name stands in the largest part of the mainland, or amid the rocks of an archipelago', () => {
	const [lon, lat] = namePoint(area('mainland', square(106, 10, 0.1), square(105, 20, 1)));
	expect([lon.toFixed(6), lat.toFixed(6)]).toEqual(['105.500000', '20.500000']);
	expect(namePoint(area('truong_sa', square(111, 8, 1), square(114, 11, 1)))).toEqual([113, 10]);
});

test('an extent holds all points; none has none', () => {
	expect(extentOf([area('mainland', square(105, 20, 1)), area('hoang_sa', square(112, 16, 0.5))])).toEqual([
		105, 16, 112.5, 21
	]);
	expect(extentOf([])).toBeNull();
});

test('outlines are kept in steps of ten metres, what has no area in them is left out', () => {
	const [shape] = shapesOf('commune', [[square(105.000_04, 20.000_04, 1)], [square(106, 20, 0.000_01)]]);
	expect(shape?.outline).toEqual([[square(105, 20, 1)]]);
});
