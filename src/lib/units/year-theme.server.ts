import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { z } from 'zod';
import type { Actor } from '#lib/accounts/actor.ts';
import { command } from '#lib/actions/action.server.ts';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { normalise } from '#lib/vietnamese/text.ts';
import { authorise } from './authority.server.ts';
import { homeOf } from './unit.server.ts';

export const YearThemeForm = z.strictObject({
	year: z.coerce
		.number('field_year_invalid')
		.int('field_year_invalid')
		.min(1990, 'field_year_invalid')
		.max(2200, 'field_year_invalid'),
	title: z.string().transform(normalise).pipe(z.string().min(1, 'field_required').max(300, 'field_too_long'))
});

/** Gives a year its theme, or a new one; the action keeps the old. Who reviews the unit's models may do it. */
export async function setTheme(
	db: Db,
	actor: Actor,
	theme: { unitId: string; year: number; title: string }
): Promise<{ title: string }> {
	return command(db, actor, async (tx) => {
		await authorise(tx, actor, 'model.review', theme.unitId);
		const { rows } = await sql<{ title: string }>`
			select title from year_themes where unit_id = ${theme.unitId}::uuid and year = ${theme.year} for update`.execute(tx);
		const actionId = newId();
		const title = normalise(theme.title);
		await sql`
			insert into year_themes (unit_id, year, title, action_id)
			values (${theme.unitId}::uuid, ${theme.year}, ${title}, ${actionId}::uuid)
			on conflict on constraint year_themes_pk do update set title = excluded.title, action_id = excluded.action_id`.execute(
			tx
		);
		const homeId = await homeOf(tx, theme.unitId, today());
		const details = { year: theme.year, from: rows[0]?.title ?? null, to: title };
		return {
			result: { title },
			actions: [
				{ id: actionId, homeId, noun: 'year_theme', recordId: theme.unitId, verb: 'set', unitId: theme.unitId, details }
			]
		};
	});
}

/** The theme of a year for a unit: its own, else that of the nearest unit above; null where none was given. */
export async function findTheme(
	db: Db,
	unitId: string,
	year: number
): Promise<{ title: string; unitId: string } | null> {
	const { rows } = await sql<{ title: string; unitId: string }>`
		select t.title, t.unit_id as "unitId" from year_themes t
		join unit_paths p on p.ancestor_id = t.unit_id and p.unit_id = ${unitId}::uuid
			and p.valid @> ${today()}::date and upper_inf(p.known)
		where t.year = ${year} order by p.depth limit 1`.execute(db);
	return rows[0] ?? null;
}
