import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Tx } from '#lib/server/db.ts';
import type { HeldRole, RoleFollower, RoleMove, RolesMoved } from '#lib/units/follower.ts';

/** How the roles of people follow units that end: each goes over to a unit that is named for it, or ends. */
export const ROLE_FOLLOWER: RoleFollower = {
	list: async (db, unitIds, day) => {
		const { rows } = await sql<HeldRole>`
			select g.id as "grantId", g.unit_id as "unitId", u.name as person, g.role from role_grants g
			join users u on u.id = g.user_id
			where g.unit_id = any(${[...unitIds]}::uuid[]) and g.valid && daterange(${day}::date, null)
			order by u.name, g.role`.execute(db);
		return rows;
	},
	move: async (tx, moves, actionId) => {
		const moved: RolesMoved = { ended: [], given: [] };
		// What is lent ends with the role it is lent from, and is lent anew by who now holds that.
		for (const move of moves) await moveOne(tx, { move, moved, actionId });
		return moved;
	},
	undo: async (tx, { ended, given }) => {
		await sql`delete from role_grants where id = any(${given}::uuid[])`.execute(tx);
		for (const { grantId, until } of ended) {
			await sql`
				update role_grants set valid = daterange(lower(valid), ${until}::date) where id = ${grantId}::uuid`.execute(tx);
		}
	}
};

async function moveOne(
	tx: Tx,
	{ move, moved, actionId }: { move: RoleMove; moved: RolesMoved; actionId: string }
): Promise<void> {
	const { rows } = await sql<{ from: string; until: string | null }>`
		select lower(valid) as "from", upper(valid) as until from role_grants where id = ${move.grantId}::uuid for update`.execute(
		tx
	);
	const held = rows[0];
	if (!held || (held.until !== null && held.until <= move.day)) return;
	// A role that begins only later was never held on the old unit: it is kept there, empty, as the trace of what was meant.
	const end = held.from > move.day ? held.from : move.day;
	moved.ended.push({ grantId: move.grantId, until: held.until });
	await sql`
		update role_grants set valid = daterange(lower(valid), ${end}::date) where id = ${move.grantId}::uuid`.execute(tx);
	if (move.toUnitId === null) return;
	const id = newId();
	const { numInsertedOrUpdatedRows } = await given(tx, { id, move, end, actionId });
	if (numInsertedOrUpdatedRows) moved.given.push(id);
}

/** The same role on the other unit for the rest of its time, unless the person holds it there already. */
async function given(
	tx: Tx,
	{ id, move, end, actionId }: { id: string; move: RoleMove; end: string; actionId: string }
): Promise<{ numInsertedOrUpdatedRows: boolean }> {
	const { rows } = await sql`
		insert into role_grants (id, user_id, unit_id, role, valid, action_id, delegated_from_id, reason)
		select ${id}::uuid, g.user_id, ${move.toUnitId}::uuid, g.role, daterange(${end}::date, null), ${actionId}::uuid,
			g.delegated_from_id, g.reason
		from role_grants g where g.id = ${move.grantId}::uuid and g.delegated_from_id is null and not exists (
			select 1 from role_grants h where h.user_id = g.user_id and h.unit_id = ${move.toUnitId}::uuid and h.role = g.role
				and h.valid && daterange(${end}::date, null))
		returning 1`.execute(tx);
	return { numInsertedOrUpdatedRows: rows.length > 0 };
}
