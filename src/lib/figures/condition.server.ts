import { sql, type RawBuilder } from 'kysely';
import { today } from '#lib/server/clock.ts';
import {
	COMMON_FACETS,
	type Cohort,
	type Figure,
	type Flow,
	type Question,
	type Structure,
	type Where
} from './figure.ts';
import { problem } from '#lib/server/problem.ts';
import { leads, routes } from '#lib/units/route.server.ts';

/** A question with every default filled in. */
export type Asked = {
	unitId: string;
	from: string;
	asOf: string;
	/** What the answer says of itself. */
	knownAt: Date;
	/** What is asked of the ledger: without a question about the past everything recorded, whatever the clocks say. */
	known: Date | 'infinity';
	structure: Structure;
	by: readonly string[];
	where: Where;
};

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Fills in defaults and refuses facets the figure does not have. */
export function complete(figure: Figure, question: Question): Asked {
	const asOf = question.asOf ?? today();
	const from = question.from ?? `${asOf.slice(0, 4)}-01-01`;
	if (from > asOf) throw problem('figure.period_reversed', { from, asOf });
	const structure = question.structure ?? 'then';
	if (structure !== 'then' && structure !== 'now' && !DAY.test(structure))
		throw problem('figure.unknown_structure', { structure });
	for (const facet of [...(question.by ?? []), ...Object.keys(question.where ?? {})]) {
		if (!figure.facets.includes(facet) && !COMMON_FACETS.some((common) => common === facet)) {
			const allowed = [...figure.facets, ...COMMON_FACETS].join(', ');
			throw problem('figure.unknown_facet', { figure: figure.name, facet, allowed });
		}
	}
	const { unitId, knownAt = new Date(), by = [], where = {} } = question;
	return { unitId, from, asOf, knownAt, known: question.knownAt ?? 'infinity', structure, by, where };
}

/**
 * The one condition that both a figure's value and its list of records are read from: `from postings p join … path … where …`.
 * `path` holds, for each unit under the asked one, the days on which it hangs there (`since` inclusive, `until` exclusive)
 * and the child of the asked unit through which it does (`child`; the unit itself where it is the asked one).
 */
export function condition(
	figure: Flow | Cohort,
	asked: Asked,
	joined: RawBuilder<unknown> = sql``
): RawBuilder<unknown> {
	return sql`
		from postings p ${shares(asked)}
		join (${paths(asked)}) path on path.unit_id = ${standsWith(asked)} and ${leads(structureDay(asked.structure))}
		${joined}
		where ${counted(figure, asked)}`;
}

/**
 * The same condition, where few of many postings are looked at: each is looked up in the tree, which is not gone through.
 * `source`: which they are, as `p`.
 */
export function conditionOfFew(
	figure: Flow | Cohort,
	asked: Asked,
	{ joined = sql``, source = sql`postings p` }: { joined?: RawBuilder<unknown>; source?: RawBuilder<unknown> } = {}
): RawBuilder<unknown> {
	return sql`
		from ${source} ${shares(asked)}
		join lateral (${paths(asked, sql`and whole.unit_id = ${standsWith(asked)}`)}) path on ${leads(structureDay(asked.structure))}
		${joined}
		where ${counted(figure, asked)}`;
}

/**
 * To whom the cases of split units were attributed. On the tree of its own day a posting stands on its own unit, which had
 * not been split: nothing is to be looked up.
 */
export function shares(asked: Asked): RawBuilder<unknown> {
	if (asked.structure === 'then') return sql``;
	return sql`
		left join case_shares share on share.unit_id = p.unit_id and share.case_id = p.case_id
			and share.valid @> ${structureDay(asked.structure)} and share.known @> ${asked.known}::timestamptz`;
}

/** The unit that a posting stands with on the asked tree, as SQL over `p` and `shares`. */
export function standsWith(asked: Asked): RawBuilder<string> {
	return asked.structure === 'then' ? sql`p.unit_id` : sql`coalesce(share.heir_id, p.unit_id)`;
}

/** The ways up to the asked unit on the tree as it was known; `own`: a further condition on them. */
function paths(asked: Asked, own: RawBuilder<unknown> = sql``): RawBuilder<unknown> {
	const known = sql`${asked.known}::timestamptz`;
	return routes({ known, where: sql`whole.ancestor_id = ${asked.unitId}::uuid ${own}` });
}

/** Which postings `p` count, wherever their units stand. */
export function counted(figure: Flow | Cohort, asked: Asked): RawBuilder<unknown> {
	const period =
		figure.kind === 'flow'
			? sql`p.on_date between ${asked.from}::date and ${asked.asOf}::date`
			: sql`p.cohort_on between ${asked.from}::date and ${asked.asOf}::date and p.on_date <= ${asked.asOf}::date`;
	return sql`p.measure = ${figure.measure} and ${period} and p.recorded_at <= ${asked.known}::timestamptz
		${matching(figure.where ?? {})} ${matching(asked.where)}`;
}

/** The day on which the tree is taken, as SQL over the posting `p`. */
export function structureDay(structure: Structure): RawBuilder<unknown> {
	if (structure === 'then') return sql`p.on_date`;
	return sql`${structure === 'now' ? today() : structure}::date`;
}

/**
 * `and` conditions on the facets of `p`. In coalesce(), for the planner keeps no statistics of facets: it would take each for
 * one posting in two hundred, the whole for a single one, and walk the tree anew for every posting that there is.
 */
export function matching(where: Where): RawBuilder<unknown> {
	const conditions = Object.entries(where).map(
		([facet, values]) => sql` and coalesce(${facetOf(facet)} = any(${[...values]}::text[]), false)`
	);
	return conditions.length === 0 ? sql`` : sql.join(conditions, sql` `);
}

/** A facet as SQL text over the condition's tables. */
export function facetOf(facet: string): RawBuilder<string> {
	if (facet === 'month') return sql<string>`to_char(p.on_date::timestamp, 'YYYY-MM')`;
	if (facet === 'unit') return sql<string>`path.child::text`;
	return sql<string>`p.facets ->> ${sql.lit(facet)}`;
}
