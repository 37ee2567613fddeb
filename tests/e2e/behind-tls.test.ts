import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { serve, type Serving } from './server.ts';

const ORIGIN = 'https://kheo.example';
const PASSWORD = 'đèo Khau Phạ mùa lúa';
const EMAIL = 'an@k.example';

/** Khéo behind a proxy that ends TLS, as a browser reaches it through that proxy. */
let serving: Serving;
let address = '';
let log = '';

beforeAll(async () => {
	const port = await freePort();
	address = `http://127.0.0.1:${port}`;
	serving = await serve(['--port', String(port)], /setup\/(\S+)/, {
		ORIGIN,
		KHEO_TRUSTED_PROXIES: '127.0.0.1',
		KHEO_SECURITY_CONTACT: 'mailto:bao-mat@kheo.example'
	});
	serving.process.stderr?.setEncoding('utf8').on('data', (piece: string) => (log += piece));
	const person = { name: 'Đỗ An', email: EMAIL, password: PASSWORD };
	const setUp = { unitCode: 'K-1', unitName: 'Đảng uỷ Khối', unitKind: 'bloc_committee', ...person };
	expect((await send(`/setup/${serving.address}`, setUp)).status).toBe(303);
}, 120_000);
afterAll(() => serving.stop());

function freePort(): Promise<number> {
	return new Promise((resolve, reject) => {
		const server = createServer().listen(0, '127.0.0.1', () => {
			const taken = server.address();
			if (taken === null || typeof taken === 'string') return reject(new Error('no port'));
			server.close(() => resolve(taken.port));
		});
	});
}

function send(path: string, form: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> {
	return fetch(address + path, {
		method: 'POST',
		body: new URLSearchParams(form),
		headers: { origin: ORIGIN, accept: 'text/html', 'x-forwarded-proto': 'http', ...headers },
		redirect: 'manual'
	});
}

describe('cookies', () => {
	test('are bound to this host and to TLS, out of reach of scripts', async () => {
		const signedIn = await send('/sign-in', { email: EMAIL, password: PASSWORD });
		expect([signedIn.status, signedIn.headers.get('location')]).toEqual([303, '/desk']);
		const cookies = signedIn.headers.getSetCookie();
		expect(cookies.map((cookie) => cookie.split('=')[0]).toSorted()).toEqual([
			'__Host-kheo.device',
			'__Host-kheo.session',
			'__Host-kheo.step'
		]);
		for (const cookie of cookies) {
			const attributes = cookie.toLowerCase().split('; ').slice(1);
			expect(attributes).toEqual(expect.arrayContaining(['secure', 'httponly', 'samesite=lax', 'path=/']));
			expect(attributes.some((attribute) => attribute.startsWith('domain'))).toBe(false);
		}
	});

	test('the language’s says no more than the language, and goes over TLS only', async () => {
		const [cookie = ''] = (await send('/language', { locale: 'en', back: '/sign-in' })).headers.getSetCookie();
		expect(cookie).toMatch(/^kheo_locale=en;/);
		expect(cookie.toLowerCase().split('; ')).toEqual(expect.arrayContaining(['secure', 'samesite=lax', 'path=/']));
	});
});

test('whoever found a flaw is told where to write', async () => {
	const response = await fetch(`${address}/.well-known/security.txt`);
	expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
	const text = await response.text();
	expect(text).toContain('Contact: mailto:bao-mat@kheo.example\n');
	expect(text).toContain(`Canonical: ${ORIGIN}/.well-known/security.txt\n`);
	const expires = Date.parse(/^Expires: (.+)$/m.exec(text)?.[1] ?? '');
	expect(expires).toBeGreaterThan(Date.now());
	expect(expires).toBeLessThan(Date.now() + 366 * 86_400_000);
});

const Line = z.looseObject({ event: z.string() });

test('every refused access is one line of the log, by code, route and request, and names nobody', async () => {
	const token = 'duong-dan-khong-duoc-ghi-lai-3117';
	const refused: readonly (readonly [Promise<Response>, object])[] = [
		[send('/sign-in', { email: EMAIL, password: token }), { code: 'access.wrong_password', route: '/sign-in' }],
		[send('/account/password', { password: token }), { code: 'access.sign_in', route: '/(office)/account/password' }],
		[fetch(`${address}/password/${token}`), { code: 'access.link_used', route: '/password/[token]' }],
		[
			fetch(`${address}/api/v1/models`, { method: 'POST', headers: { authorization: `Bearer ${token}` } }),
			{ code: 'api.token_unknown', route: 'models.draft' }
		]
	];
	const wanted = await Promise.all(
		refused.map(async ([asked, told]) => {
			const id = (await asked).headers.get('request-id');
			// Who is led to the sign-in is led away before the answer gets its id.
			return { ...told, request: id ?? expect.any(String), actor: null };
		})
	);
	const foreign = await send('/sign-in', { email: EMAIL, password: token }, { origin: 'https://evil.example' });
	expect(foreign.status).toBe(403);
	const lines = () =>
		log
			.split('\n')
			.filter((line) => line.includes('"access.'))
			.map((line) => Line.parse(JSON.parse(line)));
	await expect.poll(() => lines().length).toBe(wanted.length + 1);
	for (const told of wanted)
		expect(lines()).toContainEqual(expect.objectContaining({ event: 'access.refused', ...told }));
	expect(lines()).toContainEqual(expect.objectContaining({ event: 'access.cross_site_refused', method: 'POST' }));
	for (const secret of [token, EMAIL, 'Đỗ An', 'evil.example']) expect(log).not.toContain(secret);
});

test('a write to the API without a type, or as a form, is refused by our own problem', async () => {
	for (const type of [null, 'application/x-www-form-urlencoded', 'text/plain']) {
		const headers: Record<string, string> = type ? { 'content-type': type } : {};
		const body = new TextEncoder().encode('unit=K-1');
		const response = await fetch(`${address}/api/v1/models`, { method: 'POST', headers, body });
		expect(response.headers.get('content-type')).toBe('application/problem+json');
		expect((await response.json()).code).toBe('api.token_missing');
	}
});
