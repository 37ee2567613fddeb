import { expect, test } from 'vitest';
import { drawingOf } from './drawing.ts';
import { readOutlines } from './geometry.ts';
import { shapesOf, type Polygon } from './shape.ts';

const square = (lon: number, lat: number, size: number): Polygon => [
	[
		[lon, lat],
		[lon + size, lat],
		[lon + size, lat + size / 2],
		[lon + size, lat + size],
		[lon, lat + size],
		[lon, lat]
	]
];

test('points fall on the grid, those on one line are one, rocks along the coast are left out', () => {
	const [shape, ...others] = shapesOf('province', [square(105, 20, 1), square(107, 20.5, 0.001)]);
	expect(others).toEqual([]);
	expect(shape?.path.match(/l/g)?.length).toBe(1);
	expect(shape?.path.split(' ').length).toBe(3);
	expect(shape?.bounds.every(Number.isInteger)).toBe(true);
});

test('the archipelagos stand in frames of their own, however small their reefs', () => {
	const shapes = [
		...shapesOf('province', [square(108, 15.9, 0.5), square(111.6, 16.5, 0.001)]).map((one) => ({
			...one,
			placeId: '48'
		})),
		...shapesOf('province', [square(109, 12, 0.3), square(114, 9.7, 0.001), square(109.47, 7.5, 0.3)]).map((one) => ({
			...one,
			placeId: '56'
		}))
	];
	expect(shapes.map(({ placeId, region }) => [placeId, region])).toEqual([
		['48', 'mainland'],
		['48', 'hoang_sa'],
		['56', 'mainland'],
		['56', 'truong_sa']
	]);
	expect(drawingOf(shapes)?.frames.map(({ region, paths }) => [region, paths.length])).toEqual([
		['mainland', 2],
		['hoang_sa', 1],
		['truong_sa', 1]
	]);
	expect(drawingOf([])).toBeNull();
});

test('GeoJSON and TopoJSON of one square tell the same', () => {
	const [ring = []] = square(105, 20, 1);
	const properties = { code: '01' };
	const feature = { type: 'Feature', properties, geometry: { type: 'Polygon', coordinates: [ring] } };
	const topology = {
		type: 'Topology',
		transform: { scale: [0.5, 0.5], translate: [105, 20] },
		arcs: [
			[
				[0, 0],
				[2, 0],
				[0, 1]
			],
			[
				[0, 0],
				[0, 2],
				[2, 0],
				[0, -1]
			]
		],
		objects: {
			provinces: { type: 'GeometryCollection', geometries: [{ type: 'Polygon', arcs: [[0, ~1]], properties }] }
		}
	};
	const geo = readOutlines({ type: 'FeatureCollection', features: [feature] });
	expect(geo).toEqual({ outlines: [{ code: '01', polygons: [[ring]] }] });
	const topo = readOutlines(topology);
	expect('outlines' in topo && topo.outlines.map(({ polygons }) => shapesOf('province', polygons)[0]?.bounds)).toEqual(
		'outlines' in geo && geo.outlines.map(({ polygons }) => shapesOf('province', polygons)[0]?.bounds)
	);
});

test.for([null, [], {}, { type: 'FeatureCollection', features: [] }, { type: 'Topology', arcs: [] }])(
	'what is neither is said to be so: %j',
	(json) => {
		expect(readOutlines(json)).toHaveProperty('why');
	}
);
