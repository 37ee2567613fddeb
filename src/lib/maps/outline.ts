import type { Region } from './shape.ts';

/** Outlines in degrees, as the zoomed map reads them: GeoJSON whose features tell their place and region, and nothing else. Pure. */
export type Outlines = { type: 'FeatureCollection'; features: Outlined[] };
export type Outlined = {
	type: 'Feature';
	properties: { place: string; region: Region };
	geometry: { type: 'MultiPolygon'; coordinates: [number, number][][][] };
};
/** West, south, east, north. */
export type Extent = [number, number, number, number];

/** What outlines lie within; null where there are none. */
export function extentOf(features: readonly Outlined[]): Extent | null {
	let extent: Extent | null = null;
	for (const { geometry } of features)
		for (const [lon, lat] of geometry.coordinates.flat(2))
			extent = extent
				? [Math.min(extent[0], lon), Math.min(extent[1], lat), Math.max(extent[2], lon), Math.max(extent[3], lat)]
				: [lon, lat, lon, lat];
	return extent;
}

/** Where a name stands: the middle of the largest part on the mainland; the middle of all of an archipelago. */
export function namePoint({ geometry, properties }: Outlined): [number, number] {
	if (properties.region !== 'mainland') {
		const [west, south, east, north] = extentOf([{ type: 'Feature', properties, geometry }]) ?? [0, 0, 0, 0];
		return [(west + east) / 2, (south + north) / 2];
	}
	const middles = geometry.coordinates.map(([ring = []]) => middleOf(ring));
	const largest = middles.reduce((most, one) => (one.area > most.area ? one : most), { area: 0, at: [0, 0] as const });
	return [...largest.at];
}

/** The centre of gravity of a closed ring. */
function middleOf(ring: readonly (readonly [number, number])[]): { area: number; at: readonly [number, number] } {
	const [first = [0, 0] as const] = ring;
	let [doubled, x, y] = [0, 0, 0];
	for (const [index, [lon, lat]] of ring.entries()) {
		const [nextLon, nextLat] = ring[index + 1] ?? first;
		// From the ring's own first point: degrees are large, parts of a ring are small.
		const [ax, ay, bx, by] = [lon - first[0], lat - first[1], nextLon - first[0], nextLat - first[1]];
		const cross = ax * by - bx * ay;
		[doubled, x, y] = [doubled + cross, x + (ax + bx) * cross, y + (ay + by) * cross];
	}
	if (doubled === 0) return { area: 0, at: first };
	return { area: Math.abs(doubled) / 2, at: [first[0] + x / (3 * doubled), first[1] + y / (3 * doubled)] };
}
