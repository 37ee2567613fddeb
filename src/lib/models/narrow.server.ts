import { sql, type RawBuilder } from 'kysely';
import type { Actor } from '#lib/accounts/actor.ts';
import type { Structure } from '#lib/figures/figure.ts';
import type { Db } from '#lib/server/db.ts';
import { visibleUnder } from '#lib/units/authority.server.ts';
import { fold } from '#lib/vietnamese/text.ts';

/** What a list is narrowed by; all of it lives in the address. `unitId`: that unit and everything under it today. */
export type ListFilter = {
	unitId: string;
	year?: number | null;
	level?: string | null;
	field?: string | null;
	state?: string | null;
	novelty?: string | null;
	subject?: string | null;
	search?: string | null;
	/** Of which tree the units are: of today (also where left out), of each registration's own day (`then`), or of a day. */
	structure?: Structure | null;
	/** Where the page begins: after the last line of the page before, or before the first line of the page after. */
	after?: string | null;
	before?: string | null;
	limit?: number;
};

/** Whose a registration `r` is. */
export const OWNED = { unit: 'r.unit_id', day: 'r.registered_on', case: 'r.id' } as const;

/** The day by which registrations `r` are listed: what has none stands before all others. */
export const DAY = sql`coalesce(r.registered_on, 'infinity'::date)`;

/** What a list is narrowed by, with the letter before its value in `registration_terms`. */
export const FACETS = [
	['year', 'y'],
	['level', 'l'],
	['field', 'f'],
	['state', 's'],
	['novelty', 'n'],
	['subject', 'u']
] as const;

/**
 * What is looked for: words of names, of which the last may be typed only in part, and decisions whose number begins with the
 * text. `decided`: how many those are, for where to begin.
 */
export type Sought = { words: string[]; last: string; numbers: string[]; decided: 'none' | 'some' | 'many' };

/** So many are looked up at once. */
const DECIDED = 20_000;
/** ASCII's, as `registration_terms` parts words by them. */
const MARKS = /[!-/:-@[-`{-~]+/g;

/** What a reader typed, looked at once for a list and its counts; null when they look for nothing. */
export async function readSought(db: Db, search: string | null | undefined): Promise<Sought | null> {
	if (!search?.trim()) return null;
	const words = fold(search).replace(MARKS, ' ').split(' ').filter(Boolean);
	const last = words.pop() ?? '';
	const numbers = /\d/.test(search) ? numbersLike(escapeLike(search.trim().toLowerCase())) : [];
	return { words, last, numbers, decided: numbers.length > 0 ? await countDecided(db, numbers) : 'none' };
}

/** "34" is the number 34, whatever follows it, and not the beginning of 340: a country has too many of those. */
function numbersLike(text: string): string[] {
	return /\d$/.test(text)
		? ['', ...['-', '/', '.', ' ', '\\_'].map((mark) => `${mark}%`)].map((end) => text + end)
		: [`${text}%`];
}

async function countDecided(db: Db, numbers: readonly string[]): Promise<Sought['decided']> {
	const { rows } = await sql<{ count: number }>`
		select count(*)::int as count from (
			select from recognitions n where ${isNumbered(numbers)} limit ${DECIDED + 1}) numbered`.execute(db);
	const count = rows[0]?.count ?? 0;
	return count > DECIDED ? 'many' : count > 0 ? 'some' : 'none';
}

/** Each in an alternative of its own, so that each is looked up in the index. */
function isNumbered(numbers: readonly string[]): RawBuilder<boolean> {
	return sql<boolean>`(${sql.join(
		numbers.map((number) => sql`lower(n.decision_number) like ${number}`),
		sql` or `
	)})`;
}

/** The one condition of a list and of its counts, on registrations `r`; `sought`: with what is looked for. */
export async function listed(
	db: Db,
	actor: Actor,
	filter: ListFilter,
	sought: Sought | null
): Promise<RawBuilder<boolean>> {
	const { unitId, structure } = filter;
	const visible = await visibleUnder(db, actor, 'model.read', { of: OWNED, unitId, ...(structure && { structure }) });
	return sql<boolean>`${sql.join([visible, ...narrowed(filter), ...(sought ? [isSought(sought)] : [])], sql` and `)}`;
}

export function narrowed(filter: ListFilter): RawBuilder<boolean>[] {
	return FACETS.flatMap(([column]) =>
		filter[column] ? [sql<boolean>`${sql.ref(`r.${column}`)} = ${filter[column]}`] : []
	);
}

/** By name, tone marks or not; what has a digit may also be the number of a decision. */
function isSought(sought: Sought): RawBuilder<boolean> {
	return sought.decided === 'none' ? isNamed(sought) : sql<boolean>`(${isNamed(sought)} or ${isDecided(sought)})`;
}

/** Was `r` decided under such a number? */
export function isDecided({ numbers, decided }: Sought): RawBuilder<boolean> {
	if (decided === 'many')
		return sql<boolean>`exists (select from recognitions n where n.registration_id = r.id and ${isNumbered(numbers)})`;
	return sql<boolean>`r.id = any(array(select n.registration_id from recognitions n where ${isNumbered(numbers)}))`;
}

/** Has the name of `r` all the words, in whatever order? */
export function isNamed({ words, last }: Sought): RawBuilder<boolean> {
	if (last === '') return sql<boolean>`false`;
	const patterns = [...words.map((word) => `% ${word} %`), `% ${last}%`];
	// A class of marks, and not `translate`, which looks each letter up among all of them.
	return sql<boolean>`(' ' || regexp_replace(r.name_key collate "C", '[!-/:-@[-\`{-~]', ' ', 'g') || ' '
		like all (${patterns}::text[]))`;
}

function escapeLike(text: string): string {
	return text.replace(/[\\%_]/g, '\\$&');
}
