/** Who came from whom, laid out to be drawn: a column for each generation, older ones left. Pure. */

type Relative = { id: string; code: string; name: string };
/** `whole`: it went over as a whole; else a part of it did, or what was not divided stayed behind. */
export type Descent = { from: string; to: string; on: string; whole: boolean };
export type Family = { relatives: readonly Relative[]; descents: readonly Descent[]; more: boolean };

type Placed = Relative & { x: number; y: number; lines: string[] };
export type Drawn = {
	width: number;
	height: number;
	boxes: Placed[];
	lines: { key: string; path: string; whole: boolean }[];
};

export const BOX = { width: 190, height: 52 } as const;
const GAP = { across: 56, down: 14 } as const;
const LETTERS = 22;

/** Lays a family out around one of it: predecessors left of it, successors right, each column centred. */
export function layOut({ relatives, descents }: Family, aroundId: string): Drawn {
	const generation = generations(descents, aroundId);
	const columns = Map.groupBy(
		relatives.filter((one) => generation.has(one.id)),
		(one) => generation.get(one.id) ?? 0
	);
	const order = [...columns.keys()].toSorted((a, b) => a - b);
	const tallest = Math.max(1, ...[...columns.values()].map((column) => column.length));
	const height = tallest * (BOX.height + GAP.down) - GAP.down + 2;
	const boxes = order.flatMap((key, column) => {
		const members = columns.get(key) ?? [];
		const top = (height - (members.length * (BOX.height + GAP.down) - GAP.down)) / 2;
		return members.map((one, row) => ({
			...one,
			lines: broken(one.name),
			x: 1 + column * (BOX.width + GAP.across),
			y: top + row * (BOX.height + GAP.down)
		}));
	});
	const placed = new Map(boxes.map((box) => [box.id, box]));
	const lines = descents.flatMap(({ from, to, whole }) => {
		const [start, end] = [placed.get(from), placed.get(to)];
		if (!start || !end) return [];
		const [x1, y1, x2, y2] = [start.x + BOX.width, start.y + BOX.height / 2, end.x, end.y + BOX.height / 2];
		const middle = (x1 + x2) / 2;
		return [{ key: `${from} ${to}`, whole, path: `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}` }];
	});
	const width = order.length * (BOX.width + GAP.across) - GAP.across + 2;
	return { width, height, boxes, lines };
}

/** How many generations each is after the one in the middle; negative: before. */
function generations(descents: readonly Descent[], aroundId: string): Map<string, number> {
	const found = new Map([[aroundId, 0]]);
	for (let grew = true; grew;) {
		grew = false;
		for (const { from, to } of descents) {
			const [a, b] = [found.get(from), found.get(to)];
			if (a !== undefined && b === undefined) found.set(to, a + 1);
			else if (b !== undefined && a === undefined) found.set(from, b - 1);
			else continue;
			grew = true;
		}
	}
	return found;
}

/** A name on at most two lines. */
function broken(name: string): string[] {
	if (name.length <= LETTERS) return [name];
	const at = name.lastIndexOf(' ', LETTERS);
	const first = at > 0 ? name.slice(0, at) : name.slice(0, LETTERS);
	const rest = name.slice(first.length).trim();
	return [first, rest.length > LETTERS ? `${rest.slice(0, LETTERS - 1).trim()}…` : rest];
}
