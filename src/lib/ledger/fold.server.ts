import { sql, type RawBuilder } from 'kysely';
import { today } from '#lib/server/clock.ts';
import { inTransaction, temporary, type Db, type Tx } from '#lib/server/db.ts';
import { buildObligations, OBLIGATIONS } from '#lib/units/obligation.server.ts';
import { leads, routes } from '#lib/units/route.server.ts';
import { facetsOf, FOLDING_VERSION, FOLDINGS, type Folding, type Tree } from './folding.ts';
import { differsNow, FOLD_LOCK, isOfToday, keepsNow } from './now.server.ts';
import { buildPresences, markPresences, PRESENCE_VERSION } from './presence.server.ts';
import { listMade } from './readiness.server.ts';

const AT_ONCE = 20_000;
const NOTHING = { folded: 0, built: 0 };

/**
 * Folds what waits, until nothing does: first whole units that are not folded yet, or by an older version, then postings. Each
 * step is a transaction, so that it can be ended at any moment and goes on where it was. Answers how many of both; does
 * nothing where someone else is at it, or where a later program has folded in ways unknown to this one. `countedByUnit`:
 * measures of which it is asked how many units have any.
 */
export async function fold(db: Db, countedByUnit: readonly string[]): Promise<typeof NOTHING> {
	const done = { ...NOTHING };
	if (!(await isAwaited(db))) return done;
	await prepareBits(db, countedByUnit);
	for (const one of await wanting(db)) done.built += await build(db, one);
	if (done.built > 0) await sql`select refresh_folded_statistics()`.execute(db);
	for (;;) {
		const folded = await foldSome(db);
		done.folded += folded;
		if (folded < AT_ONCE) return done;
	}
}

/** Makes what is lacking of who is expected to have records and who has. */
async function prepareBits(db: Db, measures: readonly string[]): Promise<void> {
	const made = new Map((await listMade(db)).map(({ what, version }) => [what, version]));
	if ((made.get(OBLIGATIONS.what) ?? 0) < OBLIGATIONS.version) await buildBits(db, OBLIGATIONS.what);
	for (const measure of measures) if ((made.get(measure) ?? 0) < PRESENCE_VERSION) await buildBits(db, measure);
}

/** Makes the bits of who is expected to have records, or of who has some of a measure, anew. Answers 0 where it may not be done now. */
export async function buildBits(db: Db, what: string): Promise<0 | 1> {
	return inTransaction(db, async (tx) => {
		if (!(await mayFold(tx))) return 0;
		await sql`set local statement_timeout = 0`.execute(tx);
		await (what === OBLIGATIONS.what ? buildObligations(tx) : buildPresences(tx, what));
		return 1;
	});
}

/** On a distributed database no posting waits to be folded: the nodes count them all, side by side (docs/decisions/0020). */
async function isAwaited(db: Db): Promise<boolean> {
	const { rows } = await sql`
		select from pg_trigger where tgrelid = 'postings'::regclass and tgname = 'postings_await_folding'`.execute(db);
	return rows.length > 0;
}

/** Units to be folded in one way: the postings are gone through once for all of them. */
export type Wanting = { folding: Folding; unitIds: readonly string[] };

/**
 * Units tall enough for a way of folding that they lack, or, on the tree of now, have for that of another day. A unit that is
 * over keeps its tallness: what it had under it counts.
 */
async function wanting(db: Db): Promise<Wanting[]> {
	await inTransaction(db, async (tx) => {
		if (await mayFold(tx)) await standApart(tx, sql`select unit_id from case_shares`);
	});
	const { rows } = await sql<{ unitId: string; height: number; differs: boolean; has: Record<string, number> | null }>`
		select tall.unit_id as "unitId", tall.height, ${differsNow(sql`tall.unit_id`)} as differs,
			(select json_object_agg(f.folding, f.version) from foldings f
				where f.unit_id = tall.unit_id and ${isOfToday()}) as has
		from (
			select ancestor_id as unit_id, max(depth) as height from unit_paths
			where upper_inf(known) and not inherited and depth > 1 group by 1
		) tall order by tall.unit_id`.execute(db);
	return FOLDINGS.flatMap((folding) => {
		const lacking = rows.filter(
			({ height, differs, has }) =>
				folding.height <= height &&
				(folding.tree === 'then' || differs) &&
				(has?.[folding.number] ?? 0) < folding.version
		);
		return lacking.length === 0 ? [] : [{ folding, unitIds: lacking.map(({ unitId }) => unitId) }];
	});
}

