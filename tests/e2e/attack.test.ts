import { connect } from 'node:net';
import type { APIRequestContext, Page } from 'playwright-core';
import { randomUUID } from 'node:crypto';
import { describe, expect, inject } from 'vitest';
import { enter } from './acts.ts';
import { test as base } from './browser.ts';
import { pageRoutes } from './pages.ts';

const address = () => inject('address');
const test = base.extend('officer', { scope: 'file' }, async ({ browser }, { onCleanup }): Promise<Page> => {
	const page = await enter(browser, 'officer');
	onCleanup(() => page.context().close());
	return page;
});

const SOME_ID = '01900000-0000-7000-8000-000000000000';
const MARKUP = `<img src=x onerror=alert(1)>"'><script>alert(2)</script>{{7*7}}`;

/** What comes back for a request line and headers as they are, which no client of ours would send. */
function raw(said: string): Promise<string> {
	const { hostname, port } = new URL(address());
	return new Promise((resolve) => {
		let heard = '';
		const socket = connect(Number(port), hostname, () => socket.write(said));
		socket.setEncoding('latin1').on('data', (piece: string) => (heard += piece));
		socket.on('error', () => resolve(heard)).on('close', () => resolve(heard));
	});
}

async function draftNamed(request: APIRequestContext, page: Page, name: string): Promise<string> {
	await page.goto('/models/new?unit=YB-DUK');
	const unitId = await page.locator('[name=unitId]').first().inputValue();
	const response = await request.post('/models/new', {
		headers: { origin: address(), accept: 'text/html' },
		maxRedirects: 0,
		form: {
			key: randomUUID(),
			unitId,
			year: '2024',
			level: 'base',
			field: 'economy',
			subject: 'collective',
			novelty: 'new',
			kind: 'model',
			name,
			registeredOn: '01/3/2024'
		}
	});
	expect(response.status(), await response.text()).toBe(303);
	return response.headers()['location'] ?? '';
}

