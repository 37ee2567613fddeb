import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect } from 'vitest';
import { operator } from '#lib/accounts/actor.ts';
import { SCOPES } from '#lib/accounts/token.ts';
import { appraised, input, office, registered } from '#lib/models/office.sample.ts';
import { m } from '#lib/paraglide/messages.js';
import { test, testOn } from '../../../tests/database.ts';
import { blocWorld, provinceWorld } from '../../../tests/worlds.ts';
import { call, tokenFor } from './caller.sample.ts';
import { describeApi, parametersOf } from './openapi.ts';
import { OPERATIONS } from './operations.ts';

const onBloc = testOn(blocWorld);
const onProvince = testOn(provinceWorld);

describe('the register', () => {
	test('is described as OpenAPI 3.1 has it', async () => {
		const document = describeApi(OPERATIONS);
		const { valid, errors } = await new Validator().validate(structuredClone(document));
		expect(errors ?? []).toEqual([]);
		expect(valid).toBe(true);
		expect(JSON.stringify(document)).not.toContain('#/$defs');
	});

	test('names every operation once, with words in both languages for it and its parameters', () => {
		const names = OPERATIONS.map(({ name }) => name);
		expect(new Set(names).size).toBe(names.length);
		const ways = OPERATIONS.map(({ method, path }) => `${method} ${path.replace(/\{\w+\}/g, '{}')}`);
		expect(new Set(ways).size).toBe(ways.length);
		const wanted = OPERATIONS.flatMap((operation) => [
			`api_op_${operation.name.replace('.', '_')}`,
			...parametersOf(operation).map(({ name }) => `api_param_${name.replace(/^where\..*/, 'where')}`)
		]);
		const known = new Set(Object.keys(m));
		expect(wanted.filter((key) => !known.has(key))).toEqual([]);
		expect(OPERATIONS.every(({ scope }) => SCOPES.includes(scope))).toBe(true);
	});
});

describe('every reading answers as it is described', () => {
	test('units, models, figures and the log', async ({ db }) => {
		const world = await office(db);
		const id = await appraised(db, world.machine, input(world.one));
		await registered(db, world.machine, input(world.two, { name: 'Bếp ăn nghĩa tình', field: 'culture_society' }));
		const { secret } = await tokenFor(db, { unitId: world.top, role: 'auditor' });
		const ask = async (path: string) => {
			const answered = await call(db, secret, path);
			expect([path, answered.status]).toEqual([path, 200]);
			return answered.json;
		};
		expect((await ask('/units?under=K&limit=2'))['next']).toBe('K-1');
		expect((await ask('/units?cursor=K-1'))['items']).toMatchObject([{ code: 'K-2', parent: 'K', depth: 1 }]);
		expect(await ask('/units/K-1')).toMatchObject({ parent: 'K', above: [{ code: 'K' }] });
		expect((await ask('/units/K/tree?depth=1'))['units']).toHaveLength(3);
		expect((await ask('/models?unit=K&field=economy&q=chai%20nhua'))['items']).toMatchObject([{ id }]);
		expect(await ask(`/models/${id}`)).toMatchObject({ state: 'appraised', appraisals: [{ total: 90 }] });
		expect((await ask('/figures'))['items']).not.toHaveLength(0);
		const value = await ask('/figures/models.registered?unit=K&asOf=2024-12-31&by=unit&where.level=base');
		expect(value).toMatchObject({ value: 2, parts: [{ key: { unit: 'K-1' }, value: 1 }, { key: { unit: 'K-2' } }] });
		const narrowed = '/figures/models.registered?unit=K&asOf=2024-12-31&where.unit=K-2';
		expect(await ask(narrowed)).toMatchObject({ value: 1 });
		expect((await ask('/figures/models.registered/records?unit=K&asOf=2024-12-31&limit=1'))['items']).toHaveLength(1);
		expect((await ask('/figures/models.registered/proofs?unit=K&asOf=2024-12-31'))['items']).toHaveLength(1);
		expect((await ask('/actions?unit=K&noun=registration&limit=5'))['items']).toHaveLength(5);
		expect((await ask('/reports?unit=K'))['items']).toEqual([]);
		expect((await call(db, secret, '/figures/khong.co?unit=K')).json['code']).toBe('figure.not_found');
		expect((await call(db, secret, '/figures/models.registered?unit=K&by=religion')).status).toBe(400);
	});
});

