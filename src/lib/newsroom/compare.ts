/** What was changed between two texts, word by word. Pure. */

export type Piece = { kind: 'same' | 'added' | 'removed'; text: string };

/** Beyond so many cells a paragraph is shown as replaced: nobody reads that many single words. */
const CELLS_AT_MOST = 4_000_000;

/** The pieces of two texts, line by line and within changed lines word by word; joined they are the old or the new text. */
export function compare(before: string, after: string): Piece[][] {
	const lines = align(before.split('\n'), after.split('\n'));
	const shown: Piece[][] = [];
	for (let at = 0; at < lines.length; at += 1) {
		const [line, next] = [lines[at], lines[at + 1]];
		if (!line) continue;
		if (line.kind === 'removed' && next?.kind === 'added') {
			shown.push(joined(align(words(line.text), words(next.text))));
			at += 1;
		} else shown.push([line]);
	}
	return shown;
}

/** Is there any difference at all? */
export function differs(pieces: readonly (readonly Piece[])[]): boolean {
	return pieces.some((line) => line.some(({ kind }) => kind !== 'same'));
}

/** Each with the space behind it. */
function words(line: string): string[] {
	return line.match(/\S+\s*|^\s+/g) ?? [];
}

function align(before: readonly string[], after: readonly string[]): Piece[] {
	const [head, tail] = sharedEnds(before, after);
	const old = before.slice(head, before.length - tail);
	const young = after.slice(head, after.length - tail);
	const same = (text: string): Piece => ({ kind: 'same', text });
	return [...before.slice(0, head).map(same), ...between(old, young), ...before.slice(before.length - tail).map(same)];
}

/** How many are alike from the front, and then from the back. */
function sharedEnds(before: readonly string[], after: readonly string[]): [number, number] {
	const most = Math.min(before.length, after.length);
	let head = 0;
	while (head < most && before[head] === after[head]) head += 1;
	let tail = 0;
	while (tail < most - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
	return [head, tail];
}

/** The longest common subsequence; what is removed stands before what is added in its place, one for one. */
function between(old: readonly string[], young: readonly string[]): Piece[] {
	const [rows, columns] = [old.length + 1, young.length + 1];
	if (rows * columns > CELLS_AT_MOST) return replaced(old, young);
	const lengths = new Uint32Array(rows * columns);
	for (let i = old.length - 1; i >= 0; i -= 1)
		for (let j = young.length - 1; j >= 0; j -= 1)
			lengths[i * columns + j] =
				old[i] === young[j]
					? (lengths[(i + 1) * columns + j + 1] ?? 0) + 1
					: Math.max(lengths[(i + 1) * columns + j] ?? 0, lengths[i * columns + j + 1] ?? 0);
	return walk(old, young, (i, j) => lengths[i * columns + j] ?? 0);
}

function walk(old: readonly string[], young: readonly string[], length: (i: number, j: number) => number): Piece[] {
	const pieces: Piece[] = [];
	let [removed, added]: [string[], string[]] = [[], []];
	const settle = () => {
		pieces.push(...replaced(removed, added));
		[removed, added] = [[], []];
	};
	let [i, j] = [0, 0];
	while (i < old.length || j < young.length) {
		const [left, right] = [old[i], young[j]];
		if (left !== undefined && left === right) {
			settle();
			pieces.push({ kind: 'same', text: left });
			i += 1;
			j += 1;
		} else if (left !== undefined && (right === undefined || length(i + 1, j) >= length(i, j + 1))) {
			removed.push(left);
			i += 1;
		} else if (right !== undefined) {
			added.push(right);
			j += 1;
		}
	}
	settle();
	return pieces;
}

function replaced(removed: readonly string[], added: readonly string[]): Piece[] {
	const pieces: Piece[] = [];
	for (let at = 0; at < Math.max(removed.length, added.length); at += 1) {
		const [old, young] = [removed[at], added[at]];
		if (old !== undefined) pieces.push({ kind: 'removed', text: old });
		if (young !== undefined) pieces.push({ kind: 'added', text: young });
	}
	return pieces;
}

/** Words of a kind that follow one another are one piece; in each change what was removed comes first. */
function joined(pieces: readonly Piece[]): Piece[] {
	const found: Piece[] = [];
	let changed = { removed: '', added: '' };
	const settle = () => {
		for (const kind of ['removed', 'added'] as const)
			if (changed[kind] !== '') found.push({ kind, text: changed[kind] });
		changed = { removed: '', added: '' };
	};
	for (const { kind, text } of pieces) {
		if (kind !== 'same') {
			changed[kind] += text;
			continue;
		}
		settle();
		const last = found.at(-1);
		if (last?.kind === 'same') found[found.length - 1] = { kind, text: last.text + text };
		else found.push({ kind, text });
	}
	settle();
	return found;
}
