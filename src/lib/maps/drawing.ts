import type { Region, Shape } from './shape.ts';

/** Where outlines stand on the page: the mainland, and the archipelagos in frames beside it. Pure. */

type Box = { x: number; y: number; width: number; height: number };
/** `box`: the frame of an archipelago, `name` its name; both are of none for the mainland. */
type Frame = {
	region: Region;
	name: string;
	box: Box | null;
	transform: string;
	paths: { id: string; path: string }[];
};
export type Drawing = { viewBox: string; frames: Frame[] };

const NAMES: Readonly<Record<Region, string>> = { mainland: '', hoang_sa: 'Hoàng Sa', truong_sa: 'Trường Sa' };
const MARGIN = 4;
const INSIDE = 8;
/** Frames as shares of the mainland's width and height: in the sea east of their provinces. */
const FRAMES: Readonly<Record<Exclude<Region, 'mainland'>, Box>> = {
	hoang_sa: { x: 1.02, y: 0.44, width: 0.24, height: 0.1 },
	truong_sa: { x: 1.02, y: 0.76, width: 0.24, height: 0.14 }
};

type Placed = Shape & { placeId: string };

/** A drawing of the places; null where none has an outline. */
export function drawingOf(shapes: readonly Placed[]): Drawing | null {
	const of = (region: Region) => shapes.filter((shape) => shape.region === region);
	const mainland = of('mainland');
	const around = boundsOf(mainland.length > 0 ? mainland : shapes);
	if (!around) return null;
	const [west, north, east, south] = around;
	const [width, height] = [east - west, south - north];
	const frames: Frame[] = [
		{
			region: 'mainland',
			name: '',
			box: null,
			transform: `translate(${MARGIN - west} ${MARGIN - north})`,
			paths: mainland.map(({ placeId, path }) => ({ id: placeId, path }))
		}
	];
	let right = width;
	for (const region of ['hoang_sa', 'truong_sa'] as const) {
		const rocks = of(region);
		const bounds = boundsOf(rocks);
		if (!bounds) continue;
		const share = FRAMES[region];
		const box = {
			x: Math.round(share.x * width),
			y: Math.round(share.y * height),
			width: Math.round(share.width * width),
			height: Math.round(share.height * height)
		};
		right = Math.max(right, box.x + box.width);
		frames.push({
			region,
			name: NAMES[region],
			box,
			transform: fitted(bounds, box),
			paths: rocks.map(({ placeId, path }) => ({ id: placeId, path }))
		});
	}
	return { viewBox: `0 0 ${right + 2 * MARGIN} ${height + 2 * MARGIN}`, frames };
}

function boundsOf(shapes: readonly Shape[]): [number, number, number, number] | null {
	const [first, ...others] = shapes.map((shape) => shape.bounds);
	if (!first) return null;
	return others.reduce(
		(all, one) => [
			Math.min(all[0], one[0]),
			Math.min(all[1], one[1]),
			Math.max(all[2], one[2]),
			Math.max(all[3], one[3])
		],
		first
	);
}

/** Moves and shrinks what lies in bounds into the middle of a box. */
function fitted([west, north, east, south]: readonly [number, number, number, number], box: Box): string {
	const [width, height] = [Math.max(east - west, 1), Math.max(south - north, 1)];
	const scale = Math.min((box.width - 2 * INSIDE) / width, (box.height - 2 * INSIDE) / height);
	const x = box.x + (box.width - width * scale) / 2 - west * scale;
	const y = box.y + (box.height - height * scale) / 2 - north * scale;
	return `translate(${x.toFixed(1)} ${y.toFixed(1)}) scale(${scale.toFixed(4)})`;
}
