import { sql } from 'kysely';
import type { Actor } from '#lib/accounts/actor.ts';
import { history } from '#lib/actions/action.server.ts';
import type { Db } from '#lib/server/db.ts';
import { list } from '#lib/models/list.server.ts';
import { m } from '#lib/paraglide/messages.js';
import { OWNED } from '#lib/models/narrow.server.ts';
import { may, visibleTo, visibleUnder } from '#lib/units/authority.server.ts';
import type { Unit } from '#lib/units/unit.ts';
import { formatInstant, formatNumber } from '#lib/vietnamese/format.ts';

export type Todo = { key: string; text: string; href: string };
export type ReturnedModel = { id: string; name: string; unitName: string; reason: string; by: string };

const SHOWN = 5;

/** What waits for somebody at and under a unit in a year, most urgent first; nothing that the actor could not do. */
export async function listTodos(db: Db, actor: Actor, of: { unit: Unit; year: number }): Promise<Todo[]> {
	const { unit, year } = of;
	const [waiting, imports, reviews, writes] = await Promise.all([
		countWaiting(db, actor, of),
		listImports(db, actor, unit),
		may(db, actor, 'model.review', unit.id),
		may(db, actor, 'model.write', unit.id)
	]);
	const models = (state: string) => `/models?${new URLSearchParams({ unit: unit.code, year: String(year), state })}`;
	const todos: Todo[] = [];
	const add = (state: string, text: (inputs: { count: string }) => string) => {
		const count = waiting.get(state) ?? 0;
		if (count > 0) todos.push({ key: state, text: text({ count: formatNumber(count) }), href: models(state) });
	};
	if (reviews) add('submitted', m.desk_todo_submitted);
	for (const one of imports)
		todos.push({ key: one.id, text: m.desk_todo_import({ name: one.name }), href: `/models/import/${one.id}` });
	if (reviews) add('self_assessed', m.desk_todo_self_assessed);
	if (reviews) add('appraised', m.desk_todo_appraised);
	add('returned', m.desk_todo_returned);
	if (writes) add('draft', m.desk_todo_draft);
	return todos;
}

async function countWaiting(
	db: Db,
	actor: Actor,
	{ unit, year }: { unit: Unit; year: number }
): Promise<Map<string, number>> {
	const own = await visibleUnder(db, actor, 'model.read', { of: OWNED, unitId: unit.id });
	const { rows } = await sql<{ state: string; count: number }>`
		select r.state, count(*)::bigint as count from registrations r
		where r.year = ${year} and r.state in ('draft', 'submitted', 'returned', 'self_assessed', 'appraised')
			and ${own}
		group by r.state`.execute(db);
	return new Map(rows.map((row) => [row.state, row.count]));
}

/** Lists that were read and wait for somebody to decide on them. */
async function listImports(db: Db, actor: Actor, unit: Unit): Promise<{ id: string; name: string }[]> {
	const { rows } = await sql<{ id: string; name: string }>`
		select i.id, f.name from imports i join files f on f.id = i.file_id
		where i.unit_id = ${unit.id}::uuid and i.state = 'ready' and ${visibleTo(actor, 'model.import', { unit: 'i.unit_id' })}
		order by i.created_at desc limit ${SHOWN}`.execute(db);
	return rows;
}

/** Registrations that were given back, each with the last reason. */
export async function listReturned(db: Db, actor: Actor, of: { unit: Unit; year: number }): Promise<ReturnedModel[]> {
	const { rows } = await list(db, actor, { unitId: of.unit.id, year: of.year, state: 'returned', limit: SHOWN });
	return Promise.all(
		rows.map(async (row) => {
			const last = (await history(db, [row.id])).findLast((action) => action.verb === 'return');
			const by = last ? `${last.actorName}, ${formatInstant(last.actedAt)}` : '';
			return { id: row.id, name: row.name, unitName: row.unitName, reason: last?.reason ?? '', by };
		})
	);
}