/** Makes units' cells of one way anew. Answers of how many, 0 where it may not be done now. */
export async function build(db: Db, { unitIds, folding }: Wanting): Promise<number> {
	return inTransaction(db, async (tx) => {
		if (!(await mayFold(tx))) return 0;
		const ids = sql`${[...unitIds]}::uuid[]`;
		// A country's millions take longer than any statement of a page may.
		await sql`set local statement_timeout = 0`.execute(tx);
		await sql`delete from cells where ancestor_id = any(${ids}) and folding = ${folding.number}`.execute(tx);
		await gatherAll(tx, { unitIds, folding });
		await addNew(tx);
		await sql`
			insert into foldings (unit_id, folding, version, tree_day)
			select unit_id, ${folding.number}, ${FOLDING_VERSION}, ${folding.tree === 'now' ? today() : null}::date
			from unnest(${ids}) as made (unit_id)
			on conflict (unit_id, folding) do update set version = excluded.version, tree_day = excluded.tree_day,
				folded_at = clock_timestamp()`.execute(tx);
		return unitIds.length;
	});
}

/** Fills `gathered` with what the cells of these units should contain: all postings but those that wait. */
export async function gatherAll(tx: Tx, { unitIds, folding }: Wanting): Promise<void> {
	// Gathered in memory, of which a country needs more than a page does. A planner that takes nearly every posting for a cell of its
	// own would sort them all instead, on the disk.
	await sql`set local work_mem = '256MB'`.execute(tx);
	await sql`set local enable_sort = off`.execute(tx);
	const source = sql`postings p`;
	const where = sql`not exists (select from unfolded u where u.home_id = p.home_id and u.id = p.id)`;
	await gather(tx, { source, where, unitIds, tree: folding.tree, foldings: [folding] });
}

/** Folds the next postings that wait; answers how many. */
async function foldSome(db: Db): Promise<number> {
	return inTransaction(db, async (tx) => {
		if (!(await mayFold(tx))) return 0;
		await temporary(
			tx,
			'folding_now',
			sql`
			select p.* from (select home_id, id from unfolded limit ${AT_ONCE}) u join postings p using (home_id, id)`
		);
		await addOf(tx, 'folding_now', { sign: 1 });
		await markPresences(tx, 'folding_now');
		const { numAffectedRows } = await sql`
			delete from unfolded u using folding_now p where u.home_id = p.home_id and u.id = p.id`.execute(tx);
		return Number(numAffectedRows ?? 0);
	});
}

/** False where someone else folds, or a later program has: what it keeps is unknown to this one. */
async function mayFold(tx: Tx): Promise<boolean> {
	const { rows } = await sql<{ may: boolean }>`
		select pg_try_advisory_xact_lock(${FOLD_LOCK}) and not exists (
			select from foldings where version > ${FOLDING_VERSION}
			union all
			select from readiness
			where version > case what when ${OBLIGATIONS.what} then ${OBLIGATIONS.version}::int else ${PRESENCE_VERSION}::int end) as may`.execute(
		tx
	);
	return rows[0]?.may ?? false;
}

/**
 * Takes out of the cells what stands, on these days, on units whose paths are about to change, and lets it wait to be folded
 * anew. To be called with the paths as they were; whoever folds waits until this transaction ends. `moved`: SQL of rows
 * `unit_id`, `days datemultirange`.
 */
export async function unfold(tx: Tx, moved: RawBuilder<unknown>): Promise<void> {
	await sql`select pg_advisory_xact_lock(${FOLD_LOCK})`.execute(tx);
	const { rows } = await sql<{ some: boolean }>`select exists (select from foldings) as some`.execute(tx);
	if (!rows[0]?.some) return;
	// Mostly a reorganisation is of days on which nothing was posted yet.
	await temporary(
		tx,
		'moved_units',
		sql`
		select moved.unit_id, moved.days from (${moved}) moved
		where moved.days && daterange(null, (
			select max(last.on_date) from (select distinct measure from measure_facets) m cross join lateral (
				select p.on_date from postings p where p.measure = m.measure order by p.on_date desc limit 1) last), '[]')`
	);
	await temporary(
		tx,
		'unfolding',
		sql`
		select p.* from moved_units moved
		cross join (select distinct measure from measure_facets) m
		join postings p on p.measure = m.measure and p.unit_id = moved.unit_id and p.on_date <@ moved.days
		where not exists (select from unfolded u where u.home_id = p.home_id and u.id = p.id)`
	);
	await addOf(tx, 'unfolding', { sign: -1 });
	await sql`insert into unfolded (home_id, id) select home_id, id from unfolding`.execute(tx);
}

