/**
 * What pages of a site have in common is remembered while nothing public has changed. `fresh` is told anew by who hears of
 * changes (src/cli/pages.ts) whenever there was one; undefined: nobody hears, and nothing is remembered.
 */
export type Fresh = string | undefined;

type Bounds<T> = { atMost?: number; isKept?: (value: T) => boolean };

/** Makes a memory of its own for one kind of thing, each for so many seconds at most. */
export function makeMemory<T>(
	seconds: number,
	{ atMost = 500, isKept = () => true }: Bounds<T> = {}
): (fresh: Fresh, key: string, read: () => Promise<T>) => Promise<T> {
	const known = new Map<string, { fresh: string; until: number; value: Promise<T> }>();
	return (fresh, key, read) => {
		if (fresh === undefined) return read();
		const found = known.get(key);
		if (found?.fresh === fresh && found.until > Date.now()) return found.value;
		const value = read();
		if (known.size >= atMost) known.clear();
		known.set(key, { fresh, until: Date.now() + seconds * 1000, value });
		value.then(
			(read) => isKept(read) || known.delete(key),
			() => known.delete(key)
		);
		return value;
	};
}