describe('acts', () => {
	test('a registration goes through its life, one or many at a time, all or none', async ({ db }) => {
		const world = await office(db);
		const { secret } = await tokenFor(db, { unitId: world.top, role: 'reviewer' });
		const post = (path: string, body: unknown = {}) => call(db, secret, path, { method: 'POST', body });
		const ids: string[] = [];
		for (const name of ['Thu gom vỏ chai nhựa gây quỹ', 'Bếp ăn nghĩa tình']) {
			const draft = {
				unit: 'K-1',
				year: 2024,
				level: 'base',
				field: 'economy',
				subject: 'collective',
				novelty: 'new',
				name
			};
			ids.push(String((await post('/models', draft)).json['id']));
		}
		const [one = '', two = ''] = ids;
		expect((await post(`/models/${one}/submission`)).json).toEqual({ count: 1 });
		expect((await post('/models/bulk/submission', { ids })).json['code']).toBe('model.state_conflict');
		expect((await post(`/models/${two}/submission`)).status).toBe(200);
		expect((await post('/models/bulk/return', { ids })).json['code']).toBe('api.body_unfit');
		expect((await post('/models/bulk/acceptance', { ids })).json).toEqual({ count: 2 });
		expect((await post(`/models/${one}/withdrawal`, { reason: 'đơn vị xin rút' })).status).toBe(200);
		const states = await Promise.all(ids.map((id) => call(db, secret, `/models/${id}`)));
		expect(states.map(({ json }) => json['state'])).toEqual(['withdrawn', 'registered']);
	});

	test('marks need the right, the sheet and the range; a passed one is replicated and corrected by who has seen it', async ({
		db
	}) => {
		const world = await office(db);
		const id = await registered(db, world.machine, input(world.one));
		const [reviewer, officer] = [
			await tokenFor(db, { unitId: world.top, role: 'reviewer' }),
			await tokenFor(db, { unitId: world.one, role: 'officer' })
		];
		const post = (secret: string, path: string, body: unknown, headers = {}) =>
			call(db, secret, `/models/${id}/${path}`, { method: 'POST', body, headers });
		const marks = { points: { effect: 55.5, spread: 30 } };
		expect((await post(officer.secret, 'appraisal', marks)).json['code']).toBe('api.scope_missing');
		expect((await post(reviewer.secret, 'appraisal', { points: { effect: '55,5' } })).status).toBe(422);
		expect((await post(reviewer.secret, 'appraisal', { points: { effect: 1 } })).json['code']).toBe(
			'model.points_missing'
		);
		const over = { points: { effect: 61, spread: 1 } };
		expect((await post(reviewer.secret, 'appraisal', over)).json['code']).toBe('model.points_out_of_range');
		expect((await call(db, officer.secret, `/models/${id}/score-sheet`)).json).toMatchObject({
			passMark: 75,
			criteria: [{ code: 'effect', points: 60 }, { code: 'spread' }, { code: 'complaint', points: null }]
		});
		expect((await post(officer.secret, 'self-assessment', marks)).json).toEqual({ count: 1 });
		expect((await post(reviewer.secret, 'appraisal', marks)).json).toEqual({ count: 1 });
		const read = await call(db, reviewer.secret, `/models/${id}`);
		expect(read.json).toMatchObject({ state: 'appraised', score: 85.5, passed: true });

		const replication = { unit: 'K-2', year: 2025 };
		expect((await post(officer.secret, 'replication', replication)).status).toBe(404);
		const made = await post(reviewer.secret, 'replication', replication);
		expect([made.status, made.headers.get('location')]).toEqual([201, `/api/v1/models/${String(made.json['id'])}`]);

		const { year, level, field, subject, novelty, registeredOn, name } = read.json;
		const said = { unit: 'K-1', year, level, field, subject, novelty, registeredOn, name, place: 'Xã Nậm Có' };
		const known = { 'if-match': (await call(db, reviewer.secret, `/models/${id}`)).headers.get('etag') ?? '' };
		expect((await post(reviewer.secret, 'correction', { ...said, reason: 'Thiếu địa bàn' })).status).toBe(428);
		expect((await post(reviewer.secret, 'correction', said, known)).status).toBe(422);
		expect((await post(officer.secret, 'correction', { ...said, reason: 'Thiếu' }, known)).status).toBe(403);
		const corrected = await post(reviewer.secret, 'correction', { ...said, reason: 'Thiếu địa bàn' }, known);
		expect(corrected).toMatchObject({ status: 200, json: { place: 'Xã Nậm Có' } });
		const again = await post(reviewer.secret, 'correction', { ...said, reason: 'Thiếu địa bàn' }, known);
		expect(again.json['code']).toBe('api.match_failed');
	});

	test('any operation can be run as anybody without HTTP', async ({ db }) => {
		const world = await office(db);
		const list = OPERATIONS.find(({ name }) => name === 'models.list');
		const ask = (actor = operator('thử nghiệm')) => list?.run({ db, actor }, { query: { unit: 'K' } });
		await expect(ask()).resolves.toEqual({ items: [], next: null });
		await expect(ask(world.nobody)).rejects.toMatchObject({ code: 'unit.not_found' });
	});
});