/**
 * Counts the postings of these units singly on the tree of now, from now on: their cases stand with several others. What cells
 * of now contain of them is taken out. `units`: SQL of ids.
 */
export async function standApart(tx: Tx, units: RawBuilder<unknown>): Promise<void> {
	const lacking = sql`select unit_id from (${units}) named where unit_id not in (select unit_id from units_apart)`;
	const { rows } = await sql`${lacking} limit 1`.execute(tx);
	if (rows.length === 0) return;
	await sql`select pg_advisory_xact_lock(${FOLD_LOCK})`.execute(tx);
	if (await keepsNow(tx)) {
		await temporary(
			tx,
			'standing_apart',
			sql`
			select p.* from (select distinct unit_id from (${lacking}) lacking) own
			cross join (select distinct measure from measure_facets) m
			join postings p on p.measure = m.measure and p.unit_id = own.unit_id
			where not exists (select from unfolded u where u.home_id = p.home_id and u.id = p.id)`
		);
		await addOf(tx, 'standing_apart', { trees: ['now'], sign: -1 });
	}
	await sql`insert into units_apart ${lacking} on conflict do nothing`.execute(tx);
}

/**
 * Cells of now under whom other units stand today than before are not read any more and are made anew. To be called once the
 * paths are written; `at`: the moment from which they are known, `changed`: SQL of the units whose paths were written.
 */
export async function forgetMoved(tx: Tx, at: string, changed: RawBuilder<unknown>): Promise<void> {
	if (!(await keepsNow(tx))) return;
	const place = sql`unit_id, ancestor_id, depth`;
	const paths = (known: RawBuilder<unknown>) => sql`
		select ${place} from unit_paths where ${known} = ${at}::timestamptz and valid @> ${today()}::date
			and unit_id in (${changed})`;
	const [before, after] = [paths(sql`upper(known)`), paths(sql`lower(known)`)];
	await sql`
		delete from foldings where tree_day is not null and unit_id in (
			select ancestor_id from unit_paths where unit_id in (
				select unit_id from ((${before} except ${after}) union all (${after} except ${before})) moved))`.execute(tx);
}

/** Adds what the postings of a table add up to, in every cell that is kept, or takes it out (`sign` -1). */
async function addOf(
	tx: Tx,
	table: string,
	{ trees = ['then', 'now'], sign }: { trees?: readonly Tree[]; sign: 1 | -1 }
): Promise<void> {
	const source = sql`${sql.table(table)} p`;
	const among = sql`select unit_id from ${sql.table(table)}`;
	for (const tree of trees) {
		if (tree === 'now' && !(await keepsNow(tx))) continue;
		const foldings = FOLDINGS.filter((folding) => folding.tree === tree);
		await gather(tx, { source, where: sql`true`, among, tree, foldings });
		await add(tx, sign);
	}
}

/**
 * Postings `p` to be gathered, under these units, or under every unit that is folded in one of these ways, all on
 * one tree. `among`: SQL of the units that have any of them, where they are few.
 */
type Gathering = {
	source: RawBuilder<unknown>;
	where: RawBuilder<unknown>;
	among?: RawBuilder<unknown>;
	tree: Tree;
	foldings: readonly Folding[];
	unitIds?: readonly string[];
};

/**
 * Fills `gathered` with what postings add up to in cells: under each ancestor of the posting's own day, or of today, through the
 * child that leads there. The same paths that the condition of a figure joins where it asks for the tree of "then", or of "now".
 * Facets are taken apart once they are gathered.
 */
