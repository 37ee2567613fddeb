import { sql, type RawBuilder } from 'kysely';
import { today } from '#lib/server/clock.ts';
import { onOneMoment, type Db } from '#lib/server/db.ts';
import { condition, facetOf, standsWith, type Asked } from './condition.server.ts';
import type { Cohort, FigureRecord, Flow, Part } from './figure.ts';
import { areBitsKept, canBitsTell, countPresent, listPresent, type Present, type Standing } from './present.server.ts';

/** Units under the asked one that are expected to have such records, on its cut-off day or the day of the structure. */
function obliged(asked: Asked): RawBuilder<unknown> {
	const day = dayOf(asked);
	return sql`
		from unit_paths under
		join unit_states v on v.unit_id = under.unit_id and v.valid @> ${day}::date and not v.closed
			and v.known @> ${asked.known}::timestamptz
		join unit_kinds k on k.kind = v.kind and k.registers
		where under.ancestor_id = ${asked.unitId}::uuid and under.valid @> ${day}::date and under.known @> ${asked.known}::timestamptz`;
}

function dayOf(asked: Asked): string {
	if (asked.structure === 'then') return asked.asOf;
	return asked.structure === 'now' ? today() : asked.structure;
}

/** Units that have ended by then, each with the open unit that took it over, be it through others. `gone`: SQL of ids, where few are asked for. */
function takers(asked: Asked, gone?: RawBuilder<unknown>): RawBuilder<unknown> {
	const day = dayOf(asked);
	const known = sql`${asked.known}::timestamptz`;
	const few = gone ? sql`and gone.unit_id in (${gone})` : sql``;
	return sql`
		select distinct on (gone.unit_id) gone.unit_id, gone.ancestor_id from unit_paths gone
		join unit_states taker on taker.unit_id = gone.ancestor_id and taker.valid @> ${day}::date and not taker.closed
			and taker.known @> ${known}
		where gone.inherited and not gone.undivided and gone.valid @> ${day}::date and gone.known @> ${known} ${few}
		order by gone.unit_id, gone.depth`;
}

/** Of these, the ones that have such records, or the ones that have none: together they are all. */
function obligedThat(have: 'have' | 'lack', figure: Flow | Cohort, asked: Asked): RawBuilder<unknown> {
	const units = sql`(select coalesce(taker.ancestor_id, having_some.unit_id) from (
			select ${standsWith(asked)} as unit_id ${condition(figure, asked)} group by 1 having sum(p.quantity) > 0
		) having_some left join (${takers(asked)}) taker on taker.unit_id = having_some.unit_id)`;
	return sql`${obliged(asked)} and v.unit_id ${have === 'have' ? sql`in` : sql`not in`} ${units}`;
}

/**
 * How many have such records, whole and by facets, in one pass over the records; null (not applicable) where nobody under the
 * unit is expected to have one. A unit with records in two parts is counted in both, so parts do not add up.
 */
export async function countHaving(
	db: Db,
	figure: Flow | Cohort,
	asked: Asked
): Promise<{ value: number | null; parts: Part[] }> {
	const kept = await present(db, figure, asked);
	if (kept) {
		const parts = kept.children.map((part) => ({ key: { unit: part.child }, value: part.value }));
		return { value: kept.obliged > 0 ? kept.value : null, parts };
	}
	const names = asked.by.map((_, i) => sql.ref(`k${i}`));
	const keys = names.length === 0 ? sql`` : sql`${sql.join(names)},`;
	// A child stays an id until its units are gathered.
	const told = asked.by.map((facet) => (facet === 'unit' ? sql`path.child` : sql`coalesce(${facetOf(facet)}, '')`));
	const found = sql.join(
		told.map((facet, i) => sql`${facet} as ${sql.ref(`k${i}`)}, `),
		sql``
	);
	const parts = sql`
		union all
		select false, ${keys} count(*)::bigint, null from (
			select ${keys} coalesce(taker.ancestor_id, held.unit_id) as unit_id
			from held left join taker on taker.unit_id = held.unit_id
			group by ${keys} coalesce(taker.ancestor_id, held.unit_id) having sum(held.quantity) > 0
		) having_some where unit_id in (select unit_id from obliged)
		group by ${sql.join(names)}`;
	const { rows } = await sql<Record<string, string> & { whole: boolean; value: number; obliged: number }>`
		with held as materialized (
			select ${found} ${standsWith(asked)} as unit_id, sum(p.quantity) as quantity
			${condition(figure, asked)} group by ${keys} ${standsWith(asked)}
		), taker as materialized (${takers(asked)}), obliged as materialized (select v.unit_id ${obliged(asked)})
		select true as whole, ${sql.join(
			names.map((name, i) => sql`${asked.by[i] === 'unit' ? sql`null::uuid` : sql`null::text`} as ${name}, `),
			sql``
		)}
			(select count(*)::bigint from obliged where unit_id in (
				select coalesce(taker.ancestor_id, having_some.unit_id)
				from (select unit_id from held group by 1 having sum(quantity) > 0) having_some
				left join taker on taker.unit_id = having_some.unit_id)) as value,
			(select count(*)::bigint from obliged) as obliged
		${names.length === 0 ? sql`` : parts}
		order by whole desc ${names.length === 0 ? sql`` : sql`, ${sql.join(names)}`}`.execute(db);
	const [whole, ...others] = rows;
	return {
		value: whole && whole.obliged > 0 ? whole.value : null,
		parts: others.map((row) => ({
			key: Object.fromEntries(asked.by.map((facet, i) => [facet, row[`k${i}`] ?? ''])),
			value: row.value
		}))
	};
}

