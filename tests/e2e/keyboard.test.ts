import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { enter, figure } from './acts.ts';
import { test } from './browser.ts';
import { WIDTHS } from './chromium.ts';

/** More than stands on any of these pages above its lists. */
const STOPS = 40;

const HALF = 'from=2024-01-01&asOf=2024-06-15';
const PAGES = [
	{ name: 'desk', path: `/desk?${HALF}`, link: null },
	{ name: 'models', path: '/models?year=2024', link: null },
	{ name: 'a model', path: '/models?year=2024&state=registered', link: /^\/models\/[0-9a-f-]{36}$/ },
	{ name: 'a report', path: '/reports', link: /^\/reports\/[0-9a-f-]{36}$/ }
];

const STOPS_SAID = 'the first stop leads to the content, every stop is seen, and none holds the reader';

describe.for(PAGES)('with the keyboard only: $name', ({ path, link }) => {
	test(STOPS_SAID, async ({ browser }) => {
		const page = await enter(browser, 'officer');
		await page.goto(path);
		if (link) await page.goto(await hrefLike(page, link));
		await walkStops(page);
		await page.context().close();
	});
});

const SITE = '/khoi-yen-bai';
const ARTICLE = /^\/khoi-yen-bai\/[a-z0-9]+(-[a-z0-9]+){5,}$/;

describe('the public site', () => {
	for (const [name, path, link] of [
		['the home page', SITE, null],
		['an article with its form for comments', SITE, ARTICLE]
	] as const)
		test(`with the keyboard only, ${name}: ${STOPS_SAID}`, async ({ page }) => {
			await page.goto(path);
			if (link) await page.goto(await hrefLike(page, link));
			await walkStops(page);
		});

	test('in a narrow window the head is one line, whose menu opens with the keyboard and holds every way', async ({
		page
	}) => {
		await page.goto(SITE);
		const ways = await page.getByRole('navigation', { name: 'Trình đơn chính' }).getByRole('link').allInnerTexts();
		await page.setViewportSize({ width: WIDTHS.phone, height: 844 });
		const head = page.getByRole('banner');
		expect((await head.boundingBox())?.height).toBeLessThan(80);
		expect(await head.getByRole('link', { name: 'Tìm kiếm' }).isVisible()).toBe(true);
		await head.locator('summary').focus();
		await page.keyboard.press('Enter');
		const menu = head.getByRole('navigation', { name: 'Trình đơn chính' });
		expect(await menu.getByRole('link').allInnerTexts()).toEqual(ways);
		expect(await head.getByRole('button', { name: 'Nền tối' }).isVisible()).toBe(true);
	});

	test('enlarged four times it is read in one column, and nothing is pushed aside', async ({ page }) => {
		// A screen of 1280 × 1024 has so many pixels left.
		await page.setViewportSize({ width: 320, height: 256 });
		await page.goto(SITE);
		const article = await hrefLike(page, ARTICLE);
		for (const path of [
			SITE,
			article,
			...['luu-tru', 'tim-kiem?q=dan+van', 'mo-hinh', 'so-lieu'].map((one) => `${SITE}/${one}`)
		]) {
			await page.goto(path);
			const { inner, outer } = await page.evaluate(() => {
				const { clientWidth, scrollWidth } = document.documentElement;
				return { inner: scrollWidth, outer: clientWidth };
			});
			expect(inner, path).toBeLessThanOrEqual(outer);
			const heading = page.getByRole('main').getByRole('heading', { level: 1 }).first();
			await heading.scrollIntoViewIfNeeded();
			expect(await heading.isVisible(), path).toBe(true);
		}
	});
});

