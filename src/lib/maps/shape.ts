import type { PlaceTier } from '#lib/places/place.ts';

/** Outlines: from coordinates to paths on a grid. Pure. */

const REGIONS = ['mainland', 'hoang_sa', 'truong_sa'] as const;
export type Region = (typeof REGIONS)[number];
export type Position = readonly [number, number];
export type Polygon = readonly (readonly Position[])[];
/** `bounds`: x from, y from, x to, y to; `outline`: the same in degrees, for zooming. */
export type Shape = { region: Region; path: string; bounds: [number, number, number, number] };
export type Outlined = Shape & { outline: Polygon[] };

/** Degrees a step: what the country is drawn with, and a province with its communes. Neighbours share the points of their border. */
const GRID: Readonly<Record<PlaceTier, number>> = { province: 0.02, district: 0.01, commune: 0.004 };
/** Steps a degree of what is zoomed; fewer points than a closed triangle has are no ring. */
const FINE = 10_000;
const CLOSED = 3;
/** A degree of longitude is shorter than one of latitude; as in the middle of the country. */
const SHORTER = Math.cos((16.5 * Math.PI) / 180);
/** East of the coast there are the archipelagos only, of which Hoàng Sa lies north of 13°; in the south the coast draws back. */
const OPEN_SEA = 110;
const SOUTH = { of: 11, openSea: 109.2 };
const BETWEEN = 13;

/** The paths of a place's polygons, those of the archipelagos apart. What is smaller than a step becomes a point of one. */
export function shapesOf(tier: PlaceTier, polygons: readonly Polygon[]): Outlined[] {
	const byRegion = Map.groupBy(polygons, regionOf);
	return REGIONS.flatMap((region) => {
		const parts = byRegion.get(region) ?? [];
		if (parts.length === 0) return [];
		const rings = parts.flatMap((polygon) => polygon.map((ring) => snapped(tier, ring)));
		const areas = rings.filter((ring) => ring.length > 2);
		// Thousands of rocks along the coast are left out of a drawing in which they would be dust.
		const drawn = areas.length > 0 && region === 'mainland' ? areas : rings.map(atLeastOneStep);
		const all = drawn.flat();
		const [xs, ys] = [all.map(([x]) => x), all.map(([, y]) => y)];
		const bounds: Shape['bounds'] = [least(xs), least(ys), greatest(xs), greatest(ys)];
		return [{ region, path: drawn.map(pathOf).join(''), bounds, outline: parts.flatMap(finely) }];
	});
}

/** A polygon in steps of ten metres; what has no area in them is left out. */
function finely(polygon: Polygon): Polygon[] {
	const rings = polygon.map((ring) =>
		ring
			.map(([lon, lat]): Position => [fine(lon), fine(lat)])
			.filter(([lon, lat], at, all) => lon !== all[at - 1]?.[0] || lat !== all[at - 1]?.[1])
	);
	const [outer] = rings;
	return outer && outer.length > CLOSED ? [rings.filter((ring) => ring.length > CLOSED)] : [];
}

function fine(degrees: number): number {
	return Math.round(degrees * FINE) / FINE;
}

function regionOf(polygon: Polygon): Region {
	const ring = polygon[0] ?? [];
	const middle = (axis: 0 | 1) => ring.reduce((sum, position) => sum + position[axis], 0) / Math.max(ring.length, 1);
	const [lon, lat] = [middle(0), middle(1)];
	if (lon <= (lat < SOUTH.of ? SOUTH.openSea : OPEN_SEA)) return 'mainland';
	return lat > BETWEEN ? 'hoang_sa' : 'truong_sa';
}

/** Points on the grid: neighbours that fall together, and those between two on one line, are one. */
function snapped(tier: PlaceTier, ring: readonly Position[]): Position[] {
	const step = GRID[tier];
	const points: Position[] = [];
	for (const [lon, lat] of ring) {
		const point = [Math.round((lon * SHORTER) / step), Math.round(-lat / step)] as const;
		const last = points.at(-1);
		if (last && last[0] === point[0] && last[1] === point[1]) continue;
		const before = points.at(-2);
		if (last && before && isBetween(before, last, point)) points.pop();
		points.push(point);
	}
	const [first, last] = [points[0], points.at(-1)];
	if (points.length > 1 && first && last && first[0] === last[0] && first[1] === last[1]) points.pop();
	return points;
}

function isBetween([ax, ay]: Position, [bx, by]: Position, [cx, cy]: Position): boolean {
	return (bx - ax) * (cy - by) === (by - ay) * (cx - bx) && (bx - ax) * (cx - bx) >= 0 && (by - ay) * (cy - by) >= 0;
}

function atLeastOneStep(ring: readonly Position[]): readonly Position[] {
	const [first = [0, 0] as const] = ring;
	if (ring.length > 2) return ring;
	const [x, y] = first;
	return [first, [x + 1, y], [x + 1, y + 1], [x, y + 1]];
}

function pathOf(ring: readonly Position[]): string {
	const [first = [0, 0] as const, ...others] = ring;
	let [x, y] = first;
	const steps = others.map((point) => {
		const step = `${point[0] - x},${point[1] - y}`;
		[x, y] = point;
		return step;
	});
	return `M${first[0]},${first[1]}l${steps.join(' ')}z`;
}

function least(values: readonly number[]): number {
	return values.reduce((a, b) => Math.min(a, b), Infinity);
}

function greatest(values: readonly number[]): number {
	return values.reduce((a, b) => Math.max(a, b), -Infinity);
}