async function gather(tx: Tx, { source, where, tree, foldings, unitIds, among }: Gathering): Promise<void> {
	const ways = sql`(values ${sql.join(foldings.map(wayOf))}) way (folding, grain, by_child, names)`;
	const folded = unitIds
		? sql`(select unit_id, way.* from unnest(${[...unitIds]}::uuid[]) as unit (unit_id) cross join ${ways})`
		: sql`(select f.unit_id, way.* from foldings f join ${ways} using (folding))`;
	const ancestors = unitIds
		? sql`${[...unitIds]}::uuid[]`
		: sql`array(select unit_id from foldings where (tree_day is not null) = ${tree === 'now'})`;
	const day = tree === 'then' ? sql`p.on_date` : sql`${today()}::date`;
	const inCells = tree === 'then' ? sql`true` : sql`p.unit_id not in (select unit_id from units_apart)`;
	const few = among ? sql`and whole.unit_id in (${among})` : sql``;
	const known = sql`'infinity'::timestamptz`;
	// Laid out first: a planner that has to guess how many there are fetches each unit's postings by themselves.
	await temporary(tx, 'ways_up', routes({ known, where: sql`whole.ancestor_id = any(${ancestors}) ${few}` }));
	await temporary(
		tx,
		'gathered',
		sql`
		select counted.ancestor_id, counted.folding, counted.measure, counted.on_from, counted.cohort_from, counted.child_id,
			case when way.names is null then counted.facets_text
				else (select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(counted.facets_text::jsonb)
					where key = any(way.names))::text
			end as facets_text,
			sum(counted.quantity)::bigint as quantity, sum(counted.about_count)::int as about_count
		from (
			select f.unit_id as ancestor_id, f.folding, p.measure,
				case f.grain when 'day' then p.on_date else date_trunc(f.grain, p.on_date::timestamp)::date end as on_from,
				date_trunc(case f.grain when 'year' then 'year' else 'month' end, p.cohort_on::timestamp)::date as cohort_from,
				case when f.by_child then path.child else f.unit_id end as child_id,
				case when cardinality(f.names) = 0 then '{}' else p.facets_text end as facets_text,
				sum(p.quantity) as quantity, count(*) filter (where p.about) as about_count
			from ${source}
			join ways_up path on path.unit_id = p.unit_id and ${leads(day)}
			join ${folded} f on f.unit_id = path.ancestor_id
			where ${where} and ${inCells}
			group by 1, 2, 3, 4, 5, 6, 7
		) counted
		join ${ways} on way.folding = counted.folding
		group by 1, 2, 3, 4, 5, 6, 7`
	);
}

/** A way of folding as a row of SQL: its number, its grain, whether by children, and the facets that it tells apart. */
function wayOf(folding: Folding): RawBuilder<unknown> {
	const named = facetsOf(folding)?.map((name) => sql.lit(name));
	const names = named ? sql`array[${sql.join(named)}]::text[]` : sql`null::text[]`;
	return sql`(${sql.lit(folding.number)}::smallint, ${sql.lit(folding.grain)}, ${sql.lit(folding.byChild)}, ${names})`;
}

/** Adds what was gathered to the cells, or takes it out (`sign` -1). */
async function add(tx: Tx, sign: 1 | -1): Promise<void> {
	await sql`
		${await newCells(tx, sign)}
		on conflict (ancestor_id, folding, measure, on_from, cohort_from, child_id, facet_set_id)
		do update set quantity = cells.quantity + excluded.quantity, about_count = cells.about_count + excluded.about_count`.execute(
		tx
	);
}

/** Adds what was gathered where there are no cells yet: that nothing is looked for saves half of the time. */
async function addNew(tx: Tx): Promise<void> {
	await (await newCells(tx, 1)).execute(tx);
}

/** SQL that inserts what was gathered, once the facets it needs are there. */
async function newCells(tx: Tx, sign: 1 | -1): Promise<RawBuilder<unknown>> {
	await sql`
		insert into facet_sets (facets) select distinct facets_text::jsonb from gathered
		where facets_text not in (select facets_text from facet_sets)
		on conflict do nothing`.execute(tx);
	return sql`
		insert into cells (ancestor_id, folding, measure, on_from, cohort_from, child_id, facet_set_id, quantity, about_count)
		select g.ancestor_id, g.folding, g.measure, g.on_from, g.cohort_from, g.child_id, s.id, ${sign} * g.quantity,
			${sign} * g.about_count
		from gathered g join facet_sets s on s.facets_text = g.facets_text
		order by 1, 2, 3, 4, 5, 6, 7`;
}
