import type { Structure } from '#lib/figures/figure.ts';
import type { ListFilter } from '#lib/models/narrow.server.ts';
import { FIELDS, LEVELS, NOVELTIES, STATES, SUBJECTS } from '#lib/models/model.ts';
import { typedDay } from '#lib/vietnamese/day.ts';

/** What of the list's address narrows it; the place in the list and the message of the last act do not. */
export const NARROWING = ['unit', 'year', 'level', 'field', 'novelty', 'subject', 'structure', 'q', 'state'] as const;

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
		structure: readStructure(get('structureOn') || get('structure')),
		search: get('q').slice(0, 200),
		after: get('after'),
		before: get('before')
	};
}

/** Of which tree the units are, as typed; null: of today's. */
function readStructure(typed: string): Structure | null {
	return typed === 'then' ? typed : typedDay(typed);
}

/** The same list with one thing changed; always from its first page. */
export function listHref(url: URL, change: Readonly<Record<string, string>>, path = '/models'): string {
	const parameters = new URLSearchParams();
	const structureOn = typedDay(url.searchParams.get('structureOn') ?? '');
	for (const name of NARROWING) {
		const typed = name === 'structure' && structureOn ? structureOn : url.searchParams.get(name);
		const value = change[name] ?? typed ?? '';
		if (value) parameters.set(name, value);
	}
	for (const name of ['after', 'before', 'page']) if (change[name]) parameters.set(name, change[name]);
	const query = parameters.toString();
	return query ? `${path}?${query}` : path;
}
