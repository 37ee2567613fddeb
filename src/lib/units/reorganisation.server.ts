import { sql } from 'kysely';
import type { Actor } from '#lib/accounts/actor.ts';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { dayPlus } from '#lib/vietnamese/day.ts';
import { visibleTo } from './authority.server.ts';
import type { RoleDecisions } from './event.schema.ts';
import type { Followers } from './follower.ts';
import {
	planSheet,
	type SheetBooks,
	type SheetPlan,
	type SheetRow,
	type Standing,
	type Terms
} from './reorganisation.ts';
import type { UnitKind } from './unit.ts';

/** A sheet to be worked out. `complete`: it says that it names every unit of a kind under the office. */
export type Sheet = {
	rows: readonly SheetRow[];
	terms: Terms;
	complete: { unitId: string; kind: UnitKind } | null;
	followers: Followers;
};

export type PreparedSheet = SheetPlan & { roles: RoleDecisions };

/** Works a sheet out against the units of the eve of its day. Nothing is written. */
export async function prepareSheet(db: Db, actor: Actor, sheet: Sheet): Promise<PreparedSheet> {
	const { rows, terms, followers } = sheet;
	const plan = planSheet(rows, await booksOf(db, actor, sheet), terms);
	const roles: RoleDecisions = {};
	const day = terms.effectiveOn > today() ? terms.effectiveOn : today();
	const unitIds = plan.divided.map(({ unitId }) => unitId);
	const held = unitIds.length === 0 ? [] : await followers.roles.list(db, unitIds, day);
	for (const { unitId, row, rolesTo } of plan.divided) {
		const here = held.filter((one) => one.unitId === unitId);
		if (rolesTo !== null) for (const one of here) roles[one.grantId] = rolesTo;
		else if (here.length > 0) {
			const params = { people: [...new Set(here.map((one) => one.person))].slice(0, 5).join(', ') };
			const { sheet: name, row: number, columns, code: value } = row;
			plan.refused.push({ sheet: name, row: number, column: columns.code, code: 'roles_undecided', params, value });
		}
	}
	return { ...plan, roles };
}

const STANDING = sql<Standing>`
	v.unit_id as id, v.code, v.name, v.kind,
	(select p.code from unit_versions p where p.unit_id = v.parent_id and p.valid @> eve.day) as "parentCode",
	(select max(a.depth) from unit_paths a where a.unit_id = v.unit_id and a.valid @> eve.day and upper_inf(a.known)) as depth`;

async function booksOf(db: Db, actor: Actor, { rows, terms, complete }: Sheet): Promise<SheetBooks> {
	const eve = sql`(select ${dayPlus(terms.effectiveOn, -1)}::date as day) eve`;
	const codes = [...new Set(rows.flatMap((row) => [row.code, row.newCode, row.parentCode]))];
	const { rows: standing } = await sql<Standing>`
		select ${STANDING} from ${eve}, unit_versions v
		where v.code = any(${codes}::text[]) and v.valid @> eve.day
			and ${visibleTo(actor, 'unit.read', { unit: 'v.unit_id' })}`.execute(db);
	const byCode = new Map(standing.map((unit) => [unit.code, unit]));
	if (!complete) return { standing: byCode, expected: [] };
	const { rows: expected } = await sql<Standing>`
		select ${STANDING} from ${eve}, unit_versions v
		where v.kind = ${complete.kind} and v.valid @> eve.day and exists (
			select 1 from unit_paths p where p.unit_id = v.unit_id and p.ancestor_id = ${complete.unitId}::uuid
				and p.valid @> eve.day and upper_inf(p.known))
		order by v.code`.execute(db);
	return { standing: byCode, expected };
}
