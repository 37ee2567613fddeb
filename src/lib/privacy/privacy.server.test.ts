import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import pg from 'pg';
import { describe, expect } from 'vitest';
import { actorOf } from '#lib/accounts/role.server.ts';
import { seal, verify } from '#lib/actions/chain.server.ts';
import { today } from '#lib/server/clock.ts';
import type { Opened } from '#lib/server/db.ts';
import { store } from '#lib/server/files.ts';
import { databaseUrl, test } from '../../../tests/database.ts';
import { sealedWorld } from '../../../tests/sealed-people.ts';
import * as consents from './consent.server.ts';
import { take } from './own-data.server.ts';
import { listProcessing } from './register.server.ts';
import { answer, ask, carryOut, listFor, listOwn, refuse } from './request.server.ts';
import { carryOutRetention } from './retention.server.ts';
import { daysAfter, workingDaysAfter } from './working-days.ts';

/** Runs as the owner of the database, who may do what the application may not. */
async function owned(opened: Opened, text: string): Promise<void> {
	const name = (await opened.pool.query<{ name: string }>('select current_database() as name')).rows[0]?.name ?? '';
	const owner = new pg.Client({ connectionString: databaseUrl('superuser', name) });
	await owner.connect();
	await owner.query(text).finally(() => owner.end());
}

describe('requests', () => {
	test('are worked by who runs accounts there, not by the person, and once', async ({ clone: { db } }) => {
		const { handler, leader, administrator, stranger, both } = await sealedWorld(db);
		const { id } = await ask(db, handler, { kind: 'erasure', wish: 'Tôi chuyển công tác' });
		await expect(ask(db, handler, { kind: 'erasure', wish: 'lần nữa' })).rejects.toMatchObject({
			code: 'privacy.request_open'
		});
		const step = { requestId: id, note: 'Đã nhận' };
		for (const actor of [leader, stranger, handler])
			await expect(answer(db, actor, step), actor.name).rejects.toMatchObject({ code: 'input.not_found' });
		const own = await ask(db, both, { kind: 'correction', wish: 'Sai họ' });
		await expect(carryOut(db, both, { ...step, requestId: own.id })).rejects.toMatchObject({
			code: 'privacy.request_own'
		});
		await answer(db, administrator, step);
		await expect(answer(db, administrator, step)).rejects.toMatchObject({ code: 'privacy.request_closed' });
		await refuse(db, administrator, { ...step, note: 'Hồ sơ đang được thanh tra' });
		await expect(carryOut(db, administrator, step)).rejects.toMatchObject({ code: 'privacy.request_closed' });
		expect((await listFor(db, administrator)).map((one) => one.kind)).toEqual(['correction', 'erasure']);
		expect(await listFor(db, stranger)).toEqual([]);
	});

	test('have their clocks from the day they came in', async ({ clone: { db } }) => {
		const { handler } = await sealedWorld(db);
		await ask(db, handler, { kind: 'objection', wish: 'Không gửi thư' });
		expect(await listOwn(db, handler)).toMatchObject([
			{ answerDueOn: workingDaysAfter(today(), 2), actDueOn: daysAfter(today(), 15), steps: [] }
		]);
	});

	test('a correction changes the account; nothing of it is in the log', async ({ clone: { db, pool } }) => {
		const { handler, administrator } = await sealedWorld(db);
		const { id } = await ask(db, handler, { kind: 'correction', wish: 'Tên đệm là Thanh' });
		await carryOut(db, administrator, { requestId: id, note: 'Đã sửa', name: 'Lò Thanh Mai', email: 'mai@example.vn' });
		const { rows } = await pool.query('select name, email from users where id = $1', [handler.id]);
		expect(rows).toEqual([{ name: 'Lò Thanh Mai', email: 'mai@example.vn' }]);
		const log = await pool.query("select details::text || coalesce(reason, '') as text from actions");
		expect(JSON.stringify(log.rows)).not.toMatch(/Thanh|example/);
	});
});

