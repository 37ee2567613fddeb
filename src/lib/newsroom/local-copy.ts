/**
 * What was written and not yet taken by the server, kept in this browser: through a lost network, a closed tab, an empty battery.
 * Used in the browser only.
 */
export type LocalCopy = { version: number; fields: Record<string, string>; body: string; at: string };

const key = (id: string) => `kheo-article-${id}`;

/** Keeps it; false where the browser gives no room, which the writer is told. */
export function keepCopy(id: string, copy: LocalCopy): boolean {
	try {
		localStorage.setItem(key(id), JSON.stringify(copy));
		return true;
	} catch {
		// Private windows and full stores: then only the server keeps it.
		return false;
	}
}

/** What was kept of an article; null: nothing, or nothing that can be read. */
export function findCopy(id: string): LocalCopy | null {
	try {
		const read: unknown = JSON.parse(localStorage.getItem(key(id)) ?? 'null');
		return isCopy(read) ? read : null;
	} catch {
		// Another program's under the same name is none of ours.
		return null;
	}
}

export function dropCopy(id: string): void {
	try {
		localStorage.removeItem(key(id));
	} catch {
		// Where nothing can be kept nothing was.
	}
}

function isCopy(read: unknown): read is LocalCopy {
	return (
		typeof read === 'object' &&
		read !== null &&
		'version' in read &&
		typeof read.version === 'number' &&
		'body' in read &&
		typeof read.body === 'string' &&
		'at' in read &&
		typeof read.at === 'string' &&
		'fields' in read &&
		typeof read.fields === 'object'
	);
}
