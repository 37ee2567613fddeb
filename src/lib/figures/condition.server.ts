import { sql, type RawBuilder } from 'kysely';
import { today } from '#lib/server/clock.ts';
import { COMMON_FACETS, type Cohort, type Figure, type Flow, type Question, type Structure, type Where } from './figure.ts';
import { problem } from '#lib/server/problem.ts';

/** A question with every default filled in. */
export type Asked = {
	unitId: string;
	from: string;
	asOf: string;
	knownAt: Date;
	structure: Structure;
	by: readonly string[];
	where: Where;
};

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Fills in defaults and refuses facets the figure does not have. */
export function complete(figure: Figure, question: Question, now: Date): Asked {
	const asOf = question.asOf ?? today(now);
	const from = question.from ?? `${asOf.slice(0, 4)}-01-01`;
	if (from > asOf) throw problem('figure.period_reversed', { from, asOf });
	const structure = question.structure ?? 'then';
	if (structure !== 'then' && structure !== 'now' && !DAY.test(structure)) throw problem('figure.unknown_structure', { structure });
	for (const facet of [...(question.by ?? []), ...Object.keys(question.where ?? {})]) {
		if (!figure.facets.includes(facet) && !COMMON_FACETS.some((common) => common === facet)) {
			const allowed = [...figure.facets, ...COMMON_FACETS].join(', ');
			throw problem('figure.unknown_facet', { figure: figure.name, facet, allowed });
		}
	}
	const { unitId, knownAt = now, by = [], where = {} } = question;
	return { unitId, from, asOf, knownAt, structure, by, where };
}

/**
 * The one condition that both a figure's value and its list of records are read from:
 * `from postings p join unit_paths path … where …`. `path` is the way from the asked unit down to the posting's.
 */
export function condition(figure: Flow | Cohort, asked: Asked): RawBuilder<unknown> {
	const day = structureDay(asked.structure);
	const known = sql`${asked.knownAt}::timestamptz`;
	const step = usesUnit(asked)
		? sql`left join unit_paths step on step.unit_id = p.unit_id and step.depth = path.depth - 1
			and step.valid @> ${day} and step.known @> ${known}`
		: sql``;
	return sql`
		from postings p
		join unit_paths path on path.unit_id = p.unit_id and path.ancestor_id = ${asked.unitId}::uuid
			and path.valid @> ${day} and path.known @> ${known}
		${step}
		where ${counted(figure, asked)}`;
}

/** Which postings `p` count, wherever their units stand. */
export function counted(figure: Flow | Cohort, asked: Asked): RawBuilder<unknown> {
	const period =
		figure.kind === 'flow'
			? sql`p.on_date between ${asked.from}::date and ${asked.asOf}::date`
			: sql`p.cohort_on between ${asked.from}::date and ${asked.asOf}::date and p.on_date <= ${asked.asOf}::date`;
	return sql`p.measure = ${figure.measure} and ${period} and p.recorded_at <= ${asked.knownAt}::timestamptz
		${matching(figure.where ?? {})} ${matching(asked.where)}`;
}

function usesUnit(asked: Asked): boolean {
	return asked.by.includes('unit') || 'unit' in asked.where;
}

/** The day on which the tree is taken, as SQL over the posting `p`. */
export function structureDay(structure: Structure): RawBuilder<unknown> {
	if (structure === 'then') return sql`p.on_date`;
	return sql`${structure === 'now' ? today() : structure}::date`;
}

/** `and` conditions on the facets of `p`. */
export function matching(where: Where): RawBuilder<unknown> {
	const conditions = Object.entries(where).map(([facet, values]) => sql` and ${facetOf(facet)} = any(${[...values]}::text[])`);
	return conditions.length === 0 ? sql`` : sql.join(conditions, sql` `);
}

/**
 * A facet as SQL text over the condition's tables. The part by `unit` is the child of the asked unit through which the
 * posting hangs (`step`, one less deep than the asked unit), or the posting's own unit where that is the asked one.
 */
export function facetOf(facet: string): RawBuilder<string> {
	if (facet === 'month') return sql<string>`to_char(p.on_date, 'YYYY-MM')`;
	if (facet === 'unit') return sql<string>`coalesce(step.ancestor_id, p.unit_id)::text`;
	return sql<string>`p.facets ->> ${sql.lit(facet)}`;
}
