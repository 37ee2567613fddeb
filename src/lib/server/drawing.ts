import { askApart, oneByOne } from './apart.ts';
import type { Drawing, Wanted } from './drawer.ts';

export type { Drawn, Wanted } from './drawer.ts';

const APART = { source: '#lib/server/drawer.ts', heap_mb: 256, most_ms: 120_000, withAddons: true } as const;

/** One picture at a time, and one in the background: the memory that a large one takes is taken twice at most. */
const waitedFor = oneByOne();
const behind = oneByOne();

/**
 * Draws a picture anew, in every way that is wanted, in a process of its own: its library, of which every decoder has had its
 * faults, never meets the server's memory. Says why where it cannot: no picture to the end, too many pixels, too slow. `inBackground`:
 * nobody waits for it.
 */
export async function draw(
	bytes: Uint8Array,
	wanted: readonly Wanted[],
	{ inBackground = false } = {}
): Promise<Drawing | { refused: 'slow' }> {
	const inLine = inBackground ? behind : waitedFor;
	const told = await inLine(() => askApart<Drawing>({ bytes, wanted }, { ...APART, inBackground }));
	return 'lost' in told ? { refused: 'slow' } : told.answer;
}