test('an erased account keeps nothing to sign in with or to name it, and the chain still holds', async ({ clone }) => {
	const { db, pool } = clone;
	const { handler, administrator, topId } = await sealedWorld(db);
	await seal(db);
	await pool.query(
		`insert into api_tokens (id, user_id, unit_id, name, token_hash, scopes, expires_on)
		values (gen_random_uuid(), $1, $2, 'Máy in', 'x', '{unit.read}', '2099-01-01')`,
		[handler.id, topId]
	);
	const { id } = await ask(db, handler, { kind: 'erasure', wish: 'Nghỉ hưu' });
	await carryOut(db, administrator, { requestId: id, note: 'Đã xoá' });
	expect((await pool.query('select from api_tokens where revoked_at is null')).rows).toEqual([]);
	expect((await pool.query('select from credentials where user_id = $1', [handler.id])).rows).toEqual([]);
	const { rows } = await pool.query('select name, email from users where id = $1', [handler.id]);
	expect(rows).toEqual([{ name: 'Tài khoản đã xoá', email: `${handler.id}@da-xoa.invalid` }]);
	expect((await actorOf(db, handler)).grants).toEqual([]);
	await seal(db);
	expect((await verify(db)).broken).toEqual([]);
});

test('the last administrator is not erased', async ({ clone: { db, pool } }) => {
	const { topId, administrator, both } = await sealedWorld(db);
	await pool.query("delete from role_grants where user_id = $1 and role = 'administrator'", [both.id]);
	const { id } = await ask(db, administrator, { kind: 'erasure', wish: 'Nghỉ hưu' });
	const second = { ...both, grants: [{ unitId: topId, role: 'administrator' as const }] };
	await expect(carryOut(db, second, { requestId: id, note: 'Đã xoá' })).rejects.toMatchObject({
		code: 'account.last_administrator'
	});
	expect((await listOwn(db, administrator))[0]?.steps).toEqual([]);
});

test('one’s own data come whole, without secrets, and the taking is in the log', async ({ clone: { db, pool } }) => {
	const { handler, leader } = await sealedWorld(db);
	await ask(db, handler, { kind: 'objection', wish: '<script>alert(1)</script>' });
	const files = unzipSync(await take(db, handler));
	const data = JSON.parse(strFromU8(files['du-lieu.json'] ?? new Uint8Array()));
	expect(data).toMatchObject({
		account: [{ id: handler.id, name: handler.name }],
		roles: [{ role: 'petition_officer', unit: 'Đảng uỷ Khối' }],
		requests: [{ kind: 'objection' }]
	});
	const text = Object.values(files)
		.map((file) => strFromU8(file))
		.join('\n');
	const { rows } = await pool.query<{ password: string }>('select password from credentials');
	for (const { password } of rows) expect(text).not.toContain(password);
	expect(text).not.toContain(leader.id);
	expect(strFromU8(files['du-lieu.html'] ?? new Uint8Array())).not.toContain('<script>');
	const taken = await pool.query("select actor_id from actions where verb = 'export_data'");
	expect(taken.rows).toEqual([{ actor_id: handler.id }]);
});

describe('consent', () => {
	test('is never there by itself, is for the text that was shown, and goes as easily as it came', async ({ clone }) => {
		const { db } = clone;
		const { handler, leader } = await sealedWorld(db);
		expect(await consents.listOwn(db, handler, 'vi')).toEqual([]);
		await expect(consents.give(db, handler, { purpose: 'photo', version: 1 })).rejects.toMatchObject({
			code: 'privacy.consent_unknown'
		});
		await owned(clone, "insert into consent_texts values ('photo', 1, 'Ảnh', 'Photo', '[2026-01-01,)')");
		expect(await consents.has(db, handler.id, 'photo')).toBe(false);
		await consents.give(db, handler, { purpose: 'photo', version: 1 });
		expect(await consents.has(db, handler.id, 'photo')).toBe(true);
		expect(await consents.has(db, leader.id, 'photo')).toBe(false);
		await consents.withdraw(db, handler, 'photo');
		expect(await consents.has(db, handler.id, 'photo')).toBe(false);
		await expect(consents.withdraw(db, handler, 'photo')).rejects.toMatchObject({ code: 'privacy.consent_unknown' });
		await consents.give(db, handler, { purpose: 'photo', version: 1 });
		await owned(
			clone,
			`update consent_texts set valid = '[2026-01-01,2026-02-01)';
			insert into consent_texts values ('photo', 2, 'Ảnh và tên', 'Photo and name', '[2026-02-01,)')`
		);
		expect(await consents.has(db, handler.id, 'photo')).toBe(false);
		await expect(consents.give(db, handler, { purpose: 'photo', version: 1 })).rejects.toMatchObject({
			code: 'privacy.consent_unknown'
		});
	});

	test('and requests cannot be altered or removed by the application', async ({ clone: { pool } }) => {
		for (const table of ['consents', 'data_requests', 'data_request_steps', 'sealed_cases', 'sealed_erasures'])
			for (const statement of [`update ${table} set id = id`, `delete from ${table}`])
				await expect(pool.query(statement), statement).rejects.toThrow(/permission denied|does not exist/);
		for (const table of ['processing_entries', 'retention_rules', 'consent_texts'])
			await expect(pool.query(`delete from ${table}`), table).rejects.toThrow('permission denied');
	});
});

