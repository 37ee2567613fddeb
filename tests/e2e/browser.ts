import { chromium, type Browser, type Page } from 'playwright-core';
import { test as base, inject } from 'vitest';

/** The two widths that every page is made for: a phone and an office screen. */
export const WIDTHS = { phone: 390, desk: 1440 } as const;

/** A test in a real browser at the demonstration world. `page` is fresh: signed in as nobody. */
export const test = base
	.extend('browser', { scope: 'worker' }, async ({}, { onCleanup }): Promise<Browser> => {
		const browser = await chromium.launch({
			executablePath: process.env['KHEO_CHROMIUM'] ?? '/usr/bin/chromium',
			// Chromium's own sandbox needs rights that root in a container does not have; only our own pages are opened.
			args: process.getuid?.() === 0 ? ['--no-sandbox'] : []
		});
		onCleanup(() => browser.close());
		return browser;
	})
	.extend('page', async ({ browser }, { onCleanup }): Promise<Page> => {
		const context = await browser.newContext({
			baseURL: inject('address'),
			locale: 'vi-VN',
			timezoneId: 'Asia/Ho_Chi_Minh',
			viewport: { width: WIDTHS.desk, height: 900 }
		});
		onCleanup(() => context.close());
		return context.newPage();
	});
