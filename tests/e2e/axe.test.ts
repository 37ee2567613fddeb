import type { Page } from 'playwright-core';
import { describe, expect, inject } from 'vitest';
import { barriers } from './barriers.ts';
import { test as base } from './browser.ts';
import { WIDTHS } from './chromium.ts';
import { pageRoutes, visits } from './pages.ts';
import { NOTHING } from './prepared.ts';
import { openSessions, type Sessions } from './sessions.ts';

const test = base.extend('sessions', { scope: 'worker' }, async ({ browser }): Promise<Sessions> =>
	openSessions(browser, inject('address'))
);

const names = visits(NOTHING).map(({ name }) => name);

test('every page of the site is looked at', () => {
	const seen = new Set(visits(NOTHING).map(({ route }) => route));
	expect(pageRoutes().filter((route) => !seen.has(route))).toEqual([]);
	expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});

// Pages of their own in one browser: some at once, while others wait for the server.
describe.concurrent('without barriers, overflow or errors', () => {
	for (const name of names) {
		test(name, async ({ sessions, expect }) => {
			const visit = visits(sessions.prepared).find((one) => one.name === name);
			if (!visit) throw new Error(`${name} has no address`);
			const page = await sessions.of(visit.as).newPage();
			try {
				const complaints = listen(page);
				const response = await page.goto(visit.path);
				expect(response?.status(), visit.path).toBe(visit.status);
				for (const [width, px] of Object.entries(WIDTHS)) {
					await page.setViewportSize({ width: px, height: 900 });
					expect(await barriers(page), `${width}: ${visit.path}`).toEqual([]);
					expect(await overflow(page), `${width}: ${visit.path}`).toEqual([]);
				}
				expect(complaints.filter((text) => visit.status === 200 || !text.includes(String(visit.status)))).toEqual([]);
			} finally {
				await page.close();
			}
		});
	}
});

/** What the browser complains of: script errors and refused or missing files. */
function listen(page: Page): string[] {
	const complaints: string[] = [];
	page.on('pageerror', (error) => complaints.push(error.message));
	page.on('console', (message) => {
		if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
	});
	return complaints;
}

/** Elements that stick out to the right where the page itself can be pushed sideways. */
function overflow(page: Page): Promise<string[]> {
	return page.evaluate(() => {
		const { clientWidth, scrollWidth } = document.documentElement;
		if (scrollWidth <= clientWidth) return [];
		return [...document.body.querySelectorAll('*')]
			.filter((element) => element.getBoundingClientRect().right > clientWidth + 1)
			.map((element) => element.outerHTML.slice(0, 120));
	});
}
