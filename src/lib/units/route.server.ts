import { sql, type RawBuilder } from 'kysely';

/**
 * SQL of how units stand under units: `unit_id`, `ancestor_id`, `depth`, `child` (through whom; the unit itself where it is the
 * ancestor) and the days on which they do, `since` inclusive, `until` exclusive. `known`: SQL of the moment as of which the
 * tree is taken; `where`: a condition on `whole`, the paths. Days are plain dates, which the planner can estimate, and it is one pass over
 * the tree before anything else is touched (`offset 0`).
 */
export function routes({
	known,
	where
}: {
	known: RawBuilder<unknown>;
	where: RawBuilder<unknown>;
}): RawBuilder<unknown> {
	return sql`
		select whole.unit_id, whole.ancestor_id, whole.depth, coalesce(step.ancestor_id, whole.unit_id) as child,
			greatest(lower(whole.valid), coalesce(lower(step.valid), lower(whole.valid))) as since,
			least(coalesce(upper(whole.valid), 'infinity'::date), coalesce(upper(step.valid), 'infinity'::date)) as until
		from unit_paths whole
		left join unit_paths step on step.unit_id = whole.unit_id and step.depth = whole.depth - 1
			and step.valid && whole.valid and step.known @> ${known}
		where whole.known @> ${known} and ${where}
		offset 0`;
}

/**
 * Whether a route `path` leads there on a day, as SQL. In coalesce(), because it nearly always does and the planner would take
 * it for one in nine, and walk the units.
 */
export function leads(day: RawBuilder<unknown>): RawBuilder<unknown> {
	return sql`coalesce(path.since <= ${day} and ${day} < path.until, false)`;
}
