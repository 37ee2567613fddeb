import type { ListFilter } from '#lib/models/list.server.ts';
import { FIELDS, LEVELS, NOVELTIES, STATES, SUBJECTS } from '#lib/models/model.ts';

/** What of the list's address narrows it; the place in the list and the message of the last act do not. */
export const NARROWING = ['unit', 'year', 'level', 'field', 'novelty', 'subject', 'q', 'state'] as const;

/** The filter that an address holds. A value that does not exist counts as none. */
export function readFilter(url: URL, unitId: string): ListFilter {
	const get = (name: string) => url.searchParams.get(name) ?? '';
	const known = (values: readonly string[], name: string) => (values.includes(get(name)) ? get(name) : null);
	return {
		unitId,
		year: /^\d{4}$/.test(get('year')) ? Number(get('year')) : null,
		level: known(LEVELS, 'level'),
		field: known(FIELDS, 'field'),
		state: known(STATES, 'state'),
		novelty: known(NOVELTIES, 'novelty'),
		subject: known(SUBJECTS, 'subject'),
		search: get('q').slice(0, 200),
		after: get('after'),
		before: get('before')
	};
}

/** The same list with one thing changed; always from its first page. */
export function listHref(url: URL, change: Readonly<Record<string, string>>, path = '/models'): string {
	const parameters = new URLSearchParams();
	for (const name of NARROWING) {
		const value = change[name] ?? url.searchParams.get(name) ?? '';
		if (value) parameters.set(name, value);
	}
	for (const name of ['after', 'before', 'page']) if (change[name]) parameters.set(name, change[name]);
	const query = parameters.toString();
	return query ? `${path}?${query}` : path;
}
