import { sql } from 'kysely';
import { expect } from 'vitest';
import { operator } from '#lib/accounts/actor.ts';
import { figureNamed } from '#lib/catalogue.ts';
import { ask } from '#lib/figures/ask.server.ts';
import type { Db } from '#lib/server/db.ts';
import { fold } from '#lib/vietnamese/text.ts';
import { test as emptyTest, testOn } from '../../../tests/database.ts';
import { idOf, provinceCode, TOP } from './units.ts';
import { make, type World } from './world.ts';

const SMALL: World = {
	name: 'small',
	provinces: 2,
	communes: 3,
	bases: 7,
	yearly: 80,
	firstYear: 2022,
	lastYear: 2024,
	reports: 3
};
const test = testOn({ name: 'bench_small', fill: (db) => make(db, SMALL, () => undefined).then(() => undefined) });
const actor = operator('Đo');

/** By level, field and novelty, counted over the registrations themselves, which know nothing of postings. */
const NAIVE = {
	'models.registered': `r.state not in ('draft', 'submitted', 'returned', 'withdrawn')`,
	'models.recognised': `r.state = 'recognised'`,
	'models.not_recognised': `r.state = 'not_recognised'`,
	'models.typical': `exists (select 1 from honours h where h.registration_id = r.id and h.honour = 'typical')`,
	'models.rewarded': `exists (select 1 from honours h where h.registration_id = r.id and h.honour = 'rewarded')`
} as const;

test.for(Object.entries(NAIVE))('%s is what a count over the registrations says', async ([name, condition], { db }) => {
	for (const unit of [TOP, ...[0, 1].map(provinceCode), `${provinceCode(0)}-0000`])
		for (const year of [2022, 2023, 2024]) {
			const question = {
				unitId: idOf(unit),
				from: `${year}-01-01`,
				asOf: `${year}-12-31`,
				by: ['level', 'field', 'novelty']
			};
			const { value, parts } = await ask(db, actor, figureNamed(name), question);
			const { rows } = await sql<{ key: Record<string, string>; value: number }>`
				select jsonb_build_object('level', r.level, 'field', r.field, 'novelty', r.novelty) as key, count(*)::bigint as value
				from registrations r join unit_paths p on p.unit_id = r.unit_id and p.ancestor_id = ${question.unitId}::uuid
				where r.year = ${year} and ${sql.raw(condition)}
				group by r.level, r.field, r.novelty`.execute(db);
			expect(value, `${unit} ${year}`).toBe(rows.reduce((sum, row) => sum + row.value, 0));
			expect(new Set(parts)).toEqual(new Set(rows));
		}
});

test('every copy is counted once for what it copies', async ({ db }) => {
	const counted = await Promise.all(
		[2022, 2023].map(async (year) => {
			const question = {
				unitId: idOf(TOP),
				from: `${year + 1}-01-01`,
				asOf: `${year + 1}-12-31`,
				where: { year: [String(year)] }
			};
			return (await ask(db, actor, figureNamed('models.replicated'), question)).value;
		})
	);
	const { rows } = await sql<{ copies: number }>`
		select count(*)::bigint as copies from models where replicated_from_id is not null`.execute(db);
	expect(rows[0]?.copies).toBeGreaterThan(0);
	expect(counted.reduce((sum: number, one) => sum + (one ?? 0), 0)).toBe(rows[0]?.copies);
});

test('postings stand as commands leave them: at home, by an action, taken back no more than once', async ({ db }) => {
	const { rows } = await sql<Record<string, number>>`
		select count(*) filter (where a.id is null)::int as without_action,
			count(*) filter (where p.home_id <> r.home_id or p.unit_id <> r.unit_id)::int as elsewhere,
			count(*) filter (where p.recorded_at < p.on_date)::int as foreseen,
			count(*) filter (where p.reverses_id is not null and (taken.quantity + p.quantity <> 0
				or taken.facets <> p.facets or taken.measure <> p.measure))::int as wrongly_reversed,
			count(*) filter (where p.reverses_id is not null)::int as reversed
		from postings p join registrations r on r.id = p.case_id
		left join actions a on a.id = p.action_id and a.home_id = p.home_id and a.record_id = p.case_id
		left join postings taken on taken.home_id = p.home_id and taken.id = p.reverses_id`.execute(db);
	const { reversed, ...wrong } = rows[0] ?? {};
	expect(reversed).toBeGreaterThan(20);
	expect(wrong).toEqual({ without_action: 0, elsewhere: 0, foreseen: 0, wrongly_reversed: 0 });
});

test('has its size, every state, and names that are found as the application folds them', async ({ db }) => {
	const { rows } = await sql<{ name: string; key: string; state: string }>`
		select name, name_key as key, state from registrations`.execute(db);
	expect(rows).toHaveLength(SMALL.provinces * SMALL.yearly * 3);
	for (const { name, key } of rows) expect(key).toBe(fold(name));
	expect(new Set(rows.map((row) => row.state)).size).toBeGreaterThan(7);
	expect(await count(db, 'units')).toBe(1 + SMALL.provinces + SMALL.communes + SMALL.bases);
	expect(await count(db, 'reports')).toBe(SMALL.reports);
});

emptyTest('an interrupted world is made to its end, and nothing of it twice', async ({ db }) => {
	const world = { ...SMALL, provinces: 1, communes: 1, bases: 2, yearly: 10, reports: 1 };
	const told: string[] = [];
	const interrupted = make(db, world, (done, _all, what) => {
		told.push(what);
		if (done === 4) throw new Error('the lights went out');
	});
	await expect(interrupted).rejects.toThrow('lights');
	expect(await make(db, world, (_done, _all, what) => told.push(what))).toBe(true);
	expect(new Set(told).size).toBe(told.length);
	expect(await count(db, 'registrations')).toBe(30);
	expect(await make(db, world, () => undefined)).toBe(false);
});

async function count(db: Db, table: 'units' | 'reports' | 'registrations'): Promise<number> {
	const { rows } = await sql<{ count: number }>`select count(*)::bigint as count from ${sql.table(table)}`.execute(db);
	return rows[0]?.count ?? 0;
}
