import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { z } from 'zod';
import { barriers } from '../e2e/barriers.ts';
import { reader, WIDTHS } from '../e2e/chromium.ts';
import { visits, type Visit } from '../e2e/pages.ts';
import { NOTHING, SITE } from '../e2e/prepared.ts';
import { pathOf, run, type Check } from './tools.ts';

/** Public pages: what the Nu HTML checker and axe say of them. */

type Asked = Pick<Visit, 'name' | 'path' | 'status'> & { isEnglish?: boolean; form?: Record<string, string> };

const COMMENTS = visits(NOTHING).find(({ route }) => route === '/(portal)/[site]/binh-luan/[article]')?.path ?? '';

const Newest = z.object({ items: z.array(z.object({ url: z.url() })) });

/** Every kind of page that readers get, in both languages, and the answers to a form that is refused. */
export async function listPages(address: string): Promise<Asked[]> {
	const known = visits(NOTHING).filter(({ route }) => route.startsWith('/(portal)'));
	const register = await (await fetch(`${address}${SITE}/mo-hinh`)).text();
	const model = /href="([^"]+\/mo-hinh\/[0-9a-f-]{36})"/.exec(register)?.[1];
	const { items } = Newest.parse(await (await fetch(`${address}${SITE}/feed/feed.json`)).json());
	const newest = items[0] && new URL(items[0].url).pathname;
	if (!model || !newest) throw new Error('the demonstration has no model, or no article');
	const vietnamese: Asked[] = [
		...known,
		{ name: 'site-mo-hinh-id', path: model, status: 200 },
		{ name: 'site-address-newest', path: newest, status: 200 },
		{ name: 'site-no-site', path: '/khong-co-trang-nay', status: 404 },
		{ name: 'site-comment-refused', path: COMMENTS, status: 400, form: { name: '', text: '' } }
	];
	return [...vietnamese, ...vietnamese.map((one) => ({ ...one, name: `${one.name}-en`, isEnglish: true }))];
}

const Told = z.object({
	messages: z.array(
		z.object({
			type: z.string(),
			url: z.string().optional(),
			lastLine: z.number().optional(),
			message: z.string(),
			extract: z.string().optional()
		})
	)
});

/** The Nu HTML checker on pages as they are sent. */
export async function checkMarkup(address: string, pages: readonly Asked[], folder: string): Promise<Check[]> {
	await mkdir(folder, { recursive: true });
	const kept = await Promise.all(
		pages.map(async (page) => {
			const file = join(folder, `${page.name}.html`);
			const response = await asked(address, page);
			await writeFile(file, await response.text());
			const faults = response.status === page.status ? [] : [`${page.path} answered ${response.status}`];
			return { name: page.name, file, faults };
		})
	);
	const jar = pathOf('vnu-jar/build/dist/vnu.jar');
	const { said } = await run('java', ['-jar', jar, '--format', 'json', '--stdout', ...kept.map(({ file }) => file)]);
	const { messages } = Told.parse(JSON.parse(said));
	return kept.map(({ name, file, faults }) => {
		const own = messages.filter(({ url = '', type }) => type !== 'info' && decodeURI(url).endsWith(file));
		const lines = own.map((one) => `${one.lastLine ?? ''}: ${one.message} ${one.extract?.trim() ?? ''}`);
		return { name: `vnu ${name}`, faults: [...faults, ...lines] };
	});
}

function asked(address: string, { path, form, isEnglish }: Asked): Promise<Response> {
	const headers = { accept: 'text/html', ...(isEnglish && { cookie: 'kheo_locale=en' }) };
	if (!form) return fetch(address + path, { headers });
	const body = new URLSearchParams(form);
	return fetch(address + path, { method: 'POST', headers: { ...headers, origin: address }, body });
}

/** axe on the same pages, on a phone and on a desk, in light and dark. */
export async function checkBarriers(browser: Browser, address: string, pages: readonly Asked[]): Promise<Check[]> {
	const checks: Check[] = [];
	for (const [width, px] of Object.entries(WIDTHS))
		for (const colorScheme of ['light', 'dark'] as const) {
			const context = await browser.newContext({ ...reader(address, px), colorScheme });
			const page = await context.newPage();
			for (const { name, path, status } of pages.filter(({ form, isEnglish }) => !form && !isEnglish)) {
				const response = await page.goto(path);
				const answered = response?.status() === status ? [] : [`${path} answered ${response?.status()}`];
				checks.push({ name: `axe ${name} ${width} ${colorScheme}`, faults: [...answered, ...(await barriers(page))] });
			}
			await context.close();
		}
	return checks;
}
