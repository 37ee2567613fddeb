import { EVENT_KINDS } from '#lib/units/event.ts';

export const NARROWING = ['year', 'kind', 'unit'] as const;

/** What of the address narrows the list of events; a value that does not exist counts as none. */
export function readNarrowing(url: URL) {
	const get = (name: string) => url.searchParams.get(name) ?? '';
	return {
		year: /^\d{4}$/.test(get('year')) ? Number(get('year')) : null,
		kind: EVENT_KINDS.find((known) => known === get('kind')) ?? null,
		unit: get('unit').trim().slice(0, 60),
		after: get('after'),
		before: get('before')
	};
}

/** The same list at another place, or as a file. */
export function eventsHref(url: URL, change: Readonly<Record<string, string>>, path = '/units/events'): string {
	const parameters = new URLSearchParams();
	for (const name of NARROWING) {
		const value = url.searchParams.get(name) ?? '';
		if (value) parameters.set(name, value);
	}
	for (const [name, value] of Object.entries(change)) parameters.set(name, value);
	const query = parameters.toString();
	return query ? `${path}?${query}` : path;
}