/** From the top of a page to its end, a stop at a time. */
async function walkStops(page: Page): Promise<void> {
	await page.getByRole('main').waitFor();
	await page.keyboard.press('Tab');
	const skip = page.getByRole('link', { name: 'Đến nội dung chính' });
	expect(await skip.evaluate((element) => element === document.activeElement)).toBe(true);
	expect((await stop(page)).inSight).toBe(true);
	await page.keyboard.press('Enter');
	await page.keyboard.press('Tab');
	expect((await stop(page)).inMain).toBe(true);

	await page.goto(page.url().split('#')[0] ?? '');
	let last = -1;
	for (let i = 0; i < STOPS; i += 1) {
		await page.keyboard.press('Tab');
		const at = await stop(page);
		if (at.place === -1) break;
		expect(at, `stop ${i}`).toMatchObject({ inSight: true, outlined: true, named: true });
		expect(at.place, `stop ${i}: ${at.text}`).toBeGreaterThan(last);
		last = at.place;
	}
}

describe('what opens over the page', () => {
	test('the drawer keeps the focus, closes with Esc and gives the focus back', async ({ browser }) => {
		const page = await enter(browser, 'officer');
		await page.goto(`/desk?${HALF}`);
		const opener = figure(page, 'Mô hình đăng ký');
		await opener.focus();
		await page.keyboard.press('Enter');
		const drawer = page.getByRole('dialog');
		await drawer.waitFor();
		for (let i = 0; i < 5; i += 1) {
			await page.keyboard.press('Tab');
			expect(await drawer.evaluate((element) => element.contains(document.activeElement))).toBe(true);
		}
		await page.keyboard.press('Escape');
		await drawer.waitFor({ state: 'detached' });
		expect(await opener.evaluate((element) => element === document.activeElement)).toBe(true);
		await page.context().close();
	});

	test('the picker of figures closes with Esc and gives the focus back to its button', async ({ browser }) => {
		const page = await enter(browser, 'officer');
		await page.goto('/reports/templates/half-year/edit');
		const opener = page.getByRole('button', { name: 'Chèn số liệu' });
		await opener.focus();
		await page.keyboard.press('Enter');
		const picker = page.getByRole('dialog', { name: 'Chèn số liệu vào báo cáo' });
		await picker.getByRole('searchbox').focus();
		await page.keyboard.press('Escape');
		await picker.waitFor({ state: 'detached' });
		expect(await opener.evaluate((element) => element === document.activeElement)).toBe(true);
		await page.context().close();
	});

	test('the account menu closes with Esc, and when the focus goes on', async ({ browser }) => {
		const page = await enter(browser, 'officer');
		// The menu opens without script and closes with it.
		await page.waitForLoadState('networkidle');
		const menu = page.locator('.top details.menu');
		const summary = menu.locator('summary');
		await summary.focus();
		await page.keyboard.press('Enter');
		expect(await menu.getAttribute('open')).not.toBeNull();
		await page.keyboard.press('Tab');
		await page.keyboard.press('Escape');
		expect(await menu.getAttribute('open')).toBeNull();
		expect(await summary.evaluate((element) => element === document.activeElement)).toBe(true);
		await page.keyboard.press('Enter');
		await page.getByRole('main').getByRole('link').first().focus();
		expect(await menu.getAttribute('open')).toBeNull();
		await page.context().close();
	});
});

async function hrefLike(page: Page, pattern: RegExp): Promise<string> {
	const links = await page.getByRole('main').getByRole('link').all();
	for (const each of links) {
		const href = (await each.getAttribute('href')) ?? '';
		if (pattern.test(href)) return href;
	}
	throw new Error(`no link like ${pattern} on ${page.url()}`);
}

/** What has the focus: where it stands in the page, and whether one sees that it has it. */
async function stop(page: Page) {
	return page.evaluate(() => {
		const element = document.activeElement;
		if (!element || element === document.body) return { place: -1, text: '' };
		const box = element.getBoundingClientRect();
		const style = getComputedStyle(element);
		return {
			place: [...document.querySelectorAll('*')].indexOf(element),
			text: (element.textContent ?? '').trim().slice(0, 60),
			named: (element.textContent ?? '').trim() !== '' || element.matches('[aria-label], :is(input, select, textarea)'),
			inMain: element.closest('main') !== null,
			inSight: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0,
			outlined: style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 2
		};
	});
}
