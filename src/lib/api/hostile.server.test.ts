import { describe, expect } from 'vitest';
import { office } from '#lib/models/office.sample.ts';
import type { Db } from '#lib/server/db.ts';
import { test } from '../../../tests/database.ts';
import { call, tokenFor, type Call } from './caller.sample.ts';

const DRAFT = { unit: 'K-1', year: 2024, level: 'base', field: 'economy', subject: 'collective', novelty: 'new' };
const TEXT = JSON.stringify({ ...DRAFT, name: 'Thu gom vỏ chai nhựa gây quỹ' });

async function poster(db: Db) {
	const world = await office(db);
	const { secret } = await tokenFor(db, { unitId: world.top, role: 'reviewer' });
	return (given: Call) => call(db, secret, '/models', { method: 'POST', ...given });
}

describe('bodies', () => {
	test('too large, too deep, ambiguous, reaching for a prototype or broken ones write nothing', async ({ db }) => {
		const post = await poster(db);
		const refused: readonly (readonly [BodyInit, number, string])[] = [
			[`{"name":"${'x'.repeat(1_000_000)}"}`, 413, 'api.body_too_large'],
			['['.repeat(400_000), 400, 'api.json_malformed'],
			[`${'['.repeat(100)}${']'.repeat(100)}`, 400, 'api.json_unsafe'],
			[TEXT.replace('{', '{"unit":"K",'), 400, 'api.json_unsafe'],
			[TEXT.replace('{', '{"__proto__":{"everything":true},'), 400, 'api.json_unsafe'],
			[TEXT.replace('{', '{"contents":{"constructor":{}},'), 400, 'api.json_unsafe'],
			[TEXT.replace('{', '{"everything":true,'), 422, 'api.body_unfit'],
			[TEXT.replace('Thu gom', 'Thu\\u0000gom'), 400, 'api.json_unsafe'],
			[new Uint8Array([0x7b, 0xff, 0x7d]), 400, 'api.json_malformed'],
			['[]', 422, 'api.body_unfit'],
			['null', 422, 'api.body_unfit'],
			['1e999', 422, 'api.body_unfit'],
			['', 422, 'api.body_unfit'],
			[TEXT.replace('2024', '1e400'), 422, 'api.body_unfit'],
			[TEXT.replace('"K-1"', '{"$ne":null}'), 422, 'api.body_unfit']
		];
		for (const [raw, status, code] of refused) {
			const shown = typeof raw === 'string' ? raw.slice(0, 60) : 'bytes';
			const { status: got, json } = await post({ raw });
			expect([shown, got, json['code']]).toEqual([shown, status, code]);
		}
		const streamed = new ReadableStream<Uint8Array>({
			pull: (controller) => controller.enqueue(new Uint8Array(100_000).fill(0x20))
		});
		expect((await post({ raw: streamed })).status).toBe(413);
		expect(await db.selectFrom('registrations').select('id').execute()).toEqual([]);
		expect(Reflect.get({}, 'everything')).toBeUndefined();
	});

	test('one that does not end in time is given up', async ({ db }) => {
		const post = await poster(db);
		let given_up = false;
		const slow = new ReadableStream<Uint8Array>({
			start: (controller) => controller.enqueue(new TextEncoder().encode('{"name":')),
			cancel: () => {
				given_up = true;
			}
		});
		const started = Date.now();
		expect((await post({ raw: slow, bodyTime_ms: 200 })).json['code']).toBe('api.body_slow');
		expect(Date.now() - started).toBeLessThan(5_000);
		expect(given_up).toBe(true);
	});
});

describe('texts', () => {
	const HOSTILE = [
		`'; drop table registrations; --`,
		`" or 1=1 --`,
		`$$; select pg_sleep(10); $$`,
		`\\'; copy users to '/tmp/x'; --`,
		`&lt;img src=x onerror=alert(1)&gt; & "quoted"`,
		`=HYPERLINK("http://x.example","x")`,
		`../../etc/passwd%00`,
		`{{constructor.constructor('return 1')()}}`,
		`\u202Ethu gom\u202C \uFFFF 😀 👨‍👩‍👧`,
		`%{(#_='multipart/form-data')}`,
		`\r\nSet-Cookie: a=b`,
		'a'.repeat(500)
	];

	test('hostile ones come back as they were, escaped, and are only text everywhere', async ({ db }) => {
		const world = await office(db);
		const { secret } = await tokenFor(db, { unitId: world.top, role: 'reviewer' });
		for (const text of HOSTILE) {
			const body = { ...DRAFT, name: text, note: text, contents: { situation: text }, distinct: true };
			const made = await call(db, secret, '/models', { method: 'POST', body });
			expect([text, made.status]).toEqual([text, 201]);
			const read = await call(db, secret, `/models/${String(made.json['id'])}`);
			expect(read.text).not.toMatch(/[<>&]/);
			expect(String(read.json['name']).replace(/\s+/g, ' ')).toBe(text.normalize('NFC').replace(/\s+/g, ' ').trim());
			const found = await call(db, secret, `/models?unit=K&q=${encodeURIComponent(text.slice(0, 200))}`);
			expect([text, found.status]).toEqual([text, 200]);
			expect((await call(db, secret, `/units/${encodeURIComponent(text)}`)).status).toBe(404);
			expect((await call(db, secret, `/models?unit=K&cursor=${encodeURIComponent(text.slice(0, 90))}`)).status).toBe(
				400
			);
		}
		const markup = { ...DRAFT, name: '<script>alert(1)</script>' };
		const refused = await call(db, secret, '/models', { method: 'POST', body: markup });
		expect(refused.json).toMatchObject({ status: 422, issues: [{ path: 'name', code: 'field_markup' }] });
	});
});
