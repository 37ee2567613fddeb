import { NOUNS } from '#lib/acts.ts';
import type { LogFilter } from '#lib/actions/audit.server.ts';
import { typedDay } from '#lib/vietnamese/day.ts';

export const NARROWING = ['from', 'to', 'unit', 'person', 'noun', 'verb', 'reason'] as const;
const LONGEST = 200;

/** What the address asks for; what it cannot mean counts as not asked. */
export function readFilter(url: URL, unitId: string | null): LogFilter {
	const text = (name: string) => url.searchParams.get(name)?.slice(0, LONGEST) || null;
	const day = (name: string) => typedDay(text(name) ?? '');
	const noun = text('noun');
	return {
		from: day('from'),
		to: day('to'),
		unitId,
		person: text('person'),
		noun: noun && NOUNS.includes(noun) ? noun : null,
		verb: text('verb'),
		reason: text('reason'),
		after: text('after'),
		before: text('before')
	};
}

/** The same question elsewhere, or at another place of the list. */
export function logHref(url: URL, place: Record<string, string>, path = '/audit'): string {
	const kept = NARROWING.flatMap((name) => {
		const value = url.searchParams.get(name);
		return value ? [[name, value]] : [];
	});
	const query = new URLSearchParams([...kept, ...Object.entries(place)]).toString();
	return query ? `${path}?${query}` : path;
}
