import { sql } from 'kysely';
import { describe, expect } from 'vitest';
import { test } from '../../../tests/database.ts';
import { inTransaction, MAX_CONNECTIONS } from './db.ts';

describe('values', () => {
	test('a day stays text, int8 becomes a number, numeric stays text', async ({ db }) => {
		const { rows } = await sql`select date '2024-06-15' as day, 5::int8 as whole, 1.50::numeric as part`.execute(db);
		expect(rows).toEqual([{ day: '2024-06-15', whole: 5, part: '1.50' }]);
	});

	test('an int8 beyond exact arithmetic is refused', async ({ db }) => {
		const query = sql`select 9007199254740993::int8`.execute(db);
		await expect(query).rejects.toMatchObject({ code: 'database.number_too_large' });
	});
});

describe('rights', () => {
	test('the application owns nothing', async ({ db }) => {
		const { rows } = await sql`select current_user::text as who, count(*) from pg_class
			where relowner = current_user::regrole group by 1`.execute(db);
		expect(rows).toEqual([]);
	});
});

describe('transactions', () => {
	const insert = sql`insert into users (id, name, email)
		values ('00000000-0000-7000-8000-000000000001', 'Trần Thị Khéo', 'kheo@example.vn')`;

	test('what throws leaves nothing behind, and the test goes on', async ({ db }) => {
		const command = inTransaction(db, async (inner) => {
			await insert.execute(inner);
			await insert.execute(inner);
		});
		await expect(command).rejects.toThrow(/users_/);
		expect(await db.selectFrom('users').select('id').execute()).toEqual([]);
	});

	test('a command inside a command joins its transaction', async ({ clone }) => {
		const outer = inTransaction(clone.db, async (first) => {
			await inTransaction(first, (second) => insert.execute(second));
			throw new Error('changed my mind');
		});
		await expect(outer).rejects.toThrow('changed my mind');
		expect(await clone.db.selectFrom('users').select('id').execute()).toEqual([]);
	});

	test('many at once wait for each other, and for no connection that one of them lost', async ({ clone }) => {
		const one = (n: number) =>
			inTransaction(clone.db, async (tx) => {
				if (n % 20 === 0) await sql`select pg_terminate_backend(pg_backend_pid())`.execute(tx);
				return sql<{ n: number }>`select ${n}::int as n, pg_sleep(0.01)`.execute(tx);
			});
		const done = await Promise.allSettled(Array.from({ length: 5 * MAX_CONNECTIONS }, (_, n) => one(n)));
		expect(done.filter(({ status }) => status === 'rejected')).toHaveLength(3);
	});

	test('a killed connection is a refusal with a code', async ({ clone }) => {
		const query = sql`select pg_terminate_backend(pg_backend_pid())`.execute(clone.db);
		await expect(query).rejects.toMatchObject({ code: 'database.unavailable', status: 503 });
		await expect(sql`select 1 as one`.execute(clone.db)).resolves.toMatchObject({ rows: [{ one: 1 }] });
	});
});
