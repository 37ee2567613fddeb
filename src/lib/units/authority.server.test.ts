import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { expect } from 'vitest';
import type { Actor } from '#lib/accounts/actor.ts';
import type { Db } from '#lib/server/db.ts';
import { test } from '../../../tests/database.ts';
import { visibleTo, visibleUnder } from './authority.server.ts';

const DAYS = ['2010-01-01', '2019-12-31', '2020-01-01', '2024-06-30', '2024-07-01', '2025-12-31', '2099-01-01', null];

/** Paths of units over each other, as history may have left them: [ancestor, unit, from, until, inherited]. */
const PATHS = [
	['top', 'top', '2000-01-01', null, false],
	['middle', 'middle', '2000-01-01', null, false],
	['stayed', 'stayed', '2000-01-01', null, false],
	['moved', 'moved', '2000-01-01', null, false],
	['returned', 'returned', '2000-01-01', null, false],
	['closed', 'closed', '2000-01-01', '2020-01-01', false],
	['top', 'middle', '2020-01-01', null, false],
	['middle', 'stayed', '2000-01-01', null, false],
	['top', 'stayed', '2020-01-01', null, false],
	['middle', 'moved', '2024-07-01', null, false],
	['top', 'moved', '2010-01-01', null, false],
	['middle', 'returned', '2000-01-01', '2020-01-01', false],
	['middle', 'returned', '2024-07-01', null, false],
	['top', 'returned', '2024-07-01', null, false],
	['middle', 'closed', '2020-01-01', null, true],
	['top', 'closed', '2020-01-01', null, true]
] as const;

async function plant(db: Db): Promise<Map<string, string>> {
	const ids = new Map([...new Set(PATHS.flatMap(([a, u]) => [a, u]))].map((name) => [name, newId()]));
	for (const id of ids.values()) await db.insertInto('units').values({ id }).execute();
	for (const [ancestor, unit, from, until, inherited] of PATHS)
		await sql`
			insert into unit_paths (ancestor_id, unit_id, depth, valid, inherited)
			values (${ids.get(ancestor)}::uuid, ${ids.get(unit)}::uuid, 1, daterange(${from}::date, ${until}::date), ${inherited})`.execute(
			db
		);
	return ids;
}

test('a list under a unit shows what is visible of the records of units that stand there today, and no more', async ({
	db
}) => {
	const ids = await plant(db);
	const id = (name: string) => ids.get(name) ?? '';
	const of = { unit: 'r.unit_id', day: 'r.day' } as const;
	const answers = new Set<boolean>();
	for (const own of [['top'], ['middle'], ['top', 'middle'], ['moved'], []])
		for (const asked of ['top', 'middle', 'moved', 'closed']) {
			const grants = own.map((name) => ({ unitId: id(name), role: 'officer' as const }));
			const actor: Actor = { id: newId(), name: 'Đo', grants, everything: false };
			const { rows } = await sql<{ unit: string; day: string | null; fast: boolean; slow: boolean }>`
				select r.unit_id as unit, r.day, ${await visibleUnder(db, actor, 'model.read', { of, unitId: id(asked) })} as fast,
					(exists (select 1 from unit_paths p where p.unit_id = r.unit_id and p.ancestor_id = ${id(asked)}::uuid
						and p.valid @> current_date) and ${visibleTo(actor, 'model.read', of)}) as slow
				from (select u.id as unit_id, d.day from unnest(${[...ids.values()]}::uuid[]) u (id), unnest(${DAYS}::date[]) d (day)) r`.execute(
				db
			);
			for (const { unit, day, fast, slow } of rows) {
				expect(fast, `${own.join()} asks ${asked} for ${unit} of ${String(day)}`).toBe(slow);
				answers.add(slow);
			}
		}
	expect(answers).toEqual(new Set([true, false]));
});
