import { sql } from 'kysely';
import pg from 'pg';
import { describe, expect } from 'vitest';
import { endRole, listOwn } from '#lib/accounts/role.server.ts';
import { revoke } from '#lib/accounts/token.server.ts';
import { office, input, registered } from '#lib/models/office.sample.ts';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { databaseUrl, test } from '../../../tests/database.ts';
import { call, tokenFor } from './caller.sample.ts';
import { RATES } from './rate.server.ts';

const DRAFT = {
	unit: 'K-1',
	year: 2024,
	level: 'base',
	field: 'economy',
	subject: 'collective',
	novelty: 'new',
	name: 'Thu gom vỏ chai nhựa gây quỹ'
};

async function reviewer(db: Db) {
	const world = await office(db);
	return { ...world, ...(await tokenFor(db, { unitId: world.top, role: 'reviewer' })) };
}

describe('who may not', () => {
	test('no token, a forged, an expired and a revoked one are refused; cookies say nothing', async ({ db }) => {
		const { secret, id, actor } = await reviewer(db);
		expect(await call(db, null, '/units')).toMatchObject({ status: 401, json: { code: 'api.token_missing' } });
		const cookie = { cookie: 'kheo.session_token=abc', authorization: 'Basic YTpi' };
		expect(await call(db, null, '/units', { headers: cookie })).toMatchObject({ status: 401 });
		const forged = `${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}`;
		const refused = await call(db, forged, '/units');
		expect(refused).toMatchObject({ status: 401, json: { code: 'api.token_unknown' } });
		expect(refused.headers.get('www-authenticate')).toMatch(/^Bearer/);
		expect((await call(db, secret, '/units')).status).toBe(200);
		await revoke(db, actor, id);
		expect(await call(db, secret, '/units')).toMatchObject({ status: 401, json: { code: 'api.token_ended' } });
	});

	test('an expired token and one whose owner’s role ended in mid-session are refused at once', async ({
		clone: { db, pool }
	}) => {
		const { secret, actor, machine, top } = await reviewer(db);
		expect((await call(db, secret, '/units')).status).toBe(200);
		const { held } = await listOwn(db, actor);
		const admin = await tokenFor(db, { unitId: top, role: 'administrator' });
		await endRole(db, machine, held[0]?.grantId ?? '');
		expect(await call(db, secret, '/units')).toMatchObject({ status: 401, json: { code: 'api.token_ended' } });
		expect((await call(db, admin.secret, '/units')).status).toBe(200);
		await expect(pool.query('update api_tokens set expires_on = now()')).rejects.toThrow(/permission denied/);
		const { rows } = await pool.query<{ name: string }>('select current_database() as name');
		const owner = new pg.Client({ connectionString: databaseUrl('migrator', rows[0]?.name ?? '') });
		await owner.connect();
		await owner.query('update api_tokens set expires_on = $1 where id = $2', [today(), admin.id]);
		await owner.end();
		expect(await call(db, admin.secret, '/units')).toMatchObject({ status: 401, json: { code: 'api.token_ended' } });
	});

	test('a token reaches no further than its unit and its scopes, whatever its owner may', async ({ db }) => {
		const world = await office(db);
		const mine = await registered(db, world.machine, input(world.one));
		const other = await registered(db, world.machine, input(world.two, { name: 'Bếp ăn nghĩa tình' }));
		const narrow = await tokenFor(db, {
			unitId: world.top,
			on: world.one,
			role: 'reviewer',
			scopes: ['model.read']
		});
		expect((await call(db, narrow.secret, `/models/${mine}`)).status).toBe(200);
		expect((await call(db, narrow.secret, `/models/${other}`)).status).toBe(404);
		expect((await call(db, narrow.secret, '/models?unit=K')).status).toBe(404);
		expect((await call(db, narrow.secret, '/models?unit=K-2')).status).toBe(404);
		const listed = await call(db, narrow.secret, '/models?unit=K-1');
		expect(listed.json['items']).toHaveLength(1);
		const write = { method: 'POST', body: DRAFT };
		expect(await call(db, narrow.secret, '/models', write)).toMatchObject({
			status: 403,
			json: { code: 'api.scope_missing' }
		});
		expect((await call(db, narrow.secret, '/actions?unit=K-1')).status).toBe(403);
		const officer = await tokenFor(db, { unitId: world.one, role: 'officer' });
		expect(
			(await call(db, officer.secret, `/models/${mine}/withdrawal`, { method: 'POST', body: { reason: 'trùng' } }))
				.status
		).toBe(200);
		expect(
			(await call(db, officer.secret, `/models/${other}/withdrawal`, { method: 'POST', body: { reason: 'trùng' } }))
				.status
		).toBe(404);
	});

	test('a scope that the owner has not got is not given; an administrator reads no model', async ({ db }) => {
		const world = await office(db);
		await expect(tokenFor(db, { unitId: world.one, role: 'officer', scopes: ['model.review'] })).rejects.toMatchObject({
			code: 'token.scope_not_held'
		});
		await expect(
			tokenFor(db, { unitId: world.one, on: world.two, role: 'officer', scopes: ['model.read'] })
		).rejects.toMatchObject({ code: 'input.not_found' });
		const { secret } = await tokenFor(db, { unitId: world.top, role: 'administrator' });
		expect((await call(db, secret, '/models?unit=K')).status).toBe(403);
		expect((await call(db, secret, '/actions?unit=K')).status).toBe(200);
	});

	test('nobody signs, approves, returns or corrects a report by token', async ({ db }) => {
		const world = await office(db);
		const { secret } = await tokenFor(db, { unitId: world.top, role: 'leader' });
		for (const noun of ['return', 'approval', 'signature', 'erratum']) {
			const refused = await call(db, secret, `/reports/${world.top}/${noun}`, { method: 'POST', body: {} });
			expect(refused).toMatchObject({ status: 403, json: { code: 'api.person_only' } });
		}
	});
});

