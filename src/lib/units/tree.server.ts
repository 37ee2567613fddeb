import { sql } from 'kysely';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { fold } from '#lib/vietnamese/text.ts';
import { word } from '#lib/ui/word.ts';
import type { Branch } from './tree.ts';
import type { Unit } from './unit.ts';

/** Units that stand directly under one on a day, by code. */
export async function listChildren(db: Db, unitId: string, day = today()): Promise<Unit[]> {
	const { rows } = await sql<Unit>`
		select v.unit_id as id, v.code, v.name, v.kind, v.parent_id as "parentId" from unit_versions v
		where v.parent_id = ${unitId}::uuid and v.valid @> ${day}::date order by v.code`.execute(db);
	return rows;
}

type Node = Unit & { childCount: number };

const NODE = (day: string) => sql<Node>`
	v.unit_id as id, v.code, v.name, v.kind, v.parent_id as "parentId",
	(select count(*) from unit_versions c where c.parent_id = v.unit_id and c.valid @> ${day}::date) as "childCount"`;

const branchOf = (node: Node, is: { open: boolean; found: boolean }): Branch => ({
	...node,
	...is,
	kindName: word('unit_kind', node.kind),
	children: []
});

/** Units directly under one on a day, folded, with how many stand under each. */
export async function branchesUnder(db: Db, unitId: string, day: string): Promise<Branch[]> {
	const { rows } = await sql<Node>`
		select ${NODE(day)} from unit_versions v
		where v.parent_id = ${unitId}::uuid and v.valid @> ${day}::date order by v.code`.execute(db);
	return rows.map((node) => branchOf(node, { open: false, found: false }));
}

/**
 * The tree at a unit on a day, siblings by code: unfolded at the top and on the way to the units with these codes; all else
 * is loaded when it is opened. Null where the unit is not on that day.
 */
export async function tree(
	db: Db,
	unitId: string,
	of: { day: string; open: readonly string[] }
): Promise<Branch | null> {
	const { rows } = await sql<Node & { isOpen: boolean }>`
		with opened as (
			select ${unitId}::uuid as unit_id
			union
			select up.ancestor_id from unit_versions v
			join unit_paths up on up.unit_id = v.unit_id and up.valid @> ${of.day}::date and upper_inf(up.known)
			join unit_paths below on below.unit_id = up.ancestor_id and below.ancestor_id = ${unitId}::uuid
				and below.valid @> ${of.day}::date and upper_inf(below.known)
			where v.code = any(${[...of.open]}::text[]) and v.valid @> ${of.day}::date
		)
		select ${NODE(of.day)}, v.unit_id in (select unit_id from opened) as "isOpen"
		from (
			select ${unitId}::uuid as unit_id
			union select c.unit_id from opened join unit_versions c on c.parent_id = opened.unit_id and c.valid @> ${of.day}::date
		) shown
		join unit_versions v on v.unit_id = shown.unit_id and v.valid @> ${of.day}::date
		order by v.code`.execute(db);
	return assemble(
		unitId,
		rows.map(({ isOpen, ...node }) => branchOf(node, { open: isOpen, found: false }))
	);
}

const FOUND_AT_MOST = 200;

/** Units at and under one on a day whose name or code holds a text (no tone marks needed), and the ways to them. */
export async function searchTree(db: Db, unitId: string, of: { day: string; search: string }): Promise<Branch | null> {
	const key = fold(of.search).replaceAll(/[\\%_]/g, String.raw`\$&`);
	const { rows } = await sql<Node & { isFound: boolean }>`
		with found as (
			select v.unit_id from unit_versions v
			join unit_paths p on p.unit_id = v.unit_id and p.ancestor_id = ${unitId}::uuid
				and p.valid @> ${of.day}::date and upper_inf(p.known)
			where v.valid @> ${of.day}::date and (v.name_key like ${`%${key}%`} or lower(v.code) like ${`%${key}%`})
			order by v.code limit ${FOUND_AT_MOST}
		), ways as (
			select distinct p.ancestor_id as unit_id from found
			join unit_paths p on p.unit_id = found.unit_id and p.valid @> ${of.day}::date and upper_inf(p.known)
		)
		select ${NODE(of.day)}, v.unit_id in (select unit_id from found) as "isFound" from unit_versions v
		where v.valid @> ${of.day}::date and v.unit_id in (select unit_id from ways) order by v.code`.execute(db);
	return assemble(
		unitId,
		rows.map(({ isFound, ...node }) => branchOf(node, { open: true, found: isFound }))
	);
}

function assemble(unitId: string, branches: readonly Branch[]): Branch | null {
	const byId = new Map(branches.map((branch) => [branch.id, branch]));
	for (const branch of branches) {
		if (branch.id !== unitId && branch.parentId) byId.get(branch.parentId)?.children.push(branch);
	}
	return byId.get(unitId) ?? null;
}

/** Everything that a tree shows. */
export function shownOf(branch: Branch): string[] {
	return [branch.id, ...branch.children.flatMap(shownOf)];
}

/** What a unit was called, of what kind it was and under whom it stood, latest first. `until`: the last day. */
export type UnitVersion = {
	id: string;
	code: string;
	name: string;
	kind: string;
	parentName: string | null;
	from: string;
	until: string | null;
};

/** The versions of a unit in time. `from` the beginning of all counting says that the day is not known. */
export async function listVersions(db: Db, unitId: string): Promise<UnitVersion[]> {
	const { rows } = await sql<UnitVersion>`
		select v.id, v.code, v.name, v.kind, lower(v.valid) as "from", (upper(v.valid) - 1)::date as until, (
			select p.name from unit_versions p where p.unit_id = v.parent_id
			order by (p.valid @> lower(v.valid)) desc, upper(p.valid) desc nulls first limit 1) as "parentName"
		from unit_versions v where v.unit_id = ${unitId}::uuid order by lower(v.valid) desc`.execute(db);
	return rows;
}
