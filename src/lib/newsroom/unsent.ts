/**
 * SvelteKit writes out what `load` answers for the browser, though a page without script (`csr = false`) sends none of it: a
 * tenth of the time that a public page takes.
 */
const unsent = new WeakSet<object>();

/** The same data, which pages without script need not write out. */
export function notSent<T extends object>(data: T): T {
	unsent.add(data);
	return data;
}

export function isUnsent(value: unknown): boolean {
	return typeof value === 'object' && value !== null && unsent.has(value);
}