describe('another site', () => {
	test.for([
		['its own origin', { origin: 'https://evil.example', 'content-type': 'application/x-www-form-urlencoded' }],
		['no origin', { 'content-type': 'application/x-www-form-urlencoded' }],
		['origin null', { origin: 'null', 'content-type': 'application/x-www-form-urlencoded' }],
		['a form as text', { origin: 'https://evil.example', 'content-type': 'text/plain' }],
		['a form in parts', { origin: 'https://evil.example', 'content-type': 'multipart/form-data; boundary=a' }],
		['our address as a part of its own', { origin: 'http://127.0.0.1.evil.example', 'content-type': 'text/plain' }],
		['no type', { origin: 'https://evil.example' }]
	] as const)('cannot send our forms: %s', async ([, headers], { officer }) => {
		const cookies = (await officer.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
		for (const path of [
			'/sign-in',
			'/sign-out',
			'/language',
			'/models/new',
			'/account/delegation?/end',
			'/units/import?/write'
		]) {
			const body = new TextEncoder().encode('email=a');
			const response = await fetch(address() + path, {
				method: 'POST',
				headers: { ...headers, cookie: cookies },
				body,
				redirect: 'manual'
			});
			expect(response.status, path).toBe(403);
		}
		expect((await officer.goto('/desk'))?.status()).toBe(200);
	});

	test('is told nothing by CORS, may not frame us, and is led nowhere', async ({ officer }) => {
		for (const method of ['OPTIONS', 'GET']) {
			const { headers } = await fetch(`${address()}/desk`, {
				method,
				headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' }
			});
			expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
		}
		for (const back of [
			'//evil.example',
			'https://evil.example',
			'/\\evil.example',
			'\t//evil.example',
			'javascript:alert(1)'
		]) {
			const headers = { origin: address(), accept: 'text/html' };
			const response = await officer.request.post('/language', {
				headers,
				form: { locale: 'vi', back },
				maxRedirects: 0
			});
			expect(new URL(response.headers()['location'] ?? '', address()).origin, back).toBe(address());
			const signedIn = await officer.request.get(`/sign-in?to=${encodeURIComponent(back)}`, { maxRedirects: 0 });
			expect(new URL(signedIn.headers()['location'] ?? '', address()).origin, back).toBe(address());
		}
	});
});

describe('addresses', () => {
	test.for([
		'/../../../../etc/passwd',
		'/..%2f..%2f..%2fetc/passwd',
		'/%2e%2e/%2e%2e/package.json',
		'/%252e%252e%252fpackage.json',
		'/..\\..\\package.json',
		'/_app/../../package.json',
		'/_app/immutable/..%2f..%2f..%2f..%2fpackage.json',
		'/package.json',
		'/.git/config',
		'/.env',
		'/server/index.js',
		'/_app/',
		'/_app/immutable/',
		'/favicon.svg/../../handler.js',
		'/favicon.svg%00.html',
		'//evil.example/%2e%2e',
		'/%ff%fe',
		'/%',
		'/models/..%2f..%2fdesk/attachments/..%2f..%2fsecret',
		`/models/${SOME_ID}/attachments/..%2f..%2fserver.lock`,
		`/models/${SOME_ID}/attachments/%00`,
		`/reports/..%2f..%2fsecret/docx`,
		'/figures/..%2f..%2fsecret/records.xlsx',
		'/models/import/..%2fsecret/refused.xlsx'
	])('%s leads to no file', async (path, { officer }) => {
		const cookies = (await officer.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
		const heard = await raw(
			`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncookie: ${cookies}\r\nconnection: close\r\n\r\n`
		);
		const status = Number(heard.slice(9, 12));
		expect([400, 404, 303, 307, 308, 403], heard.slice(0, 300)).toContain(status);
		expect(heard).not.toMatch(/root:|"dependencies"|\[core\]|repositoryformatversion/);
	});

	test('TRACE and methods that nobody knows are refused', async () => {
		for (const method of ['TRACE', 'PROPFIND', 'BREW']) {
			const heard = await raw(
				`${method} /desk HTTP/1.1\r\nhost: a\r\nx-planted: echoed-back\r\nconnection: close\r\n\r\n`
			);
			expect(Number(heard.slice(9, 12)), heard.slice(0, 80)).toBeGreaterThanOrEqual(400);
			expect(Number(heard.slice(9, 12))).toBeLessThan(500);
			expect(heard).not.toContain('echoed-back');
		}
	});

	test('whatever is asked of any page in its address, none breaks', async ({ officer }) => {
		const names = [
			'unit',
			'q',
			'year',
			'page',
			'state',
			'from',
			'asOf',
			'on',
			'id',
			'show',
			'after',
			'period',
			'edit',
			'act',
			'template',
			'done',
			'sort',
			'by'
		];
		const values = [
			'\0',
			'\ud800',
			'٣',
			`'"><b>`,
			'-1',
			'1e309',
			'9'.repeat(400),
			'a'.repeat(3000),
			'2024-02-31',
			'__proto__'
		];
		const broken: string[] = [];
		for (const route of pageRoutes()) {
			const path = route.replace(/\/\((office|admin)\)/, '').replace(/\[\w+\]/g, SOME_ID) || '/';
			for (const value of values) {
				const query = new URLSearchParams(
					value.length > 1000
						? [
								['q', value],
								['unit', value]
							]
						: names.map((name) => [name, value])
				);
				query.set('__proto__[polluted]', 'yes');
				query.set('constructor.prototype.polluted', 'yes');
				const status = (await officer.request.get(`${path}?${query}`, { maxRedirects: 0 })).status();
				if (status >= 500) broken.push(`${status} ${path} ${JSON.stringify(value.slice(0, 9))}`);
			}
		}
		expect(broken).toEqual([]);
	}, 240_000);
});

describe('what is uploaded', () => {
	const png = Buffer.from(
		'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
		'base64'
	);
	const script = '<script>alert(document.domain)</script>';

	test.for([
		['a.svg', `<svg xmlns="http://www.w3.org/2000/svg">${script}</svg>`],
		['a.png', `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`],
		['a.pdf', `<!doctype html>${script}`],
		['a.html', script],
		['a.jpg.php', '<?php phpinfo();'],
		['a.gif', `GIF89a/*${script}*/`],
		['a.exe', 'MZ\x90\0']
	] as const)('%s is refused for what it is', async ([name, text], { officer }) => {
		const path = await modelOf(officer);
		const file = { name, mimeType: 'image/png', buffer: Buffer.from(text, 'latin1') };
		const response = await officer.request.post(`${path}/attachments?/attach`, {
			headers: { origin: address(), accept: 'text/html' },
			multipart: { file, caption: '' },
			maxRedirects: 0
		});
		expect(response.status()).toBe(415);
	});

	test('a picture with a page behind it, and a name with a way out, are kept without either', async ({ officer }) => {
		const path = await modelOf(officer);
		const buffer = Buffer.concat([png, Buffer.from(script)]);
		const file = { name: '../../..\\x"\r\nset-cookie: a=b;.html', mimeType: 'text/html', buffer };
		const sent = await officer.request.post(`${path}/attachments?/attach`, {
			headers: { origin: address(), accept: 'text/html' },
			multipart: { file, caption: MARKUP },
			maxRedirects: 0
		});
		expect(sent.status()).toBe(303);
		await officer.goto(`${path}/attachments`);
		const href = await officer.locator('a[href*="/attachments/"]').last().getAttribute('href');
		const kept = await officer.request.get(href ?? '');
		expect((await kept.body()).includes('<script')).toBe(false);
		const headers = kept.headers();
		expect(headers['content-type']).toBe('image/png');
		expect(headers['content-disposition']).toMatch(/^attachment; filename\*=UTF-8''[\w%.~-]+\.png$/);
		expect(headers['content-disposition']).not.toMatch(/%2F|%5C|%0D|%0A|%22/i);
		expect(headers['content-security-policy']).toContain('sandbox');
		expect(headers['x-content-type-options']).toBe('nosniff');
		expect(headers['cache-control']).toContain('no-store');
		expect(headers['set-cookie']).toBeUndefined();
	});
});

async function modelOf(page: Page): Promise<string> {
	await page.goto('/models?unit=YB-DUK&state=registered');
	return new URL((await page.getByRole('table').getByRole('link').first().getAttribute('href')) ?? '', address())
		.pathname;
}

describe('hostile text', () => {
	test('is shown as text, and stands in lists without its formula', async ({ officer }) => {
		const alerts: string[] = [];
		officer.on('dialog', (dialog) => {
			alerts.push(dialog.message());
			void dialog.dismiss();
		});
		const path = await draftNamed(officer.request, officer, `=HYPERLINK("http://evil.example") "' {{7*7}}`);
		await officer.goto(path);
		expect(await officer.getByRole('heading', { level: 1 }).innerText()).toContain('{{7*7}}');
		const said = encodeURIComponent(MARKUP);
		for (const shown of [
			path,
			'/models?unit=YB-DUK&state=draft',
			`/models?q=${said}`,
			`/search?q=${said}`,
			`/units?q=${said}`
		]) {
			const html = await (await officer.request.get(shown)).text();
			expect(html, shown).not.toMatch(/<img src=x|<script>alert/);
		}
		const csv = await (await officer.request.get('/models/list.csv?unit=YB-DUK&state=draft')).text();
		expect(csv).toContain('HYPERLINK');
		expect(csv).not.toMatch(/(^|,|\n)"?=HYPERLINK/);
		expect(alerts).toEqual([]);
	});

	test('runs no script even where it stood in the page', async ({ officer }) => {
		await officer.goto('/desk');
		const outcome = await officer.evaluate(() => {
			try {
				document.body.innerHTML = '<img src=x onerror="document.title=1">';
				return 'written';
			} catch (error) {
				return error instanceof TypeError ? 'refused' : String(error);
			}
		});
		expect(outcome).toBe('refused');
	});
});

describe('what answers carry', () => {
	test('pages have a policy without inline code or style; nothing is kept on the way', async ({ officer }) => {
		for (const path of [
			'/desk',
			'/models',
			'/sign-in',
			'/models/list.csv?unit=YB-DUK',
			'/nowhere',
			'/desk/__data.json'
		]) {
			const headers = (await officer.request.get(path, { maxRedirects: 0 })).headers();
			expect(headers['content-security-policy'], path).toContain("default-src 'none'");
			expect(headers['content-security-policy'], path).toContain("frame-ancestors 'none'");
			expect(headers['content-security-policy'], path).not.toMatch(/unsafe-inline|unsafe-eval|\*|https?:/);
			expect(headers['cache-control'], path).toContain('no-store');
			expect(headers['x-content-type-options'], path).toBe('nosniff');
			expect(headers['server'] ?? headers['x-powered-by'], path).toBeUndefined();
		}
		const policy = (await officer.request.get('/desk')).headers()['content-security-policy'];
		expect(policy).toContain("require-trusted-types-for 'script'");
		const asset = await officer.request.get('/favicon.svg');
		expect(asset.headers()['content-security-policy']).toContain("default-src 'none'");
	});

	test('the session cookie is for the server alone', async ({ officer }) => {
		const session = (await officer.context().cookies()).find(({ name }) => name === 'kheo.session');
		expect(session).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' });
		expect(await officer.evaluate(() => document.cookie)).not.toContain('session');
	});
});
