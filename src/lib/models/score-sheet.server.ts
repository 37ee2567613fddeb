import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Actor } from '#lib/accounts/actor.ts';
import { command } from '#lib/actions/action.server.ts';
import type { Db } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import type { Criterion, Level } from './model.ts';

export type NewSheet = {
	level: Level;
	name: string;
	passMark: number;
	law: string;
	from: string;
	criteria: readonly Criterion[];
};

/** Adds a score sheet in force from a day on. Sheets are the whole installation's: only the operator adds them. */
export async function addSheet(db: Db, actor: Actor, sheet: NewSheet): Promise<{ id: string }> {
	if (!actor.everything) throw problem('access.denied');
	return command(db, actor, async (tx) => {
		const id = newId();
		await sql`
			insert into score_sheets (id, level, name, pass_mark, law, valid)
			values (${id}, ${sheet.level}, ${sheet.name}, ${sheet.passMark}, ${sheet.law}, daterange(${sheet.from}::date, null))`.execute(
			tx
		);
		await tx
			.insertInto('score_criteria')
			.values(
				sheet.criteria.map(({ code, name, points }, i) => ({
					sheet_id: id,
					code,
					name,
					points: points === null ? null : String(points),
					position: i + 1
				}))
			)
			.execute();
		const details = { level: sheet.level, passMark: sheet.passMark, from: sheet.from };
		return {
			result: { id },
			actions: [{ id: newId(), homeId: id, noun: 'score_sheet', recordId: id, verb: 'add', unitId: null, details }]
		};
	});
}
