import type { Browser, Page } from 'playwright-core';
import { test as base, inject } from 'vitest';
import { launch, reader, WIDTHS } from './chromium.ts';

/** A test in a real browser at the demonstration world. `page` is fresh, 1440 px wide, signed in as nobody. */
export const test = base
	.extend('browser', { scope: 'worker' }, async ({}, { onCleanup }): Promise<Browser> => {
		const browser = await launch();
		onCleanup(() => browser.close());
		return browser;
	})
	.extend('page', async ({ browser }, { onCleanup }): Promise<Page> => {
		const context = await browser.newContext(reader(inject('address'), WIDTHS.desk));
		onCleanup(() => context.close());
		return context.newPage();
	});