describe('reports', () => {
	onBloc('are begun, edited, read and downloaded; signing stays with persons', { timeout: 120_000 }, async ({ db }) => {
		const top = await db
			.selectFrom('unit_states')
			.select('unit_id')
			.where('code', '=', 'YB-DUK')
			.where('present', '=', true)
			.executeTakeFirstOrThrow();
		const { secret } = await tokenFor(db, { unitId: top.unit_id, role: 'reviewer' });
		const wanted = { unit: 'YB-DUK', template: 'half-year', asOf: '2024-06-15' };
		const made = await call(db, secret, '/reports', { method: 'POST', body: wanted });
		expect(made.status).toBe(201);
		const path = `/reports/${String(made.json['id'])}`;
		expect((await call(db, secret, '/reports?unit=YB-DUK')).json['items']).toHaveLength(1);
		const read = await call(db, secret, path);
		expect(read).toMatchObject({ status: 200, json: { state: 'draft', knownAt: null } });
		expect((await call(db, secret, path)).headers.get('etag')).toBe(read.headers.get('etag'));
		const document = await call(db, secret, `${path}/document`);
		expect(document.headers.get('content-type')).toContain('wordprocessingml');
		expect(document.text.startsWith('PK')).toBe(true);
		const text = await call(db, secret, `${path}/text`);
		const body = { body: text.json['body'] };
		const headers = { 'if-match': text.headers.get('etag') ?? '' };
		expect((await call(db, secret, `${path}/text`, { method: 'PUT', body, headers })).json['version']).toBe(2);
		expect((await call(db, secret, `${path}/text`, { method: 'PUT', body, headers })).status).toBe(412);
		expect((await call(db, secret, `${path}/submission`, { method: 'POST', body: {} })).status).toBe(200);
		expect((await call(db, secret, `${path}/signature`, { method: 'POST', body: {} })).status).toBe(403);
	});
});

describe('page by page', () => {
	onProvince(
		'15.073 registrations and the records of a figure are the whole, each once',
		{ timeout: 300_000 },
		async ({ db }) => {
			const top = await db
				.selectFrom('unit_states')
				.select('unit_id')
				.where('code', '=', 'KG')
				.where('present', '=', true)
				.executeTakeFirstOrThrow();
			const { secret } = await tokenFor(db, { unitId: top.unit_id, role: 'auditor' });
			const whole = await db.selectFrom('registrations').select('id').execute();
			const listed = await walk((path) => call(db, secret, path), '/models?unit=KG&limit=200');
			expect(listed.length).toBe(whole.length);
			expect(new Set(listed)).toEqual(new Set(whole.map(({ id }) => id)));
			const question = 'unit=KG&asOf=2019-12-31';
			const records = await walk(
				(path) => call(db, secret, path),
				`/figures/models.registered/records?${question}&limit=200`
			);
			const { json } = await call(db, secret, `/figures/models.registered?${question}`);
			expect(records.length).toBe(json['value']);
			expect(new Set(records).size).toBe(records.length);
		}
	);
});

/** Follows the Link headers, as a program would. */
async function walk(ask: (path: string) => ReturnType<typeof call>, first: string): Promise<string[]> {
	const ids: string[] = [];
	for (let path: string | undefined = first; path;) {
		const page: Awaited<ReturnType<typeof call>> = await ask(path);
		if (!Array.isArray(page.json['items'])) throw new Error(page.text);
		ids.push(...page.json['items'].map((item: unknown) => String(Reflect.get(Object(item), 'id'))));
		path = /^<\/api\/v1([^>]+)>; rel="next"$/.exec(page.headers.get('link') ?? '')?.[1];
	}
	return ids;
}