/** As bits tell, where they are kept. */
async function present(db: Db, figure: Flow | Cohort, asked: Asked): Promise<Present | null> {
	if (!canBitsTell(figure, asked)) return null;
	return onOneMoment(db, async (tx) => {
		if (!(await areBitsKept(tx, figure))) return null;
		return countPresent(tx, figure, asked, standingOf(asked));
	});
}

function standingOf(asked: Asked): Standing {
	return { day: dayOf(asked), takers: (gone) => takers(asked, gone) };
}

/** How many lack such records; null (not applicable) where nobody under the unit is expected to have one. */
export async function countLacking(db: Db, figure: Flow | Cohort, asked: Asked): Promise<number | null> {
	const kept = await present(db, figure, { ...asked, by: [] });
	if (kept) return kept.obliged > 0 ? kept.obliged - kept.value : null;
	const { rows } = await sql<{ value: number; obliged: number }>`
		select (select count(*)::bigint ${obligedThat('lack', figure, asked)}) as value,
			(select count(*)::bigint ${obliged(asked)}) as obliged`.execute(db);
	const row = rows[0];
	return row && row.obliged > 0 ? row.value : null;
}

/** How many units under the asked one are expected to register on its cut-off day. */
export async function countObliged(db: Db, asked: Pick<Asked, 'unitId' | 'asOf'>): Promise<number> {
	const { rows } = await sql<{ value: number }>`
		select count(*)::bigint as value from unit_paths under
		join unit_versions v on v.unit_id = under.unit_id and v.valid @> ${asked.asOf}::date
		join unit_kinds k on k.kind = v.kind and k.registers
		where under.ancestor_id = ${asked.unitId}::uuid and under.valid @> ${asked.asOf}::date and upper_inf(under.known)`.execute(
		db
	);
	return rows[0]?.value ?? 0;
}

/** Which have, or lack, in the order of their ids; `after` is the last id of the page before. */
export async function listObligedThat(
	db: Db,
	have: 'have' | 'lack',
	{ figure, asked, after, limit }: { figure: Flow | Cohort; asked: Asked; after: string; limit: number }
): Promise<FigureRecord[]> {
	if (canBitsTell(figure, asked)) {
		const kept = await onOneMoment(db, async (tx) => {
			if (!(await areBitsKept(tx, figure))) return null;
			return listPresent(tx, have, { figure, asked, standing: standingOf(asked), after, limit });
		});
		if (kept) return kept.map(lineOf);
	}
	const next = after === '' ? sql`` : sql`and v.unit_id > ${after}::uuid`;
	const { rows } = await sql<{ unitId: string }>`
		select v.unit_id as "unitId" ${obligedThat(have, figure, asked)} ${next} order by v.unit_id limit ${limit}`.execute(db);
	return rows.map(({ unitId }) => lineOf(unitId));
}

function lineOf(unitId: string): FigureRecord {
	return { caseId: null, unitId, onDate: null, quantity: 1 };
}