describe('HTTP', () => {
	test('unknown addresses, methods, types and languages are answered as they should', async ({ db }) => {
		const { secret } = await reviewer(db);
		expect((await call(db, secret, '/khong-co')).status).toBe(404);
		expect((await call(db, secret, '/models/khong-phai-id')).status).toBe(404);
		expect((await call(db, secret, '/units/%00')).status).toBe(404);
		expect((await call(db, secret, '/units/K?on=2024-13-01')).status).toBe(400);
		expect((await call(db, secret, '/units?limit=201')).status).toBe(400);
		expect((await call(db, secret, '/units?limit=1&limit=2')).status).toBe(400);
		expect((await call(db, secret, '/units?la=1')).status).toBe(400);
		const wrong = await call(db, secret, '/units', { method: 'DELETE' });
		expect(wrong.status).toBe(405);
		expect(wrong.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
		const options = await call(db, null, '/models', { method: 'OPTIONS' });
		expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, POST, HEAD, OPTIONS']);
		expect((await call(db, secret, '/units', { headers: { accept: 'text/html' } })).status).toBe(406);
		const xml = { method: 'POST', raw: '<a/>', headers: { 'content-type': 'application/xml' } };
		expect((await call(db, secret, '/models', xml)).status).toBe(415);
		const english = await call(db, secret, '/units?la=1', {
			headers: { 'accept-language': 'fr, en;q=0.5', cookie: 'kheo_locale=vi; PARAGLIDE_LOCALE=vi' }
		});
		expect(english.json).toMatchObject({ title: 'Bad request', code: 'input.invalid', issues: [{ in: 'query' }] });
		expect((await call(db, secret, '/units?la=1')).json['title']).toBe('Yêu cầu chưa đúng');
	});

	test('GET has a strong ETag and says 304; HEAD says the same without a body', async ({ db }) => {
		const { secret } = await reviewer(db);
		const got = await call(db, secret, '/units/K/tree');
		const tag = got.headers.get('etag') ?? '';
		expect(tag).toMatch(/^"[\w-]{27}"$/);
		expect(got.headers.get('cache-control')).toBe('private, no-cache');
		expect(await call(db, secret, '/units/K/tree', { headers: { 'if-none-match': `"x", ${tag}` } })).toMatchObject({
			status: 304,
			text: ''
		});
		const head = await call(db, secret, '/units/K/tree', { method: 'HEAD' });
		expect([head.status, head.text, head.headers.get('etag')]).toEqual([200, '', tag]);
		expect(Number(head.headers.get('content-length'))).toBe(Buffer.byteLength(got.text));
	});

	test('edits need the ETag that was read; one that is out of date writes nothing', async ({ db }) => {
		const { secret } = await reviewer(db);
		const made = await call(db, secret, '/models', { method: 'POST', body: DRAFT });
		expect(made.status).toBe(201);
		const path = `/models/${String(made.json['id'])}`;
		expect(made.headers.get('location')).toBe(`/api/v1${path}`);
		const tag = (await call(db, secret, path)).headers.get('etag') ?? '';
		const edit = (name: string, headers: Record<string, string>) =>
			call(db, secret, path, { method: 'PUT', body: { ...DRAFT, name, distinct: true }, headers });
		expect((await edit('Không có If-Match', {})).status).toBe(428);
		const changed = await edit('Bếp ăn nghĩa tình', { 'if-match': tag });
		expect(changed).toMatchObject({ status: 200, json: { name: 'Bếp ăn nghĩa tình' } });
		expect((await edit('Sửa đè', { 'if-match': tag })).json['code']).toBe('api.match_failed');
		const now = await call(db, secret, path);
		expect(now.json['name']).toBe('Bếp ăn nghĩa tình');
		expect(now.headers.get('etag')).toBe(changed.headers.get('etag'));
	});

	test('a model with a like name is told apart only when somebody looked', async ({ db }) => {
		const { secret } = await reviewer(db);
		expect((await call(db, secret, '/models', { method: 'POST', body: DRAFT })).status).toBe(201);
		expect((await call(db, secret, '/models', { method: 'POST', body: DRAFT })).json['code']).toBe('model.name_alike');
		const future = { ...DRAFT, name: 'Việc khác hẳn', registeredOn: '2999-01-01' };
		expect((await call(db, secret, '/models', { method: 'POST', body: future })).json).toMatchObject({
			code: 'api.body_unfit',
			issues: [{ in: 'body', path: 'registeredOn', code: 'field_day_future' }]
		});
	});

	test('more than a minute’s requests are refused until it is over, for a token and for an address', async ({ db }) => {
		const { secret } = await reviewer(db);
		const first = await call(db, secret, '/units');
		expect(first.headers.get('ratelimit')).toMatch(/^"token";r=599;t=\d+$/);
		await sql`update api_rates set request_count = ${RATES.token} where key like 'token:%'`.execute(db);
		const refused = await call(db, secret, '/units');
		expect(refused).toMatchObject({ status: 429, json: { code: 'api.too_many' } });
		expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
		await sql`update api_rates set began_at = began_at - interval '61 seconds'`.execute(db);
		expect((await call(db, secret, '/units')).status).toBe(200);
		await sql`update api_rates set request_count = ${RATES.address} where key like 'address:%'`.execute(db);
		expect((await call(db, null, '/units')).status).toBe(429);
		expect((await call(db, null, '/units', { address: '192.0.2.2' })).status).toBe(401);
	});
});

describe('writing once', () => {
	test('without a key nothing is written; the same key answers the same; for something else it is refused', async ({
		db
	}) => {
		const { secret } = await reviewer(db);
		const keyless = await call(db, secret, '/models', {
			method: 'POST',
			body: DRAFT,
			headers: { 'idempotency-key': '' }
		});
		expect(keyless.json['code']).toBe('api.key_missing');
		const headers = { 'idempotency-key': 'mot-lan' };
		const first = await call(db, secret, '/models', { method: 'POST', body: DRAFT, headers });
		const again = await call(db, secret, '/models', { method: 'POST', body: DRAFT, headers });
		expect([first.status, again.status, again.text]).toEqual([201, 201, first.text]);
		expect(again.headers.get('idempotency-replayed')).toBe('true');
		const other = { method: 'POST', body: { ...DRAFT, year: 2023 }, headers };
		expect((await call(db, secret, '/models', other)).json['code']).toBe('api.key_reused');
	});

	test('two equal requests at the same moment write one registration, and its action names owner and token', async ({
		clone: { db }
	}) => {
		const { secret, user } = await reviewer(db);
		const headers = { 'idempotency-key': 'cung-luc' };
		const answers = await Promise.all(
			Array.from({ length: 6 }, () => call(db, secret, '/models', { method: 'POST', body: DRAFT, headers }))
		);
		expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
		expect(await db.selectFrom('registrations').select('id').execute()).toHaveLength(1);
		const actions = await db.selectFrom('actions').selectAll().where('noun', '=', 'registration').execute();
		expect(actions).toMatchObject([{ actor_id: user.id, details: { token: 'Cổng thông tin' } }]);
	});
});
