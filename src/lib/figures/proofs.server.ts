import { sql } from 'kysely';
import type { Actor } from '#lib/accounts/actor.ts';
import type { Db } from '#lib/server/db.ts';
import {
	complete,
	condition,
	counted,
	matching,
	shares,
	standsWith,
	structureDay,
	type Asked
} from './condition.server.ts';
import { basesOf, type Cohort, type Figure, type Flow, type Partition, type Question } from './figure.ts';
import { reachOf } from './reach.server.ts';

/** Records that stand in no part, or in more than one, are named by case: the way to mend it. */
export type PartitionProof = {
	kind: 'partition';
	name: string;
	holds: boolean;
	total: number;
	parts: { name: string; value: number }[];
	inNone: string[];
	inSeveral: string[];
};
/** Children add up to the parent. */
type ChildrenProof = { kind: 'children'; holds: boolean; total: number; sum: number };
/** Records entered after the cut-off day: not wrong, but good to know before signing. */
type LateProof = { kind: 'late'; holds: boolean; count: number };
export type Proof = PartitionProof | ChildrenProof | LateProof;

/** What is proved of one figure that the asked one is read from: itself, or either half of a share. */
export type BaseProofs = { figure: string; proofs: Proof[] };

/** What can be proved of a figure on its records, to who may see them, for each figure it is read from: of a ratio both halves. */
export async function prove(db: Db, actor: Actor, figure: Figure, question: Question): Promise<BaseProofs[]> {
	const asked = complete(figure, question);
	if ((await reachOf(db, actor, { figure, asked })) !== 'records') return [];
	const found: BaseProofs[] = [];
	for (const base of basesOf(figure)) {
		const proofs: Proof[] = [];
		for (const partition of base.partitions ?? []) proofs.push(await partitioned(db, base, asked, partition));
		proofs.push(await childrenAddUp(db, base, asked), await late(db, base, asked));
		found.push({ figure: base.name, proofs });
	}
	return found;
}

async function partitioned(db: Db, figure: Flow | Cohort, asked: Asked, partition: Partition): Promise<PartitionProof> {
	const tests = partition.parts.map((part) => sql`(true ${matching(part.where)})::int`);
	const columns = sql.join(tests.map((test, i) => sql`${test} as ${sql.ref(`part${i}`)}`));
	const sums = sql.join(
		partition.parts.map((_, i) => sql`sum(quantity * ${sql.ref(`part${i}`)})::bigint as ${sql.ref(`part${i}`)}`)
	);
	const hits = sql.join(
		partition.parts.map((_, i) => sql.ref(`part${i}`)),
		sql` + `
	);
	const { rows } = await sql<
		Record<string, number> & { total: number; none: string[] | null; several: string[] | null }
	>`
		with counted as (
			select p.case_id, p.quantity, ${columns} ${condition(figure, asked)}
		), open as (
			select case_id from counted group by case_id having sum(quantity) <> 0
		)
		select coalesce(sum(quantity), 0)::bigint as total, ${sums},
			(array_agg(distinct case_id) filter (where ${hits} = 0 and case_id in (select case_id from open)))[1:20] as none,
			(array_agg(distinct case_id) filter (where ${hits} > 1 and case_id in (select case_id from open)))[1:20] as several
		from counted`.execute(db);
	const row = rows[0];
	const parts = partition.parts.map((part, i) => ({ name: part.name, value: row?.[`part${i}`] ?? 0 }));
	const total = row?.total ?? 0;
	const inNone = row?.none ?? [];
	const inSeveral = row?.several ?? [];
	const sum = parts.reduce((all, part) => all + part.value, 0);
	return {
		kind: 'partition',
		name: partition.name,
		holds: sum === total && !inNone.length && !inSeveral.length,
		total,
		parts,
		inNone,
		inSeveral
	};
}

/** What hangs under each child, added, and what is the unit's own: a second way through the tree to the same number. */
async function childrenAddUp(db: Db, figure: Flow | Cohort, asked: Asked): Promise<ChildrenProof> {
	const day = structureDay(asked.structure);
	const known = sql`${asked.known}::timestamptz`;
	const { rows } = await sql<{ total: number; sum: number }>`
		select (select coalesce(sum(p.quantity), 0)::bigint ${condition(figure, asked)}) as total,
			(select coalesce(sum(p.quantity), 0)::bigint ${condition(figure, asked)} and path.depth = 0)
			+ (select coalesce(sum(p.quantity), 0)::bigint from postings p ${shares(asked)} join (
				select below.unit_id, child.unit_id as child, greatest(lower(child.valid), lower(below.valid)) as since,
					least(coalesce(upper(child.valid), 'infinity'::date), coalesce(upper(below.valid), 'infinity'::date)) as until
				from unit_paths child join unit_paths below on below.ancestor_id = child.unit_id and below.known @> ${known}
				where child.ancestor_id = ${asked.unitId}::uuid and child.depth = 1 and child.known @> ${known}
				offset 0
			) path on path.unit_id = ${standsWith(asked)} and path.since <= ${day} and ${day} < path.until
			where ${counted(figure, asked)}) as sum`.execute(db);
	const { total, sum } = rows[0] ?? { total: 0, sum: 0 };
	return { kind: 'children', holds: total === sum, total, sum };
}

async function late(db: Db, figure: Flow | Cohort, asked: Asked): Promise<LateProof> {
	const { rows } = await sql<{ count: number }>`
		select count(distinct p.case_id)::bigint as count ${condition(figure, asked)}
			and p.recorded_at >= ((${asked.asOf}::date + 1)::timestamp at time zone 'Asia/Ho_Chi_Minh')`.execute(db);
	const count = rows[0]?.count ?? 0;
	return { kind: 'late', holds: count === 0, count };
}
