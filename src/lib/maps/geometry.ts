import { z } from 'zod';
import type { Polygon, Position } from './shape.ts';

/** GeoJSON and TopoJSON as files of outlines are written in. Pure. */

const Code = z.object({ code: z.string().regex(/^\d{2,5}$/) });
const Ring = z.array(z.tuple([z.number(), z.number()]).rest(z.number()));
const Area = z.discriminatedUnion('type', [
	z.object({ type: z.literal('Polygon'), coordinates: z.array(Ring) }),
	z.object({ type: z.literal('MultiPolygon'), coordinates: z.array(z.array(Ring)) })
]);
const Arcs = z.array(z.number().int());
const Arced = z.discriminatedUnion('type', [
	z.object({ type: z.literal('Polygon'), arcs: z.array(Arcs), properties: Code }),
	z.object({ type: z.literal('MultiPolygon'), arcs: z.array(z.array(Arcs)), properties: Code })
]);
const Collection = z.object({
	type: z.literal('FeatureCollection'),
	features: z.array(z.object({ geometry: Area, properties: Code })).min(1)
});
const Topology = z.object({
	type: z.literal('Topology'),
	arcs: z.array(Ring),
	transform: z
		.object({ scale: z.tuple([z.number(), z.number()]), translate: z.tuple([z.number(), z.number()]) })
		.optional(),
	objects: z.record(z.string(), z.object({ geometries: z.array(Arced).min(1) }))
});
const Geometry = z.discriminatedUnion('type', [Collection, Topology]);

export type Outline = { code: string; polygons: Polygon[] };

/** The outlines of a file, by code; where it is of another form, in what part and what was expected there. */
export function readOutlines(json: unknown): { outlines: Outline[] } | { where: string; why: string } {
	const read = Geometry.safeParse(json);
	if (!read.success) {
		const [issue] = read.error.issues;
		return { where: issue?.path.join('.') ?? '', why: issue?.message ?? '' };
	}
	if (read.data.type === 'Topology') return { outlines: outlinesOfTopology(read.data) };
	return {
		outlines: read.data.features.map(({ geometry, properties }) => ({
			code: properties.code,
			polygons: (geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates).map((polygon) =>
				polygon.map((ring) => ring.map(([lon, lat]): Position => [lon, lat]))
			)
		}))
	};
}

function outlinesOfTopology({ arcs, transform, objects }: z.infer<typeof Topology>): Outline[] {
	const lines = arcs.map((arc) => (transform ? decoded(arc, transform) : arc.map(([x, y]): Position => [x, y])));
	const line = (index: number): readonly Position[] =>
		index < 0 ? (lines[~index] ?? []).toReversed() : (lines[index] ?? []);
	// Each line of a ring begins where the one before it ended.
	const ring = (indexes: readonly number[]) =>
		indexes.flatMap((index, at) => (at === 0 ? line(index) : line(index).slice(1)));
	return Object.values(objects).flatMap(({ geometries }) =>
		geometries.map((geometry) => ({
			code: geometry.properties.code,
			polygons: (geometry.type === 'Polygon' ? [geometry.arcs] : geometry.arcs).map((polygon) => polygon.map(ring))
		}))
	);
}

/** Points of an arc are steps from the one before, in whole numbers of the transform's scale. */
function decoded(
	arc: readonly (readonly [number, number, ...number[]])[],
	{ scale, translate }: NonNullable<z.infer<typeof Topology>['transform']>
): Position[] {
	let [x, y] = [0, 0];
	return arc.map(([dx, dy]): Position => {
		[x, y] = [x + dx, y + dy];
		return [x * scale[0] + translate[0], y * scale[1] + translate[1]];
	});
}