test('what has been kept long enough goes, the rest stays, and the log tells how much', async ({ clone }) => {
	const { db, pool } = clone;
	const data = await mkdtemp(join(tmpdir(), 'kheo-retention-'));
	try {
		const { topId } = await sealedWorld(db);
		const bytes = ['cũ', 'mới', 'mồ côi'].map((text) => new TextEncoder().encode(text));
		const stored = await Promise.all(bytes.map((one) => store(data, one)));
		await owned(
			clone,
			`insert into files (id, sha256, name, media_type, size_bytes, created_at)
				select gen_random_uuid(), x.sha, x.name, 'text/csv', 1, now() - interval '300 days'
				from (values ('${stored[0]?.sha256}', 'a'), ('${stored[1]?.sha256}', 'b'), ('${stored[2]?.sha256}', 'c')) x (sha, name);
			insert into imports (id, unit_id, year, file_id, state, changed_at)
				select gen_random_uuid(), '${topId}', 2024, id, 'done', now() - interval '181 days' from files where name = 'a';
			insert into imports (id, unit_id, year, file_id, state, changed_at)
				select gen_random_uuid(), '${topId}', 2024, id, 'done', now() - interval '179 days' from files where name = 'b';
			insert into idempotency_keys select gen_random_uuid(), 'old', '{}', now() - interval '31 days';
			insert into idempotency_keys select gen_random_uuid(), 'young', '{}', now() - interval '29 days'`
		);
		expect(await carryOutRetention(db, data)).toMatchObject({ imports: 1, idempotency_keys: 1, files: 2 });
		expect(await readdir(join(data, 'files'))).toEqual([stored[1]?.sha256]);
		const { rows } = await pool.query("select details from actions where verb = 'remove_expired'");
		expect(rows).toMatchObject([{ details: { imports: 1, idempotency_keys: 1, files: 2 } }]);
		await pool.query("select remove_idempotency_keys(now() + interval '9 years')");
		await owned(clone, 'update idempotency_keys set created_at = now()');
		const again = await pool.query<{ count: number }>(
			"select remove_idempotency_keys(now() + interval '9 years') as count"
		);
		expect(Number(again.rows[0]?.count)).toBe(0);
	} finally {
		await rm(data, { recursive: true });
	}
});

test('every table that can name a person is in the register, in both languages', async ({ clone: { db, pool } }) => {
	const { rows } = await pool.query<{ name: string }>(`
		select distinct c.table_name as name from information_schema.columns c
		join information_schema.tables t using (table_schema, table_name)
		where c.table_schema = 'public' and t.table_type = 'BASE TABLE'
			and c.column_name in ('user_id', 'actor_name', 'email', 'recipient', 'ip_address', 'created_by', 'signer_name')
			and c.table_name not in (select unnest(tables) from processing_entries)`);
	expect(rows.map((row) => row.name)).toEqual([]);
	const [vi, en] = [await listProcessing(db, 'vi'), await listProcessing(db, 'en')];
	expect(vi.map((entry) => entry.code)).toEqual(en.map((entry) => entry.code));
	expect(vi.length).toBeGreaterThan(5);
});
